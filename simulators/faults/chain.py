"""The chain of message faults a scenario asks for."""

from random import Random

from history.scenario import Faults
from simulators.faults.delay import Delay
from simulators.faults.duplicate import Duplicate
from simulators.faults.fault import Fault, Plan
from simulators.faults.forge import Forge
from simulators.faults.nothing import Nothing


def chain(faults: Faults) -> tuple[Fault, ...]:
    """The faults of a scenario's [faults] table, "no fault" first."""
    return (
        Nothing(),
        Delay(faults.delay_push, faults.delay_s),
        Forge(faults.forge_push),
        Duplicate(faults.duplicate_push),
    )


def plan(faults: tuple[Fault, ...], rng: Random) -> Plan:
    """What becomes of the next push; the same seed gives the same plans."""
    made = Plan()
    for fault in faults:
        made = fault.touch(made, rng)
    return made
