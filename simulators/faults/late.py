"""Lets some pushes come behind their successor, as the platform's page warns: delivery is not ordered (4a)."""

from dataclasses import dataclass
from random import Random

from simulators.faults.fault import Plan


@dataclass(frozen=True)
class Late:
    """`share` of all pushes go after the next message of their conversation, or after `seconds` where none comes."""

    share: float
    seconds: float

    def touch(self, plan: Plan, rng: Random) -> Plan:
        """The plan, late or not."""
        return plan._replace(late_s=self.seconds) if rng.random() < self.share else plan
