"""Order and seq, on devices and at the customer."""

from reports.checkers import order

TWO = """
0.0 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
0.0 agents device_on actor=a1 device=a1/2 shop=s1 note=fresh
1.0 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
1.0 gateway accepted message=@2 ref=c1-2 actor=c1 shop=s1 conversation=@C1 n=2
1.1 gateway pushed message=@1 n=1
1.2 gateway acknowledged message=@1
1.3 gateway pushed message=@2 n=1
1.4 gateway acknowledged message=@2
"""


def shown(*rows: str) -> str:
    """'1/2:7' is message @1 on device 2 with seq 7."""
    lines = []
    for i, row in enumerate(rows):
        message, _, rest = row.partition("/")
        device, _, seq = rest.partition(":")
        lines.append(
            f"{2 + i / 10} agents shown message=@{message} actor=a1 device=a1/{device} shop=s1 conversation=k1 n={seq}"
        )
    return "\n".join(lines) + "\n"


def judged(history):
    verdict = order.check(history)
    return verdict.state, verdict.opportunities, verdict.metrics["reordered"]


def test_in_order_holds(tell):
    assert judged(tell(TWO + shown("1/1:1", "2/1:2"))) == ("holds", 1, 0)


def test_swapped_on_the_device_is_reordered(tell):
    verdict = order.check(tell(TWO + shown("2/1:1", "1/1:2")))
    assert (verdict.state, verdict.violations) == ("broken", 1)
    assert [step.what for step in verdict.example if step.wrong] == ["shows @1, seq 2"]


def test_shown_in_order_with_falling_seq_is_reordered(tell):
    assert judged(tell(TWO + shown("1/1:2", "2/1:1"))) == ("broken", 1, 1)


def test_the_same_seq_twice_is_reordered(tell):
    assert judged(tell(TWO + shown("1/1:1", "2/1:1"))) == ("broken", 1, 1)


def test_devices_that_disagree_on_a_seq_are_reordered(tell):
    assert judged(tell(TWO + shown("1/1:1", "1/2:2"))) == ("broken", 0, 1)


def test_swapped_on_the_second_device_only_is_reordered(tell):
    assert judged(tell(TWO + shown("1/1:1", "2/1:2", "2/2:2", "1/2:1"))) == ("broken", 2, 1)


def test_swapped_by_the_gateway_itself_is_not_the_targets_doing(tell):
    late = TWO.replace("1.2 gateway acknowledged message=@1", "").replace(
        "1.1 gateway pushed message=@1", "1.9 gateway pushed message=@1"
    )
    assert judged(tell(late + shown("2/1:1", "1/1:2"))) == ("holds", 1, 0)


def test_other_conversations_do_not_matter(tell):
    assert judged(tell(TWO.replace("@C1 n=2", "@C2 n=2") + shown("2/1:1", "1/1:2"))) == ("unknown", 0, 0)


def test_a_target_without_seq_is_judged_by_order_alone_and_that_is_said(tell):
    verdict = order.check(tell(TWO + shown("1/1:0", "2/1:0")))
    assert (verdict.state, verdict.reason) == ("holds", "2 appearances had no seq: of these only the order was judged")


def test_what_a_fresh_connection_fetches_of_the_past_is_left_out(tell):
    fresh = """
1.5 agents device_off actor=a1 device=a1/1 shop=s1 note=cut
1.6 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
"""
    assert judged(tell(TWO + fresh + shown("2/1:2", "1/1:1"))) == ("unknown", 0, 0)
    assert judged(tell(TWO + fresh.replace("fresh", "resumed") + shown("2/1:2", "1/1:1"))) == ("broken", 1, 1)


REPLIES = """
0.5 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
1.0 agents answered message=r1 ref=@1 actor=a1 conversation=k1
1.1 agents replied message=r1 note=ok
1.2 agents answered message=r2 ref=@1 actor=a1 conversation=k1
1.3 agents replied message=r2 note=ok
"""
GOT = (
    "{} customers received message=r1 ref=@8 conversation=@C1\n{} customers received message=r2 ref=@9 conversation=@C1"
)


def test_replies_received_in_the_order_taken_hold(tell):
    assert judged(tell(REPLIES + GOT.format(2.0, 2.1))) == ("holds", 1, 0)


def test_replies_received_the_other_way_round_are_reordered(tell):
    assert judged(tell(REPLIES + GOT.format(2.1, 2.0))) == ("broken", 1, 1)


def test_replies_sent_at_the_same_time_have_no_order(tell):
    together = REPLIES.replace("1.1 agents replied message=r1", "1.25 agents replied message=r1")
    assert judged(tell(together + GOT.format(2.1, 2.0))) == ("unknown", 0, 0)
