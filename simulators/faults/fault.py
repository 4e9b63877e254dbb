"""What a message fault is: it may add to the plan of one push."""

from random import Random
from typing import NamedTuple, Protocol


class Plan(NamedTuple):
    """What is done to one push besides pushing it."""

    hold_s: float = 0.0  # wait so long before it; the conversation waits with it
    forged: bool = False  # push an invented message with a wrong signature before it
    doubled: bool = False  # push the same bytes again after it was acknowledged


class Fault(Protocol):
    """One kind of disturbance. Each draws from `rng` once a push, so that shares of one do not move another's."""

    def touch(self, plan: Plan, rng: Random) -> Plan:
        """The plan, with or without this disturbance added."""
        ...
