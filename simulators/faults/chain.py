"""The chain of message faults a scenario asks for."""

from random import Random

from history.scenario import Faults
from simulators.faults.clock_back import ClockBack
from simulators.faults.conflict import Conflict
from simulators.faults.delay import Delay
from simulators.faults.duplicate import Duplicate
from simulators.faults.fault import UNTOUCHED, Fault, Plan
from simulators.faults.forge import Forge
from simulators.faults.late import Late
from simulators.faults.nothing import Nothing


def chain(faults: Faults) -> tuple[Fault, ...]:
    """The faults of a scenario's [faults] table, "no fault" first."""
    return (
        Nothing(),
        Delay(faults.delay_push, faults.delay_s),
        Forge(faults.forge_push),
        Duplicate(faults.duplicate_push),
        Late(faults.late_push, faults.delay_s),
        Conflict(faults.conflict),
        ClockBack(faults.clock_back),
    )


def idle(faults: Faults) -> bool:
    """Whether the chain would leave every push as it is."""
    shares = (faults.delay_push, faults.forge_push, faults.duplicate_push)
    return not any((*shares, faults.late_push, faults.conflict, faults.clock_back))


def plan(faults: tuple[Fault, ...], rng: Random) -> Plan:
    """What becomes of the next push; the same seed gives the same plans."""
    made = UNTOUCHED
    for fault in faults:
        made = fault.touch(made, rng)
    return made
