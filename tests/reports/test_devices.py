"""Connections and epochs of devices."""

from reports.devices import served

TURNS = """
1 agents device_on actor=a1 device=d shop=s1 note=fresh
5 agents device_off actor=a1 device=d shop=s1 note=cut
6 agents device_on actor=a1 device=d shop=s1 note=resumed
20 agents device_off actor=a1 device=d shop=s1 note=1006
30 agents device_on actor=a1 device=d shop=s1 note=fresh
"""
S = 1_000_000_000


def test_sessions_follow_one_another_in_epochs(tell):
    found = tell(TURNS).sessions.select("on", "off", "off_note", "resumed", "epoch").rows()
    assert found == [
        (1 * S, 5 * S, "cut", False, 1),
        (6 * S, 20 * S, "1006", True, 1),
        (30 * S, 60 * S, "", False, 2),
    ]


def test_a_connection_that_is_followed_by_another_ended_then(tell):
    found = tell(TURNS.replace("device_off", "lag")).sessions
    assert found["off"].to_list() == [6 * S, 30 * S, 60 * S]


def test_two_devices_do_not_mix(tell):
    other = "2 agents device_on actor=a1 device=e shop=s1 note=fresh\n"
    assert tell(TURNS + other).sessions.filter(device="e").select("on", "off").rows() == [(2 * S, 60 * S)]


def test_connected_time_is_summed_over_an_epoch(tell):
    epochs = served(tell(TURNS).sessions, 10 * S).select("epoch", "start", "until", "last_off").rows()
    assert epochs == [(1, 1 * S, 10 * S, 20 * S), (2, 30 * S, 50 * S, 60 * S)]
    short = served(tell(TURNS).sessions, 16 * S).select("until").to_series().to_list()
    assert short == [3 * S, 44 * S]


def test_an_epoch_with_too_little_connected_time_serves_nothing(tell):
    epochs = served(tell(TURNS).sessions, 40 * S).select("start", "until").rows()
    assert all(until < start for start, until in epochs)
