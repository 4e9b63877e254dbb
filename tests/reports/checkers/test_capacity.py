"""More conversations than an agent may hold."""

from reports.checkers import capacity

ONLINE = """
0.0 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
0.0 agents availability actor=a1 device=a1/1 shop=s1 n=1 note=online
1.0 agents assigned actor=a1 device=a1/1 shop=s1 conversation=k1 n=1
"""
MORE = "2.0 agents assigned actor=a1 device=a1/1 shop=s1 conversation=k2 n=1\n"
RELEASED = "1.5 agents released actor=a1 device=a1/1 shop=s1 conversation=k1 note=resolved\n"


def judged(history):
    verdict = capacity.check(history)
    return verdict.state, verdict.opportunities, verdict.metrics["over_capacity"]


def test_as_many_as_the_capacity_holds(tell):
    assert judged(tell(ONLINE)) == ("holds", 1, 0)


def test_one_too_many_is_over_capacity(tell):
    verdict = capacity.check(tell(ONLINE + MORE))
    assert (verdict.state, verdict.violations) == ("broken", 1)
    assert [step.what for step in verdict.example] == ["assigns k1", "assigns k2: 2 of 1"]


def test_released_before_the_next_is_within(tell):
    assert judged(tell(ONLINE + RELEASED + MORE)) == ("holds", 2, 0)


def test_the_same_conversation_told_again_is_one(tell):
    assert judged(tell(ONLINE + MORE.replace("k2", "k1"))) == ("holds", 1, 0)


def test_two_devices_are_told_of_one_conversation_each(tell):
    second = """
0.0 agents device_on actor=a1 device=a1/2 shop=s1 note=fresh
1.0 agents assigned actor=a1 device=a1/2 shop=s1 conversation=k1 n=1
"""
    assert judged(tell(ONLINE + second)) == ("holds", 2, 0)


def test_a_fresh_connection_is_told_anew(tell):
    fresh = """
1.2 agents device_off actor=a1 device=a1/1 shop=s1 note=cut
1.3 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
"""
    assert judged(tell(ONLINE + fresh + MORE)) == ("holds", 2, 0)
    assert judged(tell(ONLINE + fresh.replace("fresh", "resumed") + MORE)) == ("broken", 2, 1)


def test_a_target_cannot_raise_its_own_limit(tell):
    assert judged(tell(ONLINE + MORE.replace("n=1", "n=99"))) == ("broken", 2, 1)


def test_without_any_known_capacity_it_is_unknown(tell):
    text = ONLINE.replace("shop=s1 n=1", "shop=s1 n=0").replace("k1 n=1", "k1")
    assert capacity.check(tell(text)).state == "unknown"
