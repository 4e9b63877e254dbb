"""A thousand agents' devices at the bundled service: `python -m benchmarks.devices [--devices N] [--seconds S]`.

Twenty shops, two devices an agent. How long it takes until all are connected, what a connected device costs in memory,
and with 400 messages a second whether each is told on both devices of its agent. Exit code 1 when a device is not
connected or a message not told on both.
"""

import argparse
import asyncio
import contextlib
import os
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median, quantiles

import aiohttp
import msgspec
import uvloop

from benchmarks.service import CPUS, SHOPS, Bench, OpenIm, cpu_of, paced, serving

RATE = 400
AT_ONCE = 64
_decode = msgspec.json.decode


class Told:
    """How often each message was told; `all` is set once `expected` tellings have come."""

    def __init__(self) -> None:
        self.seen = Counter[str]()
        self.connected = 0
        self.all = asyncio.Event()
        self.expected = 0

    def expect(self, tellings: int) -> None:
        """Count anew, until there were so many."""
        self.seen.clear()
        self.all.clear()
        self.expected = tellings

    async def device(self, bench: Bench, token: str, name: str, ready: asyncio.Event) -> None:
        """Connect and note what is told, until cancelled."""
        async with bench.http.ws_connect(bench.url + "/api/v1/ws", max_msg_size=0) as ws:
            await ws.send_json({"op": "identify", "d": {"token": token, "device_id": name}})
            async for said in ws:
                if said.type is not aiohttp.WSMsgType.TEXT:
                    return
                frame = _decode(said.data)
                if frame["op"] == "ready":
                    self.connected += 1
                    ready.set()
                elif frame.get("t") == "message.created":
                    self.seen[frame["d"]["message_id"]] += 1
                    if self.seen.total() == self.expected:
                        self.all.set()


def resident(pid: int) -> int:
    """Bytes of memory a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def measure(devices: int, seconds: float) -> int:
    """The figures; the exit code."""
    told, tasks, agents = Told(), list[asyncio.Task[None]](), devices // 2
    async with serving(OpenIm()) as bench:
        tokens = []
        for shop in range(SHOPS):
            admin = await bench.shop(shop)
            for _ in range(agents // SHOPS):
                made = await bench.call("/api/v1/agents", admin, {"name": "甲", "certified": True})
                tokens.append(await bench.login(made["login"], made["password"]))
        before, begun, gate = resident(bench.pid), time.perf_counter(), asyncio.Semaphore(AT_ONCE)

        async def connect(token: str, name: str) -> None:
            ready = asyncio.Event()
            async with gate:
                tasks.append(asyncio.create_task(told.device(bench, token, name, ready)))
                await ready.wait()

        await asyncio.gather(*(connect(token, f"d{n}") for token in tokens for n in (1, 2)))
        took, memory = time.perf_counter() - begun, (resident(bench.pid) - before) / (2 * len(tokens))
        told.expect(2 * int(RATE * 2.0))
        await paced(bench, RATE, 2.0)
        await asyncio.wait_for(told.all.wait(), 10)
        told.expect(2 * int(RATE * seconds))
        cpu, waits = cpu_of(bench.pid), await paced(bench, RATE, seconds)
        cpu = cpu_of(bench.pid) - cpu
        with contextlib.suppress(TimeoutError):  # then the count below says how many are missing
            await asyncio.wait_for(told.all.wait(), 10)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    both = sum(times == 2 for times in told.seen.values())
    print(f"{told.connected} devices connected in {took:.1f} s, {memory / 1024:.0f} KiB a device")
    print(
        f"{len(waits)} messages at {RATE}/s, {both} told on both devices; acknowledged p50 {median(waits) * 1000:.1f}, "
        f"p99 {quantiles(waits, n=100)[98] * 1000:.1f} ms; {cpu / seconds:.0%} of a core"
    )
    return int(told.connected < 2 * len(tokens) or both < len(waits))


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks.devices", description=__doc__)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=5.0)
    asked = parser.parse_args()
    os.sched_setaffinity(0, {CPUS[0]})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measure(asked.devices, asked.seconds))


if __name__ == "__main__":
    sys.exit(main())
