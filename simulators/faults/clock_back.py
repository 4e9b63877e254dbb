"""Dates some messages before their predecessor: order is the index's to tell, not create_time's (section 6, 9)."""

from dataclasses import dataclass
from random import Random

from simulators.faults.fault import Plan

BACK_S = 60.0


@dataclass(frozen=True)
class ClockBack:
    """`share` of all messages carry a create_time a minute too early."""

    share: float

    def touch(self, plan: Plan, rng: Random) -> Plan:
        """The plan, dated back or not."""
        return plan._replace(back_s=BACK_S) if rng.random() < self.share else plan
