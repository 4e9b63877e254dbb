"""Messages in the wrong shop, replies in the wrong conversation."""

from reports.checkers import leaks

SHOWN = """
0.0 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
1.0 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
1.1 agents shown message=@1 actor=a1 device=a1/1 shop=s1 conversation=k1 ref=m1 n=1
"""


def judged(history):
    verdict = leaks.check(history)
    return verdict.state, verdict.opportunities, verdict.metrics["leaked_across_shops"], verdict.unknown


def test_shown_in_its_own_shop_holds(tell):
    assert judged(tell(SHOWN)) == ("holds", 1, 0, 0)


def test_shown_in_another_shop_is_a_leak(tell):
    verdict = leaks.check(
        tell(SHOWN.replace("device=a1/1 shop=s1 conversation=k1", "device=a9/1 shop=s9 conversation=k1"))
    )
    assert (verdict.state, verdict.violations) == ("broken", 1)
    assert [(step.to, step.what) for step in verdict.example if step.wrong] == [("a9/1", "shows @1, seq 1")]


def test_announced_without_its_text_in_another_shop_is_a_leak_too(tell):
    text = SHOWN.replace("device=a1/1 shop=s1 conversation=k1", "device=a9/1 shop=s9 conversation=k1")
    assert judged(tell(text.replace("shown", "withheld"))) == ("broken", 1, 1, 0)


def test_shown_in_another_customers_conversation_is_a_leak(tell):
    other = """
1.2 gateway accepted message=@2 ref=c2-1 actor=c2 shop=s1 conversation=@C2 n=1
1.3 agents shown message=@2 actor=a1 device=a1/1 shop=s1 conversation=k1 ref=m2 n=2
"""
    assert judged(tell(SHOWN + other)) == ("broken", 2, 1, 0)


REPLY = "2.0 agents answered message=r1 ref=@1 actor=a1 device=a1/1 shop=s1 conversation=k1\n"


def test_a_reply_received_in_its_own_conversation_holds(tell):
    assert judged(tell(SHOWN + REPLY + "2.1 customers received message=r1 ref=@7 conversation=@C1")) == (
        "holds",
        2,
        0,
        0,
    )


def test_a_reply_received_in_another_conversation_is_a_leak(tell):
    assert judged(tell(SHOWN + REPLY + "2.1 customers received message=r1 ref=@7 conversation=@C2")) == (
        "broken",
        2,
        1,
        0,
    )


def test_a_reply_sent_to_another_conversation_is_a_leak_even_when_nobody_was_there(tell):
    text = SHOWN + REPLY + "2.1 gateway called message=r1 ref=@7 conversation=@C2 note=ok"
    assert judged(tell(text)) == ("broken", 2, 1, 0)


def test_the_target_conversation_tells_the_home_of_a_reply_that_names_no_message(tell):
    text = SHOWN + REPLY.replace("ref=@1", "ref=") + "2.1 customers received message=r1 ref=@7 conversation=@C2"
    assert judged(tell(text)) == ("broken", 2, 1, 0)


def test_a_reply_without_any_home_is_unknown(tell):
    text = REPLY.replace("ref=@1", "ref=") + "2.1 customers received message=r1 ref=@7 conversation=@C2"
    assert judged(tell(text)) == ("unknown", 0, 0, 1)
