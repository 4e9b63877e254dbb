"""A stop by SIGTERM in the middle of everything: who is connected is told, and nothing acknowledged is lost."""

import asyncio
import signal
import time
from typing import Any

import pytest

from tests.reference_service.test_main import Process, frames, process

pytestmark = pytest.mark.thorough

__all__ = ["process"]  # the fixture


async def test_a_stop_under_load_ends_with_0_in_time_and_loses_nothing_acknowledged(process: Process) -> None:
    token = await process.agent()
    ws = await process.socket("identify", token=token, device_id="d1")
    await ws.receive_json()
    acknowledged: set[str] = set()
    stopping = asyncio.Event()

    async def write(first: int) -> None:
        for number in range(first, 20_000, 8):
            if not await process.push(number):
                return
            acknowledged.add(f"@m{number}==")
            if len(acknowledged) >= 200:
                stopping.set()

    async def stop() -> float:
        await stopping.wait()
        began = time.monotonic()
        assert await process.end(signal.SIGTERM) == 0
        return time.monotonic() - began

    async def listen() -> list[dict[str, Any]]:
        return [frame async for frame in frames(ws)]

    told, took, *_ = await asyncio.gather(listen(), stop(), *(write(first) for first in range(8)))
    assert (told[-1]["op"], ws.close_code) == ("reconnect", 1012)
    assert took < 10
    assert len(acknowledged) >= 200

    await process.start()
    kept: set[str] = set()
    since = 0
    while True:
        page = await process.call("GET", f"/sync?since={since}&limit=1000", {"Authorization": f"Bearer {token}"})
        created = [event["d"] for event in page["events"] if event["t"] == "message.created"]
        kept |= {message["platform_message_id"] for message in created}
        if page["next"] == page["head"]:
            break
        since = page["next"]
    assert kept >= acknowledged
