"""A counter-example is made as small as can be, and stays one."""

from security_tests.routing.people import Hired
from security_tests.routing.shrinking import Example, Step, shrink

PLAIN = Hired("regular", 1, True, False)
STEPS = tuple(Step("write", (f"C{number}",)) for number in range(20))


def test_only_the_steps_that_matter_are_left() -> None:
    needed = {STEPS[3], STEPS[11]}
    small = shrink(Example((PLAIN,), STEPS), lambda example: needed <= set(example.steps))
    assert small == Example((PLAIN,), (STEPS[3], STEPS[11]))


def test_the_last_agents_go_where_nobody_speaks_of_them_and_the_others_become_plain() -> None:
    staff = (Hired("senior", 3, True, False), Hired("trainee", 2, True, True), Hired("dedicated", 3, False, False))
    steps = (Step("say", ("Bo", "away")),)
    small = shrink(Example(staff, steps), lambda example: example.staff[0].level == "senior" and bool(example.steps))
    assert small == Example((staff[0], PLAIN), steps)


def test_nothing_changes_where_there_is_no_time() -> None:
    example = Example((Hired("senior", 3, True, False),), STEPS)
    assert shrink(example, lambda _: False) == example
