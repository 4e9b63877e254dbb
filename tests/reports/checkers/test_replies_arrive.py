"""What becomes of a reply the target took."""

import pytest

from reports.checkers import replies_arrive

TAKEN = """
0.5 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
1.0 agents answered message=r1 ref=@1 actor=a1 device=a1/1 shop=s1 conversation=k1
1.1 agents replied message=r1 device=a1/1 note=ok
"""
CALLED = "1.2 gateway called message=r1 ref=@2 actor=c1 conversation=@C1 note=ok\n"
RECEIVED = "1.3 customers received message=r1 ref=@2 actor=c1 conversation=@C1\n"
REFUSED = "1.2 gateway called message=r1 conversation=@C1 note=28003017\n"
FAILED = "1.4 agents reply_failed message=r1 device=a1/1 note=quota\n"


def judged(history):
    verdict = replies_arrive.check(history)
    return verdict.state, verdict.opportunities, verdict.violations, verdict.unknown


def test_taken_and_never_seen_again_is_lost(tell):
    verdict = replies_arrive.check(tell(TAKEN))
    assert (verdict.state, verdict.metrics["lost_to_customer"]) == ("broken", 1)
    assert [step.what for step in verdict.example if step.wrong] == [
        "answers ok to r1",
        "never sends r1, and tells nobody",
    ]


def test_received_is_accounted_for(tell):
    assert judged(tell(TAKEN + CALLED + RECEIVED)) == ("holds", 1, 0, 0)


def test_taken_a_moment_before_the_record_ends_is_unknown(tell):
    assert judged(tell(TAKEN, end=5)) == ("unknown", 0, 0, 1)


def test_failed_after_the_platforms_refusal_is_accounted_for(tell):
    assert judged(tell(TAKEN + REFUSED + FAILED)) == ("holds", 1, 0, 0)


def test_failed_although_the_platform_was_never_asked_is_unknown(tell):
    assert judged(tell(TAKEN + FAILED)) == ("unknown", 0, 0, 1)


def test_refused_by_the_platform_and_not_told_is_lost(tell):
    assert judged(tell(TAKEN + REFUSED)) == ("broken", 1, 1, 0)


def test_in_doubt_is_counted_apart_and_is_no_loss(tell):
    verdict = replies_arrive.check(tell(TAKEN + "1.4 agents in_doubt message=r1 device=a1/1"))
    assert (verdict.state, verdict.metrics["lost_to_customer"], verdict.metrics["in_doubt"]) == ("holds", 0, 1)


@pytest.mark.parametrize(("left", "state"), [("1.1", "holds"), ("9.0", "unknown")])
def test_a_customer_who_had_left_is_no_loss_where_the_platform_took_the_reply(tell, left, state):
    assert judged(tell(TAKEN + CALLED + f"{left} customers left actor=c1 conversation=@C1"))[0] == state


def test_a_customer_who_had_left_excuses_no_reply_that_was_never_sent(tell):
    assert judged(tell(TAKEN + "1.1 customers left actor=c1 conversation=@C1")) == ("broken", 1, 1, 0)


def test_taken_by_the_platform_and_not_seen_by_a_customer_who_was_there_is_the_harness_own_riddle(tell):
    assert judged(tell(TAKEN + CALLED)) == ("unknown", 0, 0, 1)


def test_an_unknown_answer_that_ends_in_ok_was_taken(tell):
    text = TAKEN.replace("note=ok", "note=unknown") + "2.0 agents replied message=r1 device=a1/1 note=ok\n"
    assert judged(tell(text)) == ("broken", 1, 1, 0)


def test_an_answer_that_stays_unknown_is_unknown(tell):
    assert judged(tell(TAKEN.replace("note=ok", "note=unknown"))) == ("unknown", 0, 0, 1)


def test_a_listed_reply_refused_at_once_was_never_taken(tell):
    text = TAKEN.replace("note=ok", "note=failed:blocked").replace("k1\n", "k1 note=listed\n")
    assert judged(tell(text)) == ("unknown", 0, 0, 0)


def test_a_target_that_refuses_clean_replies_is_not_praised_for_the_few_it_took(tell):
    other = TAKEN.replace("r1", "r2").replace("note=ok", "note=failed:busy").partition("\n1.0")[2]
    verdict = replies_arrive.check(tell(TAKEN + CALLED + RECEIVED + "1.0" + other))
    assert (verdict.state, verdict.metrics["replies_refused"]) == ("unknown", 1)
