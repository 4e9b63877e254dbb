"""Token buckets: how often something may happen, for each key of a kind; pure (LIMIT-1)."""

from typing import NamedTuple

MOST_KEYS = 50_000


class Rate(NamedTuple):
    """`burst` at once, and `per_s` more a second."""

    per_s: float
    burst: float


class Buckets:
    """One bucket a key, all of one rate. A full bucket is not kept, so what is idle costs nothing."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._spent: dict[str, tuple[float, float]] = {}  # key: what was left, and when that was

    def take(self, key: str, now: float) -> float:
        """Take one; 0.0 when it was there, else nothing is taken and these are the seconds until it is."""
        left = self._left(key, now)
        if left < 1.0:
            return (1.0 - left) / self.rate.per_s
        self._spent.pop(key, None)  # to the end of the dictionary: the eldest stand first
        self._spent[key] = (left - 1.0, now)
        if len(self._spent) > MOST_KEYS:
            self._forget(now)
        return 0.0

    def wait(self, key: str, now: float) -> float:
        """The seconds until one could be taken; 0.0 for now."""
        return max(0.0, 1.0 - self._left(key, now)) / self.rate.per_s

    def _left(self, key: str, now: float) -> float:
        left, at = self._spent.get(key, (self.rate.burst, now))
        return min(self.rate.burst, left + max(0.0, now - at) * self.rate.per_s)

    def _forget(self, now: float) -> None:
        self._spent = {key: spent for key, spent in self._spent.items() if self._left(key, now) < self.rate.burst}
        while len(self._spent) > MOST_KEYS // 2:  # a flood of keys: the ones that were quiet longest go
            del self._spent[next(iter(self._spent))]
