"""What a message fault is: it may add to the plan of one push."""

from random import Random
from typing import Final, NamedTuple, Protocol

from simulators.faults.request import PLAIN, Guise


class Plan(NamedTuple):
    """What is done to one push besides pushing it."""

    hold_s: float = 0.0  # wait so long before it; the conversation waits with it
    late_s: float = 0.0  # go behind the conversation's next message, or after so long where none comes
    back_s: float = 0.0  # its create_time is so much too early
    forged: bool = False  # push an invented message with a wrong signature before it
    doubled: bool = False  # push the same bytes again after it was acknowledged
    conflicting: bool = False  # push another text under the same id after it was acknowledged
    guise: Guise = PLAIN  # how its request looks


UNTOUCHED: Final = Plan()  # the one object that says: nothing is done


class Fault(Protocol):
    """One kind of disturbance. Each draws from `rng` once a push, so that shares of one do not move another's."""

    def touch(self, plan: Plan, rng: Random) -> Plan:
        """The plan, with or without this disturbance added."""
        ...
