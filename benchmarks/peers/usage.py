"""What a command and all its children used: seconds of CPU, and the most memory at one time."""

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.2
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_KIB = os.sysconf("SC_PAGESIZE") / 1024


class TooLong(RuntimeError):
    """The command did not end in its time and was ended."""


@dataclass(frozen=True)
class Usage:
    """`cpu_s` is user and system time of the whole tree; `peak_mib` the largest sum of resident memory seen."""

    cpu_s: float
    peak_mib: float
    wall_s: float
    exit: int


@dataclass(frozen=True)
class Process:
    """One line of /proc: `cpu_s` its own so far."""

    pid: int
    parent: int
    cpu_s: float
    rss_kib: float


def measure(
    command: Sequence[str], cpu: int, folder: Path, env: Mapping[str, str] = os.environ, timeout_s: float = 300.0
) -> Usage:
    """Run a command on one CPU in `folder`, its output in `folder`/output. Raises TooLong, or OSError."""
    begun = time.monotonic()
    with (folder / "output").open("wb") as output:
        child = subprocess.Popen(
            command, cwd=folder, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            preexec_fn=lambda: _prepare(cpu), start_new_session=True,
        )  # fmt: skip
    spent: dict[int, float] = {}
    peak, pid = 0.0, 0
    while not pid:
        tree = family(child.pid, processes())
        spent |= {process.pid: process.cpu_s for process in tree}
        peak = max(peak, sum(process.rss_kib for process in tree))
        if time.monotonic() - begun > timeout_s:
            os.killpg(child.pid, 9)
            child.wait()
            raise TooLong(f"{command[0]} was not done after {timeout_s:g} s")
        time.sleep(SAMPLE_S)
        pid, status, used = os.wait4(child.pid, os.WNOHANG)
    child.returncode = os.waitstatus_to_exitcode(status)
    cpu_s = max(used.ru_utime + used.ru_stime, sum(spent.values()))  # rusage misses children nobody waited for
    return Usage(cpu_s, peak / 1024, time.monotonic() - begun, child.returncode)


def processes() -> list[Process]:
    """All processes of this machine."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                text = Path("/proc", entry, "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            words = text[text.rindex(")") + 2 :].split()
            cpu_s = (int(words[11]) + int(words[12])) / _TICKS
            found.append(Process(int(entry), int(words[1]), cpu_s, int(words[21]) * _PAGE_KIB))
    return found


def family(root: int, everybody: list[Process]) -> list[Process]:
    """`root` and all that descend from it."""
    mine = {root}
    grown = True
    while grown:
        children = {process.pid for process in everybody if process.parent in mine} - mine
        mine |= children
        grown = bool(children)
    return [process for process in everybody if process.pid in mine]


def _prepare(cpu: int) -> None:
    os.sched_setaffinity(0, {cpu})
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
