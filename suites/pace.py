"""Customers of a suite take turns where a target bears only so many messages a second."""

import asyncio
from time import monotonic


def turn(now: float, free: float, rate: float) -> tuple[float, float]:
    """How long to wait (s) for the place that is free at `free`, and when the next one is. Pure; 0 is no limit."""
    if not rate:
        return 0.0, now
    at = max(now, free)
    return at - now, at + 1 / rate


class Pace:
    """`rate` are messages a second of this process."""

    def __init__(self, rate: float) -> None:
        self.rate, self._free = rate, 0.0

    async def __call__(self) -> None:
        """Wait for the next place."""
        wait, self._free = turn(monotonic(), self._free, self.rate)
        await asyncio.sleep(wait)


def lowest(workers: int, *rates: float | None) -> float:
    """One process's share of the lowest of some limits, of which None and 0 are none."""
    return min(filter(None, rates), default=0.0) / max(1, workers)
