"""What appears although nobody sent it."""

from history.tokens import token
from reports.checkers import phantom

SENT = """
0.0 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
1.0 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
"""
SHOWN = "1.1 agents shown message={} actor=a1 device=a1/1 shop=s1 conversation=k1 ref=m1 n=1\n"


def judged(history):
    verdict = phantom.check(history)
    return verdict.state, verdict.opportunities, verdict.metrics["phantom"], verdict.unknown


def test_what_the_gateway_took_is_no_phantom(tell):
    assert judged(tell(SENT + SHOWN.format("@1"))) == ("holds", 1, 0, 0)


def test_what_the_gateway_never_took_is_a_phantom(tell):
    verdict = phantom.check(tell(SENT + SHOWN.format("@2")))
    assert (verdict.state, verdict.violations) == ("broken", 1)
    assert [step.what for step in verdict.example] == ["shows @2, seq 1"]


def test_a_forged_push_that_is_shown_is_a_phantom(tell):
    assert judged(tell(SENT + "1.0 gateway forged message=@2\n" + SHOWN.format("@2"))) == ("broken", 1, 1, 0)


def test_shown_before_the_customer_sent_it_is_a_phantom(tell):
    assert judged(tell(SENT + SHOWN.format("@1").replace("1.1", "0.9"))) == ("broken", 1, 1, 0)


def test_a_reply_nobody_wrote_is_a_phantom(tell):
    assert judged(tell("1.0 customers received message=r1 ref=@2 conversation=@C1")) == ("broken", 1, 1, 0)
    assert judged(tell("1.0 gateway called message=r1 ref=@2 conversation=@C1 note=ok")) == ("broken", 1, 1, 0)


def test_a_reply_that_the_platform_refused_reached_nobody(tell):
    assert judged(tell("1.0 gateway called message=r1 ref=@2 note=28001007")) == ("unknown", 0, 0, 0)


def test_an_unreadable_reply_is_unknown_never_a_phantom(tell):
    assert judged(tell("1.0 customers received message= ref=@2 conversation=@C1")) == ("unknown", 0, 0, 1)


def test_the_echo_of_an_own_reply_shown_as_a_customers_message_is_a_phantom(tell):
    mine = token(1, 1, 1)
    answered = f"1.0 agents answered message={mine} ref=@1 actor=a1\n"
    assert judged(tell(SENT + answered + SHOWN.format(mine))) == ("broken", 1, 1, 0)


def test_a_strange_token_in_place_of_the_platforms_id_is_unknown(tell):
    assert judged(tell(SENT + SHOWN.format(token(1, 2, 3)))) == ("unknown", 1, 0, 1)
