"""What counts as sync latency, and what is left out and why."""

import polars as pl
import pytest

from reports.latency import Sample, planned, summary

ON = """
0.0 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
0.0 agents device_on actor=a1 device=a1/2 shop=s1 note=fresh
1.0 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
1.0 gateway pushed message=@1 n=1
"""
SHOWN = "{} agents shown message=@1 actor=a1 device={} shop=s1 conversation=k1\n"


def to_agent(history):
    sample = history.latencies.to_agent
    return sorted(round(s, 6) for s in sample.frame["seconds"]), sample.left_out


def test_from_the_first_push_to_each_device(tell):
    text = ON + "1.5 gateway pushed message=@1 n=2\n" + SHOWN.format(1.2, "a1/1") + SHOWN.format(1.7, "a1/2")
    assert to_agent(tell(text)) == ([0.2, 0.7], {})


def test_the_second_appearance_on_a_device_is_no_sample(tell):
    assert to_agent(tell(ON + SHOWN.format(1.2, "a1/1") + SHOWN.format(5, "a1/1"))) == ([0.2], {})


def gap(note: str, off: float, on: float) -> str:
    return f"""
{off} agents device_off actor=a1 device=a1/1 shop=s1 note={note}
{on} agents device_on actor=a1 device=a1/1 shop=s1 note=resumed
"""


CUT = "the device was off between push and show, cut off by the harness or by a planned fault"


def test_a_replay_after_the_harness_cut_the_device_off_is_left_out(tell):
    assert to_agent(tell(ON + gap("cut", 0.9, 2) + SHOWN.format(2.1, "a1/1"))) == ([], {CUT: 1})
    assert to_agent(tell(ON + gap("cut", 1.1, 2) + SHOWN.format(2.1, "a1/1"))) == ([], {CUT: 1})


def test_a_connection_the_target_closed_counts(tell):
    assert to_agent(tell(ON + gap("1006", 1.1, 2) + SHOWN.format(2.1, "a1/1"))) == ([1.1], {})


def test_a_target_that_does_not_take_a_device_back_counts(tell):
    assert to_agent(tell(ON + gap("cut", 0.9, 20) + SHOWN.format(20.1, "a1/1"))) == ([19.1], {})


def test_a_gap_before_the_push_disturbs_nothing(tell):
    assert to_agent(tell(ON + gap("cut", 0.5, 0.9) + SHOWN.format(1.1, "a1/1"))) == ([0.1], {})


def test_a_message_pushed_in_a_planned_fault_is_left_out(tell):
    fault = "0.9 golive fault note='kill service begins'\n1.5 golive fault note='kill service ends'\n"
    assert to_agent(tell(ON + fault + SHOWN.format(1.2, "a1/1"))) == ([], {"pushed in a planned fault": 1})


def test_a_device_thrown_off_by_a_planned_fault_has_time_to_come_back(tell):
    fault = "0.5 golive fault note='kill service begins'\n0.9 golive fault note='kill service ends'\n"
    assert to_agent(tell(ON + fault + gap("1006", 0.6, 2) + SHOWN.format(2.1, "a1/1"))) == ([], {CUT: 1})
    assert to_agent(tell(ON + fault + gap("1006", 0.6, 8) + SHOWN.format(8.1, "a1/1"))) == ([7.1], {})


def test_an_unplanned_death_excuses_nothing(tell):
    text = ON + "0.9 golive died actor=service\n3 golive restarted actor=service\n" + SHOWN.format(4, "a1/1")
    assert to_agent(tell(text)) == ([3.0], {})


def test_waiting_in_the_queue_of_a_full_shop_is_left_out_and_an_assigned_conversation_is_not(tell):
    full = """
0.1 agents availability actor=a1 device=a1/1 shop=s1 n=1 note=online
0.1 agents assigned actor=a1 device=a1/1 shop=s1 conversation={} n=1
0.1 agents assigned actor=a1 device=a1/2 shop=s1 conversation={} n=1
"""
    late = SHOWN.format(3, "a1/1")
    queue = "waited in a queue: every agent of the shop was full or away"
    assert to_agent(tell(ON + full.replace("{}", "k0") + late)) == ([], {queue: 1})
    assert to_agent(tell(ON + full.replace("{}", "k1") + late)) == ([2.0], {})


def test_another_shops_agent_gives_no_sample(tell):
    assert to_agent(tell(ON + SHOWN.format(1.2, "a1/1").replace("shop=s1", "shop=s2"))) == ([], {})


REPLY = """
0.5 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
1.0 agents answered message=r1 ref=@1 actor=a1 device=a1/1
1.1 agents replied message=r1 note=ok
1.3 customers received message=r1 ref=@2
1.9 customers received message=r1 ref=@2
"""


def test_from_send_to_the_customers_first_receipt(tell):
    sample = tell(REPLY).latencies.to_customer
    assert ([round(s, 6) for s in sample.frame["seconds"]], sample.left_out) == ([0.3], {})


