"""What the bot adds to a message: `python -m benchmarks.bot [--seconds S] [--rate R] [--articles N]`.

One shop with many articles and nobody signed in; new customers write at a steady rate, in equal parts, what the bot
answers word for word, what it must search for, a statement and a greeting. For each mode: CPU of the service a message,
p99 from a message's intended moment to its acknowledgement, and from there to the bot's answer at the platform.
Exit code 1 when an answer is missing or p99 of the answers is above a second: the promise is 30 (R3.1).
"""

import argparse
import asyncio
import itertools
import os
import sys
import time
from random import Random
from statistics import quantiles
from typing import Any

import msgspec
import uvloop
from aiohttp import web

from benchmarks.knowledge import PARTS, TROUBLES, articles
from benchmarks.service import CPUS, Bench, OpenIm, Platform, cpu_of, serving

ANSWER_S = 1.0
EXACT = [part + trouble for part in PARTS for trouble in TROUBLES]
KINDS, ANSWERED = 4, 2  # the first two of four are answered


class Asking(OpenIm):
    """Customers who ask, word for word and otherwise, and who talk."""

    def text(self, number: int) -> str:
        """Every fourth of a kind."""
        exact = EXACT[number % len(EXACT)]
        return (exact, f"我买的{exact}", "衣服收到了有点大", "你好")[number % KINDS]


class Listening(Platform):
    """Remembers when each customer was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: dict[str, float] = {}

    async def handle(self, request: web.Request) -> web.Response:
        """Any call."""
        if "token" not in request.path:
            self.answered[msgspec.json.decode(await request.read())["to_user_id"]] = time.perf_counter()
        return await super().handle(request)


async def fill(bench: Bench, admin: str, number: int) -> None:
    """Write the articles, fifty at a time."""
    waiting = iter(articles(number, Random(1)))

    async def worker() -> None:
        for new in waiting:
            said = {"kind": new.kind, "title": new.title, "questions": new.questions, "answer": new.answer}
            await bench.call("/api/v1/knowledge", admin, said)

    await asyncio.gather(*(worker() for _ in range(50)))


async def write(bench: Bench, rate: float, seconds: float) -> dict[int, tuple[float, float]]:
    """Messages at a steady rate, each of a new customer: by number, its intended moment and its acknowledgement."""
    begun, written = time.perf_counter(), dict[int, tuple[float, float]]()

    async def one(number: int, intended: float) -> None:
        outcome = await bench.client.post(bench.hook, bench.profile.request(0, number, number))
        assert outcome.response, outcome
        assert outcome.response.status == 200, outcome
        written[number] = intended, time.perf_counter()

    async with asyncio.TaskGroup() as tasks:
        for place, number in enumerate(itertools.islice(bench.numbers, int(rate * seconds))):
            intended = begun + place / rate
            if (early := intended - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            tasks.create_task(one(number, intended))
    return written


async def mode(bench: Bench, admin: str, name: str, rate: float, seconds: float) -> bool:
    """Measure one mode; whether it kept its promise."""
    assert isinstance(bench.platform, Listening)
    headers = {"Authorization": f"Bearer {admin}"}
    async with bench.http.put(bench.url + "/api/v1/bot", json={"mode": name}, headers=headers) as done:
        assert done.status == 200, await done.text()
    before = cpu_of(bench.pid)
    written = await write(bench, rate, seconds)
    await asyncio.sleep(1.0)
    cpu, heard = cpu_of(bench.pid) - before, bench.platform.answered
    figures: dict[str, Any] = {"cpu_us_per_message": cpu / len(written) * 1e6}
    figures["ack_p99_ms"] = quantiles([ack - intended for intended, ack in written.values()], n=100)[98] * 1000
    wanted = [number for number in written if name != "off" and number % KINDS < ANSWERED]
    waits = [heard[f"c{number}"] - written[number][1] for number in wanted if f"c{number}" in heard]
    if waits:
        figures["answer_p99_ms"] = quantiles(waits, n=100)[98] * 1000
    print(f"{name}: " + "  ".join(f"{key} {value:,.1f}" for key, value in figures.items()), end="  ")
    print(f"answered {len(waits)} of {len(wanted)}", flush=True)
    return len(waits) == len(wanted) and figures.get("answer_p99_ms", 0.0) <= ANSWER_S * 1000


async def measure(rate: float, seconds: float, number: int) -> bool:
    """Every mode in turn, in one service."""
    async with serving(Asking(), Listening()) as bench:
        admin = await bench.shop(0)
        await fill(bench, admin, number)
        await write(bench, rate, 1.0)
        return all([await mode(bench, admin, name, rate, seconds) for name in ("off", "assist", "first")])


def main() -> int:
    """Measure; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rate", type=float, default=400.0)
    parser.add_argument("--articles", type=int, default=2000)
    options = parser.parse_args()
    os.sched_setaffinity(0, {CPUS[0]})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return int(not runner.run(measure(options.rate, options.seconds, options.articles)))


if __name__ == "__main__":
    sys.exit(main())
