"""Phases, open conversations, disturbances, seconds."""

from reports.model import Disturbance, Phase
from reports.timeline import disturbances, open_range, open_steps, phases, seconds

S = 1_000_000_000
SEEN = """
1 gateway accepted message=@1 ref=c1-1 conversation=@C1 shop=s1
2 agents assigned conversation=k1 actor=a1 device=a1/1 shop=s1
3 agents shown message=@1 conversation=k1 actor=a1 device=a1/1 shop=s1
"""


def steps(history):
    return [(t / S, n) for t, n in open_steps(history).rows()]


def test_open_from_assignment_to_resolution(tell):
    resolved = "9 agents released conversation=k1 actor=a1 device=a1/1 shop=s1 note=resolved\n"
    assert steps(tell(SEEN + resolved)) == [(2, 1), (9, 0)]
    assert steps(tell(SEEN + resolved.replace("resolved", "transferred"))) == [(2, 1)]


def test_a_conversation_told_to_two_devices_is_one(tell):
    assert steps(tell(SEEN + SEEN.replace("a1/1", "a1/2"))) == [(2, 1)]


def test_a_second_conversation_of_the_target_for_the_same_customer_is_the_same(tell):
    assert steps(tell(SEEN + "5 agents shown message=@1 conversation=k9 actor=a1 device=a1/1 shop=s1")) == [(2, 1)]


def test_conversations_that_no_customer_wrote_in_do_not_count(tell):
    assert steps(tell(SEEN + "4 agents assigned conversation=k7 actor=a1 device=a1/1 shop=s1")) == [(2, 1)]


def test_open_range_takes_what_was_open_at_the_begin(tell):
    opened = open_steps(tell(SEEN))
    assert open_range(opened, 0, 1 * S) == (0, 0)
    assert open_range(opened, 1 * S, 5 * S) == (0, 1)
    assert open_range(opened, 4 * S, 5 * S) == (1, 1)


def test_phases_run_to_the_next_and_the_last_to_its_plan(tell, spec):
    ramp = "1 customers phase note=ramp\n3 customers sent message=a\n"
    history = tell(ramp + "6 customers phase note=steady\n7 customers sent message=b", spec())
    assert phases(history, open_steps(history)) == (
        Phase(name="ramp", begin_s=0, end_s=5, messages=1, rate=0.2),
        Phase(name="steady", begin_s=5, end_s=10, messages=1, rate=0.2),
    )


def test_a_phase_that_the_record_does_not_reach_the_end_of_ends_there(tell, spec):
    history = tell("1 customers phase note=ramp", spec(), end=3)
    assert phases(history, open_steps(history))[0].end_s == 2


def test_planned_faults_and_unplanned_deaths_are_told_apart(tell):
    history = tell("""
0 customers phase note=steady
1 golive fault note='kill service begins'
1 golive died actor=service
2 golive fault note='kill service ends'
3 golive restarted actor=service
10 golive died actor=service
12 golive restarted actor=service
20 golive died actor=agents
""")
    assert disturbances(history) == (
        Disturbance(what="kill service", begin_s=1, end_s=3),
        Disturbance(what="service died", begin_s=10, end_s=12, planned=False),
        Disturbance(what="agents died", begin_s=20, end_s=60, planned=False),
    )


def test_one_row_a_second(tell, clean):
    history = tell(clean)
    rows = seconds(history, open_steps(history))
    assert len(rows) == 60
    assert (rows[0].sent, rows[0].open, round(rows[0].to_agent_p50, 3)) == (1, 1, 0.011)
    assert (rows[1].replies, rows[1].to_customer_p99) == (1, 0.008)
    assert [row.open for row in rows[5:7]] == [2, 2]
    assert rows[59].to_agent_p99 is None
