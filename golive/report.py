"""`golive report`: judge one old run again, or put several of one target version into one verdict and one page."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from rich.console import Console

from golive import suite_verdict
from golive.failures import GO, Failure, Usage
from golive.play import exit_code
from golive.suite_verdict import own_version, write_files
from golive.verdict import REPORT, conclude
from reports.conformance import RESULTS
from reports.judge import judge
from reports.matrix import terminal as suite_terminal
from reports.matrix.matrix import Matrix
from reports.matrix.merge import Merged, Mismatch, merge
from reports.matrix.merged_files import merged_junit, merged_markdown, merged_summary
from reports.model import Judgement
from reports.page.render import render_merged
from reports.page.terminal import verdict


def report(runs: Sequence[Path], out: Path | None, console: Console, *, allow_conditional: bool) -> int:
    """Judge the run, or all of them together; the exit code. Raises Failure."""
    if len(runs) == 1 and out is not None:
        raise Usage("--out is for several runs put together; one run is judged in its own folder")
    if len(runs) == 1:
        return _one(runs[0], console, allow_conditional=allow_conditional)
    merged = together(runs, date.today())
    folder = out or _new_folder(runs[0], datetime.now())
    write(merged, folder)
    console.print(suite_terminal.merged_panel(merged, str(folder / REPORT)))
    return GO if allow_conditional and merged.verdict == "GO WITH CONDITIONS" else merged.exit_code


def _one(run: Path, console: Console, *, allow_conditional: bool) -> int:
    if _kind(run) == "suite":
        matrix = suite_verdict.conclude(run)
        console.print(suite_terminal.panel(matrix, str(run / REPORT)))
        return GO if allow_conditional and matrix.verdict == "GO WITH CONDITIONS" else matrix.exit_code
    judgement = conclude(run)
    console.print(verdict(judgement, str(run / REPORT)))
    return exit_code(judgement, None, allow_conditional=allow_conditional)


def together(runs: Sequence[Path], today: date) -> Merged:
    """The runs, each judged with today's rules, as one. Raises Usage or Failure."""
    folders = [run.resolve() for run in runs]
    if twice := sorted({str(run) for run in folders if folders.count(run) > 1}):
        raise Usage(f"{twice[0]} is named twice")
    rehearsals = [run for run in folders if _kind(run) == "rehearsal"]
    if len(rehearsals) > 1:
        raise Usage(f"{rehearsals[0].name} and {rehearsals[1].name} are both rehearsals; give the one that counts")
    try:
        judgement = _judged(rehearsals[0], today) if rehearsals else None
        suites: dict[str, Matrix] = {
            run.name: suite_verdict.judge(run, today) for run in folders if run not in rehearsals
        }
        return merge(judgement, suites, today)
    except Mismatch as error:
        raise Usage(str(error)) from error


def write(merged: Merged, folder: Path) -> None:
    """summary.json, summary.md, junit.xml, report.html and report/. Raises Failure."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_files(folder, merged_summary(merged), merged_markdown(merged), merged_junit(merged))
        render_merged(merged, folder, own_version())
    except OSError as error:
        raise Failure(f"{folder}: cannot be written ({error})") from error


def _judged(run: Path, today: date) -> Judgement:
    try:
        return judge(run, datetime(today.year, today.month, today.day))
    except (OSError, ValueError) as error:
        raise Failure(f"{run}: cannot be judged: {error}") from error


def _kind(run: Path) -> str:
    if (run / RESULTS).exists():
        return "suite"
    if (run / "run.json").exists():
        return "rehearsal"
    raise Usage(f"{run}: no run (it has neither run.json nor {RESULTS}); give a folder such as runs/last")


def _new_folder(beside: Path, now: datetime) -> Path:
    return beside.resolve().parent / f"{now:%Y%m%d-%H%M%S}-report"
