"""Judges a run's folder and writes everything a person or a CI job reads of it."""

import shutil
from pathlib import Path

from golive.failures import Failure
from reports.judge import judge
from reports.model import Judgement
from reports.page.render import render
from reports.summary import write_summaries

REPORT = "report.html"


def conclude(folder: Path) -> Judgement:
    """Judge, then write summary.json, summary.md, junit.xml, report.html and report/. Raises Failure."""
    try:
        judgement = judge(folder)
        write_summaries(judgement, folder)
        render(judgement, folder)
    except OSError as error:
        free = shutil.disk_usage(folder if folder.exists() else Path()).free
        raise Failure(
            f"{folder}: cannot be judged or written ({error}); {free / 2**20:.0f} MiB free on that disk. "
            f"The history is kept: when there is room again,  golive report {folder}"
        ) from error
    except ValueError as error:  # no history, a stream that is none of ours, a gate that is none
        raise Failure(f"{folder}: cannot be judged: {error}") from error
    return judgement


def point_last(folder: Path) -> None:
    """Let runs/last lead to this run."""
    last = folder.parent / "last"
    temporary = folder.parent / ".last"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(folder.name)
    temporary.replace(last)
