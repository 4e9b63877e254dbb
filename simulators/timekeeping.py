"""An asyncio process's clock beside the gateway's: compared at start, at end, and every so often between."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

from history.writer import Writer
from simulators.douyin.door_client import Compared, DoorError, Doors

PERIOD_S = 20.0


@contextlib.asynccontextmanager
async def timekeeping(doors: Doors, writer: Writer) -> AsyncIterator[None]:
    """Record comparisons while the block runs; nothing where both read the very same clock. Raises DoorError at once.

    They are made in a thread, over a connection of their own: this loop's work is in none of them.
    """
    first = await asyncio.to_thread(doors.clock)
    if first.shared:
        yield
        return
    _record(writer, first)
    watch = asyncio.create_task(_go_on(doors, writer))
    try:
        yield
    finally:
        watch.cancel()
        await _compare(doors, writer)


async def _go_on(doors: Doors, writer: Writer) -> None:
    while True:
        await asyncio.sleep(PERIOD_S)
        await _compare(doors, writer)


async def _compare(doors: Doors, writer: Writer) -> None:
    try:
        _record(writer, await asyncio.to_thread(doors.clock))
    except DoorError as error:
        print(f"the clock could not be compared: {error}", file=sys.stderr, flush=True)


def _record(writer: Writer, compared: Compared) -> None:
    writer.add("clock", t=compared.t, n=compared.reading.offset_ns, note=str(compared.reading.error_ns))
