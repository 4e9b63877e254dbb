"""Holds some pushes back."""

from dataclasses import dataclass
from random import Random

from simulators.faults.fault import Plan


@dataclass(frozen=True)
class Delay:
    """`share` of all pushes wait `seconds`; what comes after them in their conversation waits too."""

    share: float
    seconds: float

    def touch(self, plan: Plan, rng: Random) -> Plan:
        """The plan, held or not."""
        return plan._replace(hold_s=plan.hold_s + self.seconds) if rng.random() < self.share else plan
