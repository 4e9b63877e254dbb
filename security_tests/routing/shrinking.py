"""Making a counter-example small: leave out steps, then agents, as long as the same promise stays broken.

Hypothesis can do so too; but a step against a real service costs milliseconds where it expects microseconds, and the
acts here know whom they are about, so that most of what is left out leaves the rest as it was.
"""

from collections.abc import Callable
from typing import NamedTuple

from security_tests.routing.people import NAMES, Hired


class Step(NamedTuple):
    """One call of acts.Shop."""

    act: str
    about: tuple[object, ...]


class Example(NamedTuple):
    """A shop's staff, and all that was done there."""

    staff: tuple[Hired, ...]
    steps: tuple[Step, ...]


def shrink(example: Example, fails: Callable[[Example], bool]) -> Example:
    """The smallest example found that still fails, leaving out halves, quarters … and single steps.

    `fails` says False at once when there is no time left.
    """
    size = max(1, len(example.steps) // 2)
    while True:
        before = example
        place = len(example.steps)
        while place > 0:  # from the end: what comes late needs what came early
            start = max(0, place - size)
            fewer = example._replace(steps=example.steps[:start] + example.steps[place:])
            if fails(fewer):
                example = fewer
            place = start
        if size == 1 and example == before:
            return _plainer(example, fails)
        size = max(1, size // 2)


def _plainer(example: Example, fails: Callable[[Example], bool]) -> Example:
    """Without the last agent, where the rest does not speak of them; and people as plain as can be."""
    plain = Hired("regular", 1, True, False)
    names = {str(each) for step in example.steps for each in step.about}
    for place in reversed(range(len(example.staff))):
        fewer = example._replace(staff=example.staff[:place] + example.staff[place + 1 :])
        if place == len(example.staff) - 1 and place and NAMES[place] not in names and fails(fewer):
            example = fewer
            continue
        plainer = example._replace(staff=(*example.staff[:place], plain, *example.staff[place + 1 :]))
        if example.staff[place] != plain and fails(plainer):
            example = plainer
    return example
