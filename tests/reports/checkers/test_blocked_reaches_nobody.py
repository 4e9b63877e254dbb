"""What was blocked, and came through all the same."""

import pytest

from reports.checkers import blocked_reaches_nobody

BLOCKED = """
1.0 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
1.1 agents withheld message=@1 actor=a1 device=a1/1 shop=s1 conversation=k1
2.0 agents answered message=r1 ref=@1 actor=a1 note=listed
2.1 agents replied message=r1 note=failed:blocked
"""


def judged(history):
    verdict = blocked_reaches_nobody.check(history)
    return verdict.state, verdict.opportunities, verdict.metrics["blocked_delivered"]


def test_blocked_and_gone_holds(tell):
    assert judged(tell(BLOCKED)) == ("holds", 2, 0)


@pytest.mark.parametrize(
    "row",
    [
        "1.2 agents shown message=@1 actor=a1 device=a1/2 shop=s1 conversation=k1",
        "2.2 gateway called message=r1 ref=@2 note=ok",
        "2.2 customers received message=r1 ref=@2 conversation=@C1",
    ],
)
def test_blocked_here_and_seen_there_is_broken(tell, row):
    assert judged(tell(BLOCKED + row)) == ("broken", 2, 1)


def test_a_clean_reply_that_was_refused_is_not_this_promises_business(tell):
    text = BLOCKED.replace(" note=listed", "") + "2.2 customers received message=r1 ref=@2 conversation=@C1"
    assert judged(tell(text)) == ("holds", 1, 0)


def test_where_nothing_was_blocked_nothing_is_known(tell):
    assert judged(tell("")) == ("unknown", 0, 0)
