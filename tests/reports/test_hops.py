"""Where the time goes."""

import pytest

from reports.hops import hops


def test_every_leg_of_the_way_is_measured(tell, clean):
    legs = {hop.name: (hop.whose, hop.latency.n, round(hop.latency.p50 * 1000)) for hop in hops(tell(clean))}
    assert legs == {
        "gateway_accept": ("harness", 3, 2),
        "gateway_queue": ("harness", 3, 1),
        "target_ack": ("target", 3, 2),
        "target_to_device": ("target", 3, 10),
        "agent": ("people", 3, 1987),
        "target_take": ("target", 2, 4),
        "target_outbox": ("target", 2, 2),
        "delivery": ("harness", 2, 2),
    }


def test_a_target_that_calls_before_it_answers_took_no_negative_time(tell):
    history = tell(
        "1 agents answered message=r1\n3 agents replied message=r1 note=ok\n2 gateway called message=r1 note=ok"
    )
    outbox = next(hop for hop in hops(history) if hop.name == "target_outbox")
    assert outbox.latency.p50 == 0.0


@pytest.mark.parametrize("hop", range(8))
def test_without_events_there_are_no_figures(tell, hop):
    assert hops(tell(""))[hop].latency.p50 is None
