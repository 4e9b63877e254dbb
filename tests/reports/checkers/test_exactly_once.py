"""Duplicates, on devices and at the customer."""

import pytest

from reports.checkers import exactly_once

ONCE = """
0.0 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
1.0 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
1.1 agents shown message=@1 actor=a1 device=a1/1 shop=s1 conversation=k1 ref=m1 n=1
"""
AGAIN = "3.0 agents shown message=@1 actor=a1 device=a1/1 shop=s1 conversation=k1 ref=m1 n=1\n"


def judged(history):
    verdict = exactly_once.check(history)
    return verdict.state, verdict.metrics["duplicated"], verdict.unknown


def test_shown_twice_on_one_device_is_a_duplicate(tell):
    verdict = exactly_once.check(tell(ONCE + AGAIN))
    assert (verdict.state, verdict.violations, verdict.metrics) == ("broken", 1, {"duplicated": 1})
    assert [step.what for step in verdict.example if step.wrong] == ["shows @1, seq 1"]


def test_withheld_and_then_shown_is_a_duplicate(tell):
    assert judged(tell(ONCE.replace("shown", "withheld") + AGAIN)) == ("broken", 1, 0)


@pytest.mark.parametrize(("how", "state"), [("resumed", "broken"), ("fresh", "holds")])
def test_a_resume_must_not_repeat_and_a_fresh_connection_may(tell, how, state):
    gap = f"""
2.0 agents device_off actor=a1 device=a1/1 shop=s1 note=cut
2.5 agents device_on actor=a1 device=a1/1 shop=s1 note={how}
"""
    assert judged(tell(ONCE + gap + AGAIN))[0] == state


def test_the_same_message_on_two_devices_is_no_duplicate(tell):
    other = "0.0 agents device_on actor=a1 device=a1/2 shop=s1 note=fresh\n" + AGAIN.replace("a1/1", "a1/2")
    assert judged(tell(ONCE + other)) == ("holds", 0, 0)


def test_stored_twice_under_two_ids_of_the_target_is_a_duplicate_even_on_two_devices(tell):
    other = "0.0 agents device_on actor=a1 device=a1/2 shop=s1 note=fresh\n"
    assert judged(tell(ONCE + other + AGAIN.replace("a1/1", "a1/2").replace("ref=m1", "ref=m2"))) == ("broken", 1, 0)


RECEIVED = """
1.0 agents answered message=r1 ref=@1 actor=a1 device=a1/1 shop=s1 conversation=k1
1.2 customers received message=r1 ref=@7 actor=c1 conversation=@C1
1.3 customers received message=r1 ref=@8 actor=c1 conversation=@C1
"""


def test_a_reply_received_under_two_platform_ids_is_a_duplicate(tell):
    assert judged(tell(RECEIVED)) == ("broken", 1, 0)


def test_the_gateway_handing_one_platform_message_over_again_is_none(tell):
    assert judged(tell(RECEIVED.replace("@8", "@7"))) == ("holds", 0, 0)


def test_a_double_that_was_marked_in_doubt_is_unknown(tell):
    assert judged(tell(RECEIVED + "2.0 agents in_doubt message=r1 actor=a1")) == ("unknown", 0, 1)


def test_messages_without_any_id_are_unknown(tell):
    assert judged(tell(ONCE + AGAIN.replace("message=@1", "message="))) == ("unknown", 0, 1)
