"""How many platform calls an app may make a second: a bucket that time fills; off by default, for QPS is [NF]."""

from dataclasses import dataclass


@dataclass
class Bucket:
    """Holds at most one second's calls. `per_s` = 0 means no limit; times are seconds of one clock."""

    per_s: float = 0.0
    level: float = 0.0
    filled_at: float = float("-inf")

    def take(self, now: float) -> bool:
        """Whether a call at `now` is within the rate; a call within it uses it up."""
        if self.per_s <= 0:
            return True
        capacity = max(1.0, self.per_s)
        self.level = min(capacity, self.level + (now - self.filled_at) * self.per_s)
        self.filled_at = now
        if self.level < 1.0:
            return False
        self.level -= 1.0
        return True
