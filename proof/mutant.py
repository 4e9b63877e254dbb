"""What a planted bug is, and the register of all of them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

Suite = Literal["contract", "security"]


class Mutant(NamedTuple):
    """A sin, the promise it breaks, and its occasion: a short rehearsal, or a suite's tests of the promise.

    `plant` patches the reference service from outside, before it starts; the patched code must call `ran()`, because a
    bug that was never executed proves nothing.
    """

    name: str
    promise: str
    plant: Callable[[], None]
    scenario: str = "proof"  # or the suite's name


SUITES: Final = get_args(Suite)
REGISTER: dict[str, Mutant] = {}
CLEAN = "clean"


def mutant(
    promise: str, scenario: str = "proof", suite: Suite | None = None
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register the decorated function as the planting of a mutant of its own name; `suite` is played, or `scenario`."""

    def register(plant: Callable[[], None]) -> Callable[[], None]:
        REGISTER[plant.__name__] = Mutant(plant.__name__, promise, plant, suite or scenario)
        return plant

    return register


def instead(place: object, name: str, planted: object) -> None:
    """Put what is planted where a function, method or constant of that name is; raises AttributeError where none is."""
    getattr(place, name)
    setattr(place, name, planted)


def ran() -> None:
    """Leave the mark that the planted code was executed (a file named by GOLIVE_MUTANT_RAN)."""
    if path := os.environ.get("GOLIVE_MUTANT_RAN"):
        Path(path).touch()
