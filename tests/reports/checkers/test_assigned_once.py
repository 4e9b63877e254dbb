"""One agent a conversation, or a queue."""

import pytest

from reports.checkers import assigned_once

SHOWN = """
0.0 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
0.0 agents device_on actor=a2 device=a2/1 shop=s1 note=fresh
1.0 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
1.1 gateway pushed message=@1 n=1
1.2 gateway acknowledged message=@1
1.3 agents assigned actor=a1 device=a1/1 shop=s1 conversation=k1 n=15
1.4 agents shown message=@1 actor=a1 device=a1/1 shop=s1 conversation=k1 ref=m1 n=1
"""
OTHER = "20 agents assigned actor=a2 device=a2/1 shop=s1 conversation=k1 n=15\n"


def judged(history):
    verdict = assigned_once.check(history)
    return verdict.state, verdict.metrics["unassigned"], verdict.metrics["double_assigned"]


def test_one_agent_from_the_start_holds(tell):
    assert judged(tell(SHOWN)) == ("holds", 0, 0)


def test_two_agents_at_once_is_one_too_many(tell):
    verdict = assigned_once.check(tell(SHOWN + OTHER))
    assert (verdict.state, verdict.metrics["double_assigned"]) == ("broken", 1)
    assert [step.what for step in verdict.example] == ["assigns k1", "assigns k1", "leaves k1 with both for 40.0 s"]


@pytest.mark.parametrize(("released", "state"), [("19.9", "holds"), ("23.0", "holds"), ("26.0", "broken")])
def test_a_hand_over_may_be_told_to_both_within_five_seconds(tell, released, state):
    row = f"{released} agents released actor=a1 device=a1/1 shop=s1 conversation=k1 note=transferred\n"
    assert judged(tell(SHOWN + OTHER + row))[0] == state


def test_an_agent_who_was_gone_could_not_be_told(tell):
    gone = "10 agents device_off actor=a1 device=a1/1 shop=s1 note=cut\n"
    assert judged(tell(SHOWN + gone + OTHER)) == ("holds", 0, 0)


def test_shown_to_an_agent_who_was_never_given_the_conversation_is_unassigned(tell):
    text = SHOWN.replace("assigned actor=a1 device=a1/1", "assigned actor=a2 device=a2/1")
    assert judged(tell(text)) == ("broken", 1, 0)


LEFT = """
2.0 gateway accepted message=@2 ref=c2-1 actor=c2 shop=s1 conversation=@C2 n=1
2.1 gateway pushed message=@2 n=1
2.2 gateway acknowledged message=@2
"""


def test_a_conversation_left_lying_while_agents_were_free_is_unassigned(tell):
    assert judged(tell(SHOWN + LEFT)) == ("broken", 1, 0)


def test_a_conversation_in_the_queue_of_a_full_shop_is_not(tell):
    full = SHOWN.replace("n=15", "n=1").replace("0.0 agents device_on actor=a2 device=a2/1 shop=s1 note=fresh\n", "")
    assert judged(tell(full + LEFT)) == ("holds", 0, 0)


def test_a_target_that_tells_of_no_assignment_is_unknown(tell):
    text = "\n".join(line for line in SHOWN.splitlines() if "assigned" not in line)
    assert judged(tell(text)) == ("unknown", 0, 0)
