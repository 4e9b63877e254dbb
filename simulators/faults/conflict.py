"""Pushes another body under an id that was taken already: what was taken first must stay (section 6, 9)."""

from dataclasses import dataclass
from random import Random

from simulators.faults.fault import Plan
from targets.platform import Message

TEXT = "这是同一编号下的另一段文字"


@dataclass(frozen=True)
class Conflict:
    """After `share` of all pushes goes another text under the same ids, well signed."""

    share: float

    def touch(self, plan: Plan, rng: Random) -> Plan:
        """The plan, with a conflicting push behind it or not."""
        return plan._replace(conflicting=True) if rng.random() < self.share else plan


def conflicting(message: Message) -> Message:
    """The same message with words nobody wrote."""
    return message._replace(text=TEXT)
