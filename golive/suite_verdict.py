"""Judges the folder of a suite's run and writes everything a person or a CI job reads of it."""

import shutil
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import msgspec

from golive.failures import Failure
from reports.conformance import RESULTS, Conformance, read
from reports.matrix.accepted import Accepted, AcceptedError, load
from reports.matrix.junit import junit
from reports.matrix.markdown import markdown
from reports.matrix.matrix import Matrix, matrix
from reports.matrix.summary import summary
from reports.page.render import render_suite

REPORT: Final = "report.html"
ACCEPTED: Final = "accepted.toml"
ENDED: Final = "ended.json"
_FAILED, _INTERRUPTED, _NOTHING = 1, 2, 5  # pytest's exit codes


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How pytest ended (negative: killed by that signal), and whether a person ended it, or golive for its silence."""

    exit: int
    interrupted: bool = False
    silent_s: float = 0.0  # after so long without a word golive ended it

    @property
    def harness(self) -> bool:
        """Whether the suite itself failed, not the target."""
        return bool(self.silent_s) or (not self.interrupted and self.exit not in (0, _FAILED, _NOTHING))


def record(folder: Path, ended: Ended) -> None:
    """Keep how it ended, for whoever judges the folder again. Raises Failure."""
    try:
        (folder / ENDED).write_bytes(msgspec.json.encode(ended) + b"\n")
    except OSError as error:
        raise _unwritable(folder, error) from error


def read_results(folder: Path) -> Conformance | None:
    """What the suite has written so far; None where there is nothing yet. Raises Failure where it is unreadable."""
    try:
        return read(folder / RESULTS)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Failure(f"{folder / RESULTS}: cannot be read: {error}") from error


def fault_of(ended: Ended, results: Conformance | None) -> str:
    """What went wrong with the run beside its cases; "" where nothing did.

    pytest's exit code and the cases must tell the same: a failure that no case tells of is no pass.
    """
    if ended.interrupted:
        return "the run was interrupted"
    if ended.silent_s:
        return f"the suite said nothing for {ended.silent_s:g} s and was ended; see logs/suite.log"
    states = {case.state for case in results.cases} if results else set()
    if lab := next((c.reason for c in results.cases if c.reason.startswith("the lab cannot")), "") if results else "":
        return lab
    if ended.exit == _FAILED and not states & {"broken", "unknown"}:
        return "the suite reported a failure that no case tells of; see logs/suite.log"
    if ended.exit in (0, _NOTHING) and states & {"broken", "unknown"}:
        return "a case failed and the suite did not report it; see logs/suite.log"
    if ended.exit == _NOTHING and "holds" in states:
        return "the suite says that nothing was tested, its cases say otherwise; see logs/suite.log"
    return f"the suite ended with {ended.exit}; see logs/suite.log" if ended.harness else ""


def conclude(folder: Path, today: date | None = None) -> Matrix:
    """Judge, then write summary.json, summary.md, junit.xml, report.html and report/. Raises Failure."""
    judged = judge(folder, today)
    try:
        write_files(folder, summary(judged), markdown(judged), junit(judged))
        render_suite(judged, folder, own_version())
    except OSError as error:
        raise _unwritable(folder, error) from error
    return judged


def write_files(folder: Path, summary: msgspec.Struct, markdown: str, junit: bytes) -> None:
    """summary.json, summary.md and junit.xml. Raises OSError."""
    (folder / "summary.json").write_bytes(msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")
    (folder / "summary.md").write_text(markdown, encoding="utf-8")
    (folder / "junit.xml").write_bytes(junit)


def _unwritable(folder: Path, error: OSError) -> Failure:
    free = shutil.disk_usage(folder).free / 2**20
    kept = f" The results are kept: when there is room again,  golive report {folder}"
    return Failure(
        f"{folder}: cannot be written ({error}); {free:.0f} MiB free on that disk."
        + (kept if (folder / RESULTS).exists() else "")
    )


def judge(folder: Path, today: date | None = None) -> Matrix:
    """Judge the folder with today's rules; writes nothing. Raises Failure."""
    results = read_results(folder)
    if results is None:
        raise Failure(f"{folder}: no results of a suite (there is no {RESULTS})")
    return matrix(results, _accepted(folder), today or date.today(), fault_of(_ended(folder), results))


def _ended(folder: Path) -> Ended:
    try:
        return msgspec.json.decode((folder / ENDED).read_bytes(), type=Ended)
    except FileNotFoundError:  # pytest was started by hand, with --results: its cases are all there is
        return Ended(exit=_FAILED if _any_failed(folder) else 0)
    except (OSError, ValueError) as error:
        raise Failure(f"{folder / ENDED}: cannot be read: {error}") from error


def _any_failed(folder: Path) -> bool:
    results = read_results(folder)
    return bool(results and any(case.state in ("broken", "unknown") for case in results.cases))


def _accepted(folder: Path) -> tuple[Accepted, ...]:
    try:
        return load(folder / ACCEPTED) if (folder / ACCEPTED).exists() else ()
    except AcceptedError as error:
        raise Failure(str(error)) from error


def own_version() -> str:
    """golive's own version, "" where it is not installed."""
    try:
        return version("golive")
    except PackageNotFoundError:
        return ""
