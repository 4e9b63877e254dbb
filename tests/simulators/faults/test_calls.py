"""What befalls calls: shares, independence, and one that somebody asked for."""

from random import Random

from history.scenario import Faults
from simulators.faults.calls import CallFaults, Mishap


def mishaps(faults: Faults, count: int = 10_000) -> list[Mishap | None]:
    drawn = CallFaults(faults, Random(1))
    return [drawn.next("c") for _ in range(count)]


def test_without_shares_nothing_befalls_a_call() -> None:
    assert set(mishaps(Faults())) == {None}


def test_each_share_is_met_and_moves_no_other() -> None:
    alone, both = mishaps(Faults(refuse_call=0.1)), mishaps(Faults(refuse_call=0.1, lost_answer=0.5))
    assert abs(alone.count("refuse_call") / 10_000 - 0.1) < 0.01
    assert abs(both.count("lost_answer") / 10_000 - 0.45) < 0.02
    assert [each == "refuse_call" for each in alone] == [each == "refuse_call" for each in both]


def test_a_wish_is_for_the_next_call_of_that_conversation_alone() -> None:
    drawn = CallFaults(Faults(), Random(1))
    drawn.want("c1", "lost_answer")
    assert [drawn.next(conversation) for conversation in ("c2", "c1", "c1")] == [None, "lost_answer", None]
