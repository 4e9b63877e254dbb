"""The pytest plugin of both suites: options, the mark `promise`, which tests are played, `lab` and `labs`."""

import difflib
import fnmatch
import shlex
from collections.abc import AsyncIterator, Generator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from golive import config
from golive.cast import REFERENCE
from golive.failures import Failure
from suites import outcome
from suites.book import Book, is_suites, suite_of, suites_of
from suites.lab import FAILED, Lab
from suites.labs import Labs
from suites.setting import Setting, setting

HUNG_S: Final = 120.0  # a test that takes longer hangs
_SETTING: Final = pytest.StashKey[Setting]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a suite."""
    group = parser.getgroup("golive")
    group.addoption("--target", default=config.REFERENCE, help="a target of golive.toml; the bundled reference")
    group.addoption("--golive-toml", default="golive.toml", metavar="FILE", help="where targets are written")
    group.addoption("--promise", action="append", default=[], metavar="PATTERN", help="such as 'ROUTE-*'; repeatable")
    group.addoption("--case", default="", metavar="ID", help="one case, by the id that a report shows")
    group.addoption("--results", default="", metavar="FILE", help="write results.json there")
    group.addoption("--patience", type=float, default=10.0, metavar="S", help="how long to wait for what must come")
    group.addoption(
        "--real-time",
        type=float,
        default=config.REAL_TIME_S,
        metavar="S",
        help="how long a case may really wait where a target of golive.toml has no clock; 0: never",
    )
    group.addoption("--reference-program", default="", help="what Python runs as the bundled reference")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read golive.toml; a wrong option ends the session before anything is started."""
    config.option.asyncio_mode = (
        config.option.asyncio_mode or "auto"
    )  # no pyproject.toml lies beside an installed golive
    if config.getoption("results") and len(suites_of(config)) > 1:
        raise pytest.UsageError("--results is of one suite: call pytest for each of the two")
    if (results := config.getoption("results")) and not hasattr(config, "workerinput"):
        Path(results).parent.mkdir(parents=True, exist_ok=True)
        Path(results).unlink(missing_ok=True)  # an earlier run's, should this one never begin
    config.addinivalue_line("markers", "promise(*ids): the promises (contract/promises.toml) that a test is about")
    config.addinivalue_line("markers", "owasp(item): the item of OWASP's lists that an attack is about")
    if unknown := [
        pattern for pattern in config.getoption("promise") if not fnmatch.filter(outcome.promises(), pattern)
    ]:
        near = difflib.get_close_matches(unknown[0], outcome.promises(), 1)
        hint = f"; did you mean {near[0]}?" if near else "; they stand in contract/promises.toml"
        raise pytest.UsageError(f"--promise {unknown[0]} is no promise{hint}")
    program = tuple(shlex.split(config.getoption("reference_program"))) or REFERENCE
    file = Path(config.getoption("golive_toml"))
    try:
        patience_s, real_time_s = config.getoption("patience"), config.getoption("real_time")
        config.stash[_SETTING] = setting(config.getoption("target"), file, program, patience_s, real_time_s)
    except Failure as failure:
        raise pytest.UsageError(str(failure)) from failure
    config.pluginmanager.register(Book(config), "golive-book")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Name each test's promises and case, choose those asked for, and let all share one event loop."""
    chosen: list[pytest.Item] = []
    left: list[pytest.Item] = []
    patterns, only = config.getoption("promise"), config.getoption("case")
    seen: dict[str, str] = {}
    for item in items:
        if not is_suites(item.path):  # another folder's test, in the same call of pytest
            chosen.append(item)
            continue
        named = outcome.promises_of(item)
        name = outcome.case_id(item, named)
        if name in seen:
            raise pytest.UsageError(f"{item.nodeid} and {seen[name]} are both case {name}: rename one")
        seen[name] = item.nodeid
        item.user_properties += [("promise", each) for each in named] + [("case", name)]
        item.user_properties += [("owasp", str(mark.args[0])) for mark in item.iter_markers("owasp")]
        if pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        if not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(HUNG_S + config.stash[_SETTING].real_time_s))
        wanted = not patterns or any(fnmatch.filter(named, pattern) for pattern in patterns)
        (chosen if wanted and only in ("", name) else left).append(item)
    if only and not chosen:
        near = difflib.get_close_matches(only, seen, 1)
        raise pytest.UsageError(f"--case {only} is no case" + (f"; did you mean {near[0]}?" if near else ""))
    if left:
        config.hook.pytest_deselected(items=left)
    items[:] = chosen


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def all_labs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Labs]:
    """The labs of this process."""
    made = Labs(request.config.stash[_SETTING], tmp_path_factory.mktemp("labs"))
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def labs(all_labs: Labs) -> AsyncIterator[Labs]:
    """Labs with settings of a test's own: `await labs(platform="doudian")`. What the test leaves open is ended."""
    for lab in all_labs.open.values():
        lab.story.begin()
    yield all_labs
    for lab in all_labs.open.values():
        await lab.tidy()


@pytest_asyncio.fixture(loop_scope="session")
async def lab(labs: Labs) -> Lab:
    """The lab of the adapter's own platform."""
    return await labs()


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, None]:
    """Tell the controller what it needs for the Case; a failure in words for people goes before pytest's own."""
    result = yield
    report: pytest.TestReport = result.get_result()
    labs_ = getattr(item, "funcargs", {}).get("labs") or getattr(item, "funcargs", {}).get("all_labs")
    if labs_ is not None and labs_.open:
        report.user_properties.append(("lab", _about(next(iter(labs_.open.values())))))
    name = dict(item.user_properties).get("case")
    if not report.failed or call.excinfo is None or name is None:
        return
    error = call.excinfo.value
    command = outcome.again(suite_of(item.config), item.config.getoption("target"), str(name))
    story = labs_.story() if labs_ is not None else ""
    text = outcome.happened([str(v) for k, v in item.user_properties if k == "promise"], error, story, command)
    report.user_properties += [("happened", text), ("broken", outcome.is_broken(error))]
    if item.config.option.tbstyle == "auto":  # a person runs it; --tb=short and the like are for who mends the suite
        where = call.excinfo.traceback[-1]
        report.longrepr = f"{text}\nthe test:\n  {item.nodeid} (the error left {where.path}:{where.lineno + 1})"
    if FAILED in str(error):
        report.user_properties.append((outcome.FAILED_LAB, str(error)))


def _about(lab: Lab) -> dict[str, object]:
    version = " ".join(lab.version)
    return {"version": version, "offers": sorted(lab.offers), "platform": lab.spec.platform_name}
