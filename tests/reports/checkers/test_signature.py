"""Forged pushes."""

import pytest

from reports.checkers import signature


def judged(history):
    verdict = signature.check(history)
    return verdict.state, verdict.opportunities, verdict.metrics["forged_taken"]


def test_a_forged_push_that_is_refused_holds(tell):
    assert judged(tell("1.0 gateway forged message=@9")) == ("holds", 1, 0)


@pytest.mark.parametrize(
    "row", ["1.1 gateway forged_taken message=@9", "1.1 agents shown message=@9 actor=a1 device=a1/1 shop=s1"]
)
def test_a_forged_push_that_is_acknowledged_or_shown_is_taken(tell, row):
    assert judged(tell("1.0 gateway forged message=@9\n" + row)) == ("broken", 1, 1)


def test_without_a_forged_push_nothing_is_known(tell):
    assert judged(tell("")) == ("unknown", 0, 0)
