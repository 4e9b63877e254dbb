"""Samples how late this process's event loop runs and what CPU it has used, and flushes its stream once a second."""

import asyncio
import sys
from time import monotonic_ns, process_time_ns

from history.writer import Writer

PERIOD_NS = 50_000_000
FLUSH_EVERY = 20  # periods: once a second


async def watch(writer: Writer) -> None:
    """Record `lag` every 50 ms and `cpu` once a second and flush, until cancelled.

    The schedule is absolute: a loop that stood still for a second gives twenty late samples, not one. A flush that
    fails (disk full) is told once on stderr and tried again: the writer keeps the rows.
    """
    due = monotonic_ns()
    failing = False
    while True:
        for _ in range(FLUSH_EVERY):
            due += PERIOD_NS
            await asyncio.sleep(max(0, due - monotonic_ns()) / 1e9)
            writer.add("lag", n=max(0, monotonic_ns() - due) // 1000)
        writer.add("cpu", n=process_time_ns() // 1000)
        failing = _flush(writer, failing)


def _flush(writer: Writer, failing: bool) -> bool:
    try:
        writer.flush()
    except OSError as error:
        if not failing:
            print(f"{writer.path}: cannot be written ({error.strerror}); kept in memory", file=sys.stderr, flush=True)
        return True
    return False
