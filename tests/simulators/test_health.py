"""The health samples: absolute schedule, one CPU row a second, and a disk that is full."""

import asyncio
import contextlib
import errno
import time
from pathlib import Path
from typing import Any

import pytest

from history.reader import read
from history.writer import Writer
from simulators.health import watch


async def watched_until(writer: Writer, kind: str, count: int) -> None:
    """Run the watch until the writer was given so many rows of a kind."""
    enough, seen, add = asyncio.Event(), 0, writer.add

    def counting(what: str, **row: Any) -> None:
        nonlocal seen
        add(what, **row)
        seen += what == kind
        if seen >= count:
            enough.set()

    writer.add = counting  # type: ignore[method-assign]
    task = asyncio.create_task(watch(writer))
    async with asyncio.timeout(10):
        await enough.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_twenty_lag_rows_then_the_cpu_and_a_flush(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "s")
    await watched_until(writer, "watermark", 1)
    rows = read(tmp_path / "s.arrows").table.to_pylist()
    assert [row["kind"] for row in rows] == ["watermark", *["lag"] * 20, "cpu", "watermark"]
    assert rows[-2]["n"] > 0
    times = [row["t"] for row in rows[1:21]]
    assert 0.93e9 < times[-1] - times[0] < 1.5e9
    writer.close()


async def test_a_loop_that_stood_still_shows_in_as_many_samples_as_were_due(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "s")
    loop = asyncio.get_running_loop()
    loop.call_later(0.12, time.sleep, 0.4)  # the deed itself: it stops the loop
    await watched_until(writer, "watermark", 1)
    rows = read(tmp_path / "s.arrows").table.to_pylist()
    late = [row["n"] for row in rows if row["kind"] == "lag" and row["n"] > 40_000]
    assert 6 <= len(late) <= 9
    assert max(late) > 300_000
    writer.close()


async def test_a_full_disk_is_told_once_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("simulators.health.FLUSH_EVERY", 1)
    writer = Writer(tmp_path, "s")
    flush = writer.flush

    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    writer.flush = full  # type: ignore[assignment, method-assign]
    await watched_until(writer, "cpu", 3)
    writer.flush = flush  # type: ignore[method-assign]
    writer.close()
    told = capsys.readouterr().err
    assert told.count("No space left on device") == 1
    assert [row["kind"] for row in read(tmp_path / "s.arrows").table.to_pylist()].count("cpu") == 3
