"""Pushes some messages twice, as the platform's page warns: delivery is not guaranteed to be without repeats (4a)."""

from dataclasses import dataclass
from random import Random

from simulators.faults.fault import Plan


@dataclass(frozen=True)
class Duplicate:
    """`share` of all pushes come again, the same bytes in a new request, once the first was acknowledged."""

    share: float

    def touch(self, plan: Plan, rng: Random) -> Plan:
        """The plan, doubled or not."""
        return plan._replace(doubled=True) if rng.random() < self.share else plan
