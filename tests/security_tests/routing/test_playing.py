"""What was played is told as it was, and an act that nobody did is named."""

from collections import Counter
from typing import Any, cast

from security_tests.routing.acts import Shop
from security_tests.routing.floor import Floor
from security_tests.routing.machine import LOST, NEEDS, THEMES, Days, acts_of
from security_tests.routing.playing import Played, together


class Offers:
    """A floor of a target that offers these operations."""

    def __init__(self, *operations: str) -> None:
        self.operations = {"reply", *operations}

    def has(self, *operations: str) -> bool:
        return self.operations.issuperset(operations)


def offered(*operations: str) -> frozenset[str]:
    return acts_of(cast(Floor, cast(Any, Offers(*operations))), THEMES | LOST)


def test_every_word_of_a_theme_has_its_rule_and_its_act() -> None:
    words = {word for table in (THEMES | LOST).values() for word in table.split()}
    assert [word for word in words if not hasattr(Days, f"_{word}")] == []
    assert [act for act in offered(*NEEDS.values()) if not hasattr(Shop, act)] == []


def test_an_act_is_offered_where_the_target_has_its_operation() -> None:
    assert offered("snoozeConversation") - offered() == {"snooze"}
    assert {"wait", "strike"} <= offered("advanceClock") - offered()


def test_what_was_played_in_two_places_is_told_as_one() -> None:
    one = Played(Counter(a=2), Counter(write=3), offered=frozenset({"write", "snooze"}), examples=4)
    other = Played(
        Counter(a=1), Counter(lose=1), Counter(gone=1), offered=frozenset({"lose"}), examples=2, stopped=True
    )
    both = together(one, other)
    assert both.told("a") == ["a: 3 occasions in 6 examples", "done: lose 1, write 3", "came of it: gone 1"]
    assert (both.never(), both.stopped) == (["snooze"], True)
