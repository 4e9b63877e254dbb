"""The book of a suite's run: collects every test's reports on the controller, and writes results.json after each."""

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any, Final

import msgspec
import pytest

from golive import config
from reports.conformance import Case, Conformance, Suite, save
from reports.filter_figures import merged
from suites import outcome

SUITES: Final = ("contract_tests", "security_tests")
_NARROWING: Final = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise")  # pytest's own
NOTHING: Final = 5  # pytest's own exit code for "no tests"
HARNESS: Final = 4  # golive's for "the harness failed"


def suite_of(config: pytest.Config) -> Suite:
    """The suite that pytest was called for."""
    return "security" if "security_tests" in suites_of(config) else "contract"


def suites_of(config: pytest.Config) -> list[str]:
    """The folders of suites that pytest was called for."""
    parts = {part for argument in config.args for part in Path(argument.partition("::")[0]).resolve().parts}
    return [name for name in SUITES if name in parts]


def is_suites(path: Path) -> bool:
    """Whether a test is a suite's own; tests/security_tests holds tests of the suite."""
    return any(folder in SUITES and above != "tests" for above, folder in pairwise(path.parts))


def narrowed(config: pytest.Config) -> bool:
    """Whether pytest's own words (also PYTEST_ADDOPTS) leave some of a suite's tests out."""
    return any(config.getoption(name, None) for name in _NARROWING) or not all(map(_whole, config.args))


def _whole(argument: str) -> bool:
    path = Path(argument).resolve()
    return path.is_dir() and (path.name in SUITES or any((path / suite).is_dir() for suite in SUITES))


class Book:
    """On the controller: collects every test's reports, and writes results.json after each test."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._begun, self._started = monotonic(), datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        self._reports: dict[str, list[pytest.TestReport]] = {}
        self._cases: list[Case] = []
        self._lab: dict[str, object] = {}
        self._versions: dict[str, None] = {}  # that the target told of itself; more than one: it changed meanwhile
        self._filter: list[object] = []
        self._planned = 0
        self._failed = ""  # the lab
        self._unread: dict[str, str] = {}  # files of tests, and why they cannot be read
        self.session: pytest.Session | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remember the session, to be able to end it."""
        self.session = session

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """How many are to come (a worker of xdist tells it itself)."""
        self._planned = sum(is_suites(item.path) for item in session.items)

    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """The same where workers collect."""
        root = self._config.rootpath
        self._planned = sum(is_suites(root / name.partition("::")[0]) for name in ids)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read takes its cases along, and nobody would miss them."""
        if report.failed:
            last = (report.longreprtext.strip().splitlines() or ["it cannot be read"])[-1]
            self._unread[report.nodeid] = last.removeprefix("E").strip()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One more report; the clean-up's ends a test."""
        reports = self._reports.setdefault(report.nodeid, [])
        reports.append(report)
        if report.when != "teardown":
            return
        del self._reports[report.nodeid]
        properties = outcome.told(reports)
        if not properties.case:
            return
        self._lab = properties.lab or self._lab
        if properties.lab:
            self._versions[str(properties.lab["version"])] = None
        self._filter += properties.filter
        target, suite = self._config.getoption("target"), suite_of(self._config)
        self._cases.append(outcome.case(reports, outcome.again(suite, target, properties.case)))
        if properties.lab_failed and self.session is not None:
            self._failed = self._failed or properties.lab_failed
            self.session.shouldstop = properties.lab_failed
        self._write()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Nothing but skips is no pass, and a lab that could not be set up is the harness's failure."""
        if hasattr(self._config, "workerinput"):
            return
        self._write()
        if self._failed:
            session.exitstatus = HARNESS
        elif session.exitstatus == 0 and self._cases and not any(each.state == "holds" for each in self._cases):
            session.exitstatus = NOTHING

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The one sentence that matters where nothing could be tested."""
        if self._failed:
            terminalreporter.write_line(f"golive: {self._failed}", red=True)

    def results(self) -> Conformance:
        """All that is known so far."""
        option = self._config.getoption
        patterns = tuple(option("promise"))
        command = ["golive", suite_of(self._config)]
        command += ["--target", option("target")] if option("target") != config.REFERENCE else []
        command += [word for pattern in patterns for word in ("--promise", pattern)]
        command += ["--case", option("case")] if option("case") else []
        return Conformance(
            suite=suite_of(self._config),
            target=option("target"),
            target_version=str(self._lab.get("version", "")),
            started=self._started,
            seconds=round(monotonic() - self._begun, 1),
            command=shlex.join(command),
            platform=str(self._lab.get("platform", "")),
            cases=tuple(sorted(self._cases, key=lambda each: each.id)),
            offers=tuple(msgspec.convert(self._lab.get("offers", []), list[str])),
            selected=patterns,
            filter=merged(self._filter),
            planned=self._planned,
            chosen=option("case"),
            narrowed=narrowed(self._config),
            failed="; ".join(self._faults()),
        )

    def _faults(self) -> list[str]:
        unread = [f"{file} cannot be read: {why}" for file, why in self._unread.items()]
        changed = [f"the target changed during the run: {', '.join(self._versions)}"] if len(self._versions) > 1 else []
        return [*unread, *changed]

    def _write(self) -> None:
        file = self._config.getoption("results")
        if file and not hasattr(self._config, "workerinput"):
            save(self.results(), Path(file))
