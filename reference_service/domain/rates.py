"""Token buckets: how often something may happen, for each key of a kind; pure (LIMIT-1)."""

from typing import NamedTuple

MOST_KEYS = 50_000


class Rate(NamedTuple):
    """`burst` at once, and `per_s` more a second."""

    per_s: float
    burst: float


class Bucket:
    """One bucket, full at first."""

    __slots__ = ("_at", "_left", "_rate")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._left = rate.burst
        self._at = 0.0  # when that was left, in the caller's seconds

    def take(self, now: float) -> float:
        """Take one; 0.0 when it was there, else nothing is taken and these are the seconds until it is."""
        if (wait := self.wait(now)) == 0.0:
            self._left, self._at = self._now(now) - 1.0, now
        return wait

    def wait(self, now: float) -> float:
        """The seconds until one could be taken; 0.0 for now."""
        return max(0.0, 1.0 - self._now(now)) / self._rate.per_s

    def full(self, now: float) -> bool:
        """Whether it is as if nothing had been taken."""
        return self._now(now) >= self._rate.burst

    def _now(self, now: float) -> float:
        return min(self._rate.burst, self._left + max(0.0, now - self._at) * self._rate.per_s)


class Buckets:
    """One bucket a key, all of one rate, in bounded memory: full buckets are forgotten, then the ones made first."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: dict[str, Bucket] = {}

    def take(self, key: str, now: float) -> float:
        """As Bucket.take."""
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= MOST_KEYS:
                self._forget(now)
            bucket = self._buckets[key] = Bucket(self._rate)
        return bucket.take(now)

    def wait(self, key: str, now: float) -> float:
        """As Bucket.wait."""
        bucket = self._buckets.get(key)
        return bucket.wait(now) if bucket else 0.0

    def _forget(self, now: float) -> None:
        kept = [(key, bucket) for key, bucket in self._buckets.items() if not bucket.full(now)]
        self._buckets = dict(kept[-(MOST_KEYS // 2) :])
