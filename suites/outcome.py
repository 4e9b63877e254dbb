"""From what pytest reports of a test to a Case: what was promised, what happened, how to see it again."""

import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import msgspec
import pytest

from golive import config
from reports.conformance import Case
from reports.model import State
from suites.contract import CONTRACT

_BROKEN: Final = (AssertionError, pytest.fail.Exception)
_WHERE: Final = re.compile(r"\s*\+\s+where .* object at 0x")  # of pytest's explanations: an address helps nobody
FAILED_LAB: Final = "lab_failed"


@cache
def promises() -> Mapping[str, str]:
    """Every promise's sentence by id (contract/promises.toml)."""
    document = tomllib.loads((CONTRACT / "promises.toml").read_text(encoding="utf-8"))
    return {each["id"]: each["text"] for each in document["promises"]}


def promises_of(item: pytest.Item) -> tuple[str, ...]:
    """The promises a test's own marks name, those of its module after them. Raises UsageError for an unknown one."""
    named = tuple(dict.fromkeys(str(name) for mark in item.iter_markers("promise") for name in mark.args))
    if unknown := [name for name in named if name not in promises()]:
        raise pytest.UsageError(f"{item.nodeid}: promise {', '.join(unknown)} is none of contract/promises.toml")
    if not named:
        raise pytest.UsageError(f'{item.nodeid}: it names no promise; write @pytest.mark.promise("SYNC-1") over it')
    return named


def case_id(item: pytest.Item, named: Sequence[str]) -> str:
    """Stable in CI's eyes: the first promise and the claim, wherever the file lies."""
    return f"{named[0]}/{item.name.removeprefix('test_')}"


def again(suite: str, target: str, case: str) -> str:
    """The command that plays one case again."""
    words = ["golive", suite, *(["--target", target] if target != config.REFERENCE else []), "--case", case]
    return shlex.join(words)


def is_broken(error: BaseException) -> bool:
    """Whether an error of a test says that the target broke its promise; any other leaves it unknown."""
    if isinstance(error, BaseExceptionGroup):
        return any(is_broken(each) for each in error.exceptions)
    return isinstance(error, _BROKEN) and not str(error).startswith("Timeout (>")  # a hang may be anybody's


def happened(named: Sequence[str], error: BaseException, story: str, command: str) -> str:
    """A failure for people: the promise, what was seen, the story, and the way to see it again."""
    promised = "\n".join(f"  {name}: {promises()[name]}" for name in named)
    seen = "\n".join(f"  {line}" for line in _words(error).splitlines())
    told = "\n".join(f"  {line}" for line in story.splitlines())
    parts = [
        f"promised:\n{promised}",
        f"seen:\n{seen}",
        f"what happened:\n{told}" if told else "",
        f"see it again:\n  {command}",
    ]
    return "\n".join(part for part in parts if part)


def _words(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "\n".join(_words(each) for each in error.exceptions)
    text = "\n".join(line for line in str(error).splitlines() if not _WHERE.match(line)).strip()
    notes = "\n".join(getattr(error, "__notes__", ()))
    named = text if isinstance(error, _BROKEN) and text else f"{type(error).__name__}: {text}"
    return f"{named}\n{notes}".strip()


class Told(msgspec.Struct):
    """What a worker's reports tell the controller of one test, by their user properties."""

    promises: list[str] = msgspec.field(default_factory=list)
    owasp: list[str] = msgspec.field(default_factory=list)
    case: str = ""
    happened: str = ""
    broken: bool = False
    lab_failed: str = ""
    lab: dict[str, object] = msgspec.field(default_factory=dict)
    filter: list[object] = msgspec.field(default_factory=list)  # parts of reports.filter_figures.FilterFigures


def told(reports: Sequence[pytest.TestReport]) -> Told:
    """The properties of a test's reports, later ones over earlier ones."""
    found = Told()
    for name, value in (pair for report in reports for pair in report.user_properties):
        if name in ("promise", "owasp"):
            kept = found.promises if name == "promise" else found.owasp
            kept.extend([str(value)] if value not in kept else [])
        elif name == "filter":
            found.filter.extend([value] if value not in found.filter else [])  # each report carries those before
        elif name in Told.__struct_fields__:
            setattr(found, name, value)
    return found


def case(reports: Sequence[pytest.TestReport], command: str) -> Case:
    """The Case of one test: its set-up, its call and its clean-up."""
    properties = told(reports)
    state, reason = _state(reports, properties)
    return Case(
        id=properties.case,
        promises=tuple(properties.promises),
        state=state,
        seconds=round(sum(report.duration for report in reports), 3),
        reason=reason,
        happened=properties.happened,
        again=command if state in ("broken", "unknown") else "",
        owasp=tuple(properties.owasp),
    )


def _state(reports: Sequence[pytest.TestReport], properties: Told) -> tuple[State, str]:
    failed = next((report for report in reports if report.failed), None)
    if failed is not None:
        line = properties.lab_failed or _first_line(properties.happened, failed)
        target = failed.when == "call" and properties.broken and not properties.lab_failed
        return ("broken" if target else "unknown"), line
    skipped = next((report for report in reports if report.skipped), None)
    if skipped is not None:
        where = skipped.longrepr
        text = where[2] if isinstance(where, tuple) else str(where)
        return "not verified", text.removeprefix("Skipped: ")
    if not any(report.when == "call" and report.passed for report in reports):  # --setup-only
        return "unknown", "the test was set up and never called"
    return "holds", ""


def _first_line(text: str, report: pytest.TestReport) -> str:
    lines = text.partition("seen:\n")[2].splitlines() or report.longreprtext.splitlines()[-1:]
    return lines[0].strip()[:300] if lines else "it failed without a word"
