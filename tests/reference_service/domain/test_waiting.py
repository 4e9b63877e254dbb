"""Waiting: who is served next, how a wait rises, and what agents are told."""

from typing import Any

from reference_service.domain import customers
from reference_service.domain.routing_rules import RoutingRules


def waiting(stage: Any) -> list[str]:
    return [thread.conversation.customer for thread in stage.floor.queue]


def vip(stage: Any, customer: str) -> None:
    for number in (1, 2):
        stage.order(customer, f"{customer}-{number}")


def test_a_vip_is_served_before_those_who_came_earlier(stage: Any) -> None:
    desk = stage.agent(capacity=1)
    vip(stage, "c3")
    stage.order("c4", "o4", 100_000)
    for number in range(5):
        stage.write(f"c{number}", f"m{number}")
    assert list(desk.held) == ["cv1"]
    assert waiting(stage) == ["c3", "c4", "c1", "c2"]
    told = [(t["conversation_id"], t["position"], t["waiting"], t["tier"]) for t in stage.told(desk, "queue.position")]
    assert told == [("cv2", 1, 1, "normal"), ("cv3", 2, 2, "normal"), ("cv4", 1, 3, "vip"), ("cv5", 2, 4, "high")]
    for served in ("cv4", "cv5", "cv2", "cv3"):
        stage.resolve(next(iter(desk.held.values())))
        assert list(desk.held) == [served]


def test_a_long_wait_rises_tier_by_tier_so_that_vips_who_come_later_do_not_overtake_it_for_ever(stage: Any) -> None:
    stage.write("c1", "m1")
    for number in range(5):
        stage.wait(60.0)
        vip(stage, f"v{number}")
        stage.write(f"v{number}", f"m-v{number}")
    # 120 s: high; 240 s: vip, where it came first.
    assert waiting(stage) == ["c1", "v0", "v1", "v2", "v3", "v4"]


def test_a_rise_is_told_as_of_its_moment(stage: Any) -> None:
    desk = stage.agent(capacity=1)
    stage.write("c0", "m0")
    stage.write("c1", "m1")
    stage.wait(119.9)
    assert len(stage.told(desk, "queue.position")) == 1
    stage.wait(1000.0)
    assert [told["tier"] for told in stage.told(desk, "queue.position")] == ["normal", "high", "vip"]


def test_who_is_served_or_resolved_rises_no_more(stage: Any) -> None:
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    stage.resolve(stage.thread("c1"))
    desk = stage.agent()
    stage.wait(1000.0)
    assert stage.told(desk, "queue.position") == []


def test_who_comes_back_into_the_queue_begins_anew(stage: Any) -> None:
    stage.write("c1", "m1")
    stage.wait(100.0)
    first = stage.agent()
    stage.wait(30.0)
    stage.available(first, "offline")
    stage.wait(100.0)
    assert stage.floor.queue.tier(stage.thread("c1")) == 2
    stage.wait(20.0)
    assert stage.floor.queue.tier(stage.thread("c1")) == 1


def test_who_becomes_a_vip_while_waiting_waits_among_vips_from_that_order_on(stage: Any) -> None:
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    stage.order("c2", "o1")
    assert waiting(stage) == ["c1", "c2"]
    stage.order("c2", "o2")
    assert waiting(stage) == ["c2", "c1"]


def test_of_those_an_agent_leaves_behind_vips_get_the_free_place_and_the_rest_wait_as_they_were_taken(
    stage: Any,
) -> None:
    first = stage.agent(capacity=3)
    vip(stage, "c3")
    for number in (1, 2, 3):
        stage.write(f"c{number}", f"m{number}")
    second = stage.agent(capacity=1)
    stage.available(first, "offline")
    assert [thread.conversation.customer for thread in second.held.values()] == ["c3"]
    assert waiting(stage) == ["c1", "c2"]


def test_priority_moves_a_place_both_ways(stage: Any) -> None:
    for number in (1, 2, 3):
        stage.write(f"c{number}", f"m{number}")
    stage.label("c3", "urgent")
    stage.label("c2", "high")
    assert waiting(stage) == ["c3", "c2", "c1"]
    stage.label("c3", "normal")
    assert waiting(stage) == ["c2", "c1", "c3"]


def test_other_rules_hold_for_those_who_wait_already(stage: Any) -> None:
    stage.order("c2", "o1", 500)
    for number in (1, 2):
        stage.write(f"c{number}", f"m{number}")
    stage.put(RoutingRules(high_spender_fen=500))
    assert waiting(stage) == ["c2", "c1"]
    stage.put(RoutingRules(age_s=10.0))
    assert waiting(stage) == ["c1", "c2"]
    stage.wait(10.1)
    assert [stage.floor.queue.tier(thread) for thread in stage.floor.queue] == [1, 1]


def test_tags_alone_move_nobody(stage: Any) -> None:
    for number in (1, 2):
        stage.write(f"c{number}", f"m{number}")
    known = stage.floor.customers["c2"]
    stage._do(lambda changes: customers.describe(known, ["急"], None, changes))
    assert waiting(stage) == ["c1", "c2"]
