"""How well this binding can observe: the target's clock, and how late a device is told."""

import asyncio
import time
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from suites.binding.bench import Bench
from suites.binding.line import Left, Wrong

_SKEW_S: Final = 5.0
_MESSAGES: Final = 12
_PAUSE_S: Final = 0.4  # at most, between two messages: not in step with a poller
_SLACK_S: Final = 0.15


async def clock(bench: Bench) -> str:
    """The target's wall clock is ours: signatures, tokens and business hours depend on it."""
    before = time.time()
    try:
        async with bench.lab.run.http.get(bench.lab.run.target_url) as answer:
            told = answer.headers.get("Date", "")
    except (aiohttp.ClientError, OSError) as error:
        raise Left(f"{bench.lab.run.target_url} answers no plain GET ({error or type(error).__name__})") from error
    after = time.time()
    if not told:
        raise Left("the target's HTTP answers carry no Date")
    skew = parsedate_to_datetime(told).timestamp() + 0.5 - (before + after) / 2  # a Date is cut to the second
    if abs(skew) > _SKEW_S:
        raise Wrong(f"the target's clock is {skew:+.0f} s off", "let both hosts follow the same NTP servers")
    return f"its clock and ours differ by {abs(skew):.1f} s ± {0.5 + after - before:.1f} s"


async def observation(bench: Bench) -> str:
    """How long until a device is told, and whether `limits.poll_s` is honest about it: twice where it seems not."""
    try:
        return judged(await _waits(bench), bench.lab.limits.poll_s)
    except Wrong:
        return judged(await _waits(bench), bench.lab.limits.poll_s)  # a busy moment is no interval


async def _waits(bench: Bench) -> list[float]:
    waits = []
    for _ in range(_MESSAGES):
        await asyncio.sleep(bench.rng.uniform(0, _PAUSE_S))
        said, begun = await bench.customer.say("计时"), time.monotonic()
        await bench.desk.sees(said)
        waits.append(time.monotonic() - begun)
    return waits


def judged(waits: list[float], poll_s: float) -> str:
    """What to say of waits (s) where that is the interval that the adapter names. Raises Wrong."""
    ordered = sorted(waits)
    least, late = ordered[0], ordered[len(ordered) * 3 // 4]
    seen = f"told {1e3 * least:.0f} to {1e3 * late:.0f} ms (three of four) after the platform took a message"
    if late - least > poll_s + _SLACK_S:
        raise Wrong(
            f"{seen}: they scatter over {1e3 * (late - least):.0f} ms, and limits.poll_s is {poll_s:g} s",
            "a device that polls names its interval in limits.poll_s; else the target's latency itself scatters so",
        )
    return f"{seen}; error of every latency: {1e3 * poll_s:.0f} ms (limits.poll_s)"
