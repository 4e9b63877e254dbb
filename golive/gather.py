"""`golive gather`: puts records that were brought by hand from other hosts into a run's folder."""

import filecmp
import shutil
from collections.abc import Sequence
from pathlib import Path

from golive.failures import Usage
from history.reader import BadStream, header
from history.run import RunFolder
from simulators.douyin.hosts import is_name, unfit


def gather(run: Path, files: Sequence[Path]) -> list[str]:
    """Copy stream files into the run's history, each whole or not at all; the streams' names. Raises Usage."""
    folder = RunFolder(run)
    if not (run / "run.json").exists():
        raise Usage(f"{run}: no run (it has no run.json); give a folder such as runs/last")
    spec = folder.spec()
    return [_take(file, folder.history, spec.id) for file in files]


def _take(file: Path, history: Path, run: str) -> str:
    try:
        name = header(file).stream
    except (BadStream, OSError) as error:
        raise Usage(f"{file}: no record of a run ({error})") from error
    if why := unfit(file, name, run) or ("" if is_name(name) else f"{name} is no record from another host"):
        raise Usage(f"{file}: {why}")
    place = history / f"{name}.arrows"
    if place.exists() and not filecmp.cmp(place, file, shallow=False):
        raise Usage(f"{place} is there already, and it is another record than {file}")
    arriving = history / f".{name}.gathered"
    shutil.copyfile(file, arriving)
    arriving.replace(place)
    return name