def test_a_reply_whose_device_the_harness_cut_off_meanwhile_is_left_out(tell):
    cut = "1.05 agents device_off actor=a1 device=a1/1 shop=s1 note=cut\n"
    sample = tell(REPLY + cut).latencies.to_customer
    assert sample.left_out == {"the harness cut the device off while it was sending": 1}
    assert tell(REPLY + cut.replace("note=cut", "note=1006")).latencies.to_customer.left_out == {}
    assert tell(REPLY + cut.replace("1.05", "1.2")).latencies.to_customer.left_out == {}


def test_a_reply_whose_call_was_refused_on_purpose_is_left_out_with_those_behind_it(tell):
    text = """
0.1 gateway accepted message=@1 ref=c1-1 actor=c1 conversation=@C1
"""
    for name, answered, called in (("r1", 1.0, 1.5), ("r2", 1.2, 1.6), ("r3", 1.7, 1.8)):
        text += f"""
{answered} agents answered message={name} ref=@1 actor=a1 device=a1/1 conversation=k1
{called} gateway called message={name} ref=@{name} note=ok
{called + 0.1} customers received message={name} ref=@{name} actor=c1 conversation=@C1
"""
    refused = "1.1 gateway called message=r1 note={}\n"
    why = "the platform was told to refuse the call at first, or one before it in the conversation"
    assert tell(text + refused.format("busy")).latencies.to_customer.left_out == {why: 2}
    assert tell(text + refused.format("token_expired")).latencies.to_customer.left_out == {}


@pytest.mark.parametrize(("left", "seconds"), [("1.15", 0.2), ("0.5", 0.2), ("1.25", 0.3)])
def test_a_customer_who_was_away_ends_the_way_at_the_platform(tell, left, seconds):
    text = f"""
0.1 gateway accepted message=@1 ref=c1-1 actor=c1 conversation=@C1
0.1 customers joined actor=c1
{left} customers left actor=c1
1.2 gateway called message=r1 ref=@2 note=ok
"""
    assert [round(s, 6) for s in tell(REPLY + text).latencies.to_customer.frame["seconds"]] == [seconds]


def test_a_reply_taken_for_a_customer_the_slow_target_made_leave_counts(tell):
    text = """
0.1 gateway accepted message=@1 ref=c1-1 actor=c1 conversation=@C1
5.0 customers left actor=c1
9.0 gateway called message=r1 ref=@2 note=ok
"""
    slow = "\n".join(line for line in REPLY.splitlines() if "received" not in line)
    assert tell(slow + text).latencies.to_customer.frame["seconds"].to_list() == [8.0]


def test_a_customers_wait_ends_with_the_next_reply(tell):
    text = """
1 customers sent message=c1-1 conversation=@C1
1 gateway accepted message=@1 ref=c1-1 conversation=@C1
2 customers sent message=c1-2 conversation=@C1
2 gateway accepted message=@2 ref=c1-2 conversation=@C1
5 customers received message=r1 ref=@3 conversation=@C1
6 customers received message=r2 ref=@4 conversation=@C2
"""
    assert sorted(tell(text).latencies.reply_time.frame["seconds"]) == [3.0, 4.0]


def windows(tell, text):
    history = tell(text)
    return [(a / 1e9, b / 1e9) for a, b, _ in planned(history.of("fault", "died", "restarted"), history.horizon)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 golive fault note=begins\n2 golive fault note=ends", [(1, 2)]),
        ("1 golive fault note=begins\n1 golive died\n2 golive fault note=ends\n4 golive restarted", [(1, 4)]),
        ("1 golive fault note=begins\n1 golive died\n2 golive restarted\n4 golive fault note=ends", [(1, 4)]),
        ("1 golive died\n2 golive fault note=begins\n3 golive fault note=ends\n9 golive restarted", [(2, 3)]),
        ("1 golive fault note=begins", [(1, 60)]),
        ("1 golive died\n2 golive restarted", []),
    ],
)
def test_planned_windows(tell, text, expected):
    assert windows(tell, text) == expected


def sample(n: int) -> Sample:
    return Sample(pl.DataFrame({"seconds": [float(i) for i in range(1, n + 1)]}))


def test_percentiles_are_exact_nearest_ranks():
    hundred = sample(100)
    assert [hundred.percentile(q) for q in (0.0, 0.5, 0.95, 0.99, 0.991, 1.0)] == [1.0, 50.0, 95.0, 99.0, 100.0, 100.0]
    assert sample(0).percentile(0.5) is None


def test_a_summary_without_samples_has_no_figures():
    assert summary(pl.Series("seconds", [], dtype=pl.Float64)).p99 is None


def test_the_curve_goes_as_far_as_there_are_samples():
    assert sample(100).curve()[-1] == (0.99, 99.0)
    assert sample(100_000).curve()[-1][0] == 0.9999
