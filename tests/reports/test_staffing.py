"""Who held what, and who was able."""

ONLINE = """
0 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
0 agents availability actor=a1 device=a1/1 shop=s1 n=1 note=online
"""
TAKEN = "2 agents assigned actor=a1 device=a1/1 shop=s1 conversation=k1 n=1\n"
DONE = "5 agents released actor=a1 device=a1/1 shop=s1 conversation=k1 note=resolved\n"
S = 1_000_000_000


def free(history):
    return [(a / S, b / S) for a, b in history.staff.free.get("s1", [])]


def held(history):
    return [(hold.place, hold.begin / S, hold.end / S, hold.open, hold.note) for hold in history.staff.holds]


def test_a_shop_is_free_until_its_agents_are_full(tell):
    assert free(tell(ONLINE)) == [(0, 60)]
    assert free(tell(ONLINE + TAKEN)) == [(0, 2)]
    assert free(tell(ONLINE + TAKEN + DONE)) == [(0, 2), (5, 60)]


def test_an_agent_who_signed_off_is_not_able(tell):
    away = "3 agents availability actor=a1 device=a1/1 shop=s1 n=1 note=away\n"
    assert free(tell(ONLINE + away)) == [(0, 3)]


def test_full_by_one_device_only_is_not_full(tell):
    second = "0 agents device_on actor=a1 device=a1/2 shop=s1 note=fresh\n"
    assert free(tell(ONLINE + second + TAKEN)) == [(0, 60)]


def test_holds_last_from_the_first_telling_to_the_release(tell):
    assert held(tell(ONLINE + TAKEN + DONE)) == [("k1", 2, 5, False, "resolved")]
    assert held(tell(ONLINE + TAKEN)) == [("k1", 2, 60, True, "")]


def test_a_fresh_connection_with_no_other_device_forgets(tell):
    fresh = """
3 agents device_off actor=a1 device=a1/1 shop=s1 note=cut
4 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
"""
    assert held(tell(ONLINE + TAKEN + fresh)) == [("k1", 2, 4, False, "fresh connection")]
    assert held(tell(ONLINE + TAKEN + fresh.replace("fresh", "resumed"))) == [("k1", 2, 60, True, "")]


def test_agents_are_online_while_a_device_is(tell):
    off = "7 agents device_off actor=a1 device=a1/1 shop=s1 note=cut\n"
    assert tell(ONLINE + off).staff.online == {"a1": [(0, 7 * S)]}


def test_waiting_tells_how_long_somebody_was_free_later(tell):
    pushed = """
3 gateway accepted message=@1 ref=c1-1 shop=s1 conversation=@C1
3 gateway pushed message=@1 n=1
"""
    assert tell(ONLINE + pushed).waiting.is_empty()
    waiting = tell(ONLINE + TAKEN + pushed).waiting
    assert waiting.select("message", "free_after", "held_after", "strangers").rows() == [("@1", 0, False, 1)]
    later = tell(ONLINE + TAKEN + pushed + DONE).waiting
    assert later.select("free_after").item() == 55 * S
