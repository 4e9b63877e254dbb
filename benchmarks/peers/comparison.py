"""One comparison: every generator does the same work against the same echo, which counts what really came."""

import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.echo import echo
from benchmarks.peers.generators import Generator, Job, environment
from benchmarks.peers.usage import TooLong, measure

ENOUGH = 0.99  # of the messages asked for: with fewer the figure is not comparable


@dataclass(frozen=True)
class Result:
    """What one generator used and did; `trouble` says why its figures may not be compared."""

    name: str
    title: str
    cpu_s: float = 0.0
    peak_mib: float = 0.0
    wall_s: float = 0.0
    connections: int = 0
    messages: int = 0
    p50_ms: float | None = None
    p99_ms: float | None = None
    note: str = ""
    trouble: str = ""

    @property
    def comparable(self) -> bool:
        """Whether it did the work."""
        return not self.trouble

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def compare(generator: Generator, program: str, kind: str, connections: int, seconds: int, ramp: int) -> Result:
    """Run one generator, alone on the first CPU, against an echo of this kind on the last."""
    cpus = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            with echo(kind, max(cpus)) as server:
                job = Job(server.port, connections, seconds, ramp, folder)
                command = generator.command(program, job)
                used = measure(command, min(cpus), folder, environment(job), timeout_s=ramp + 3 * seconds + 60)
        except TooLong as error:
            return Result(generator.name, generator.title, trouble=str(error))
        served = (server.connections, server.messages)
        trouble = shortfall(served, connections, seconds) or _failure(used.exit, folder)
        trips = generator.trips(folder) if not trouble else None
        return Result(
            generator.name, generator.title, used.cpu_s, used.peak_mib, used.wall_s, *served,
            *(trips[:2] if trips else (None, None)), trips.note if trips else "", trouble,
        )  # fmt: skip


def shortfall(served: tuple[int, int], connections: int, seconds: int) -> str:
    """What is wrong with the (connections, messages) that the server counted; '' = it is the work asked for."""
    wanted = connections * seconds
    if served[1] < ENOUGH * wanted:
        return f"sent {served[1]:,} of {wanted:,} messages"
    if served[1] > wanted or served[0] != connections:
        return f"sent {served[1]:,} messages on {served[0]:,} connections"
    return ""


def _failure(exit_code: int, folder: Path) -> str:
    if exit_code == 0:
        return ""
    words = (folder / "output").read_text(errors="replace").strip().splitlines()
    return f"exit code {exit_code}: {words[-1][:200] if words else 'it said nothing'}"
