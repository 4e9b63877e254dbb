"""Laid aside: no load, its agent stays, and it wakes on time or with its customer, never above anybody's capacity."""

from typing import Any

import pytest

from reference_service.domain.refusal import Refusal


def states(stage: Any, desk: Any) -> list[tuple[str, float | None]]:
    return [(told["state"], told["snoozed_until"]) for told in stage.told(desk, "conversation.updated")]


def test_a_snoozed_conversation_is_no_load_and_wakes_at_its_time(stage: Any) -> None:
    desk = stage.agent(capacity=2)
    stage.write("c1", "m1")
    stage.snooze("c1", 60.0)
    assert (list(desk.held), list(desk.snoozed)) == ([], ["cv1"])
    assert stage.thread("c1").conversation.agent_id == desk.person.id
    stage.wait(59.9)
    assert list(desk.snoozed) == ["cv1"]
    stage.wait(0.1)
    assert (list(desk.held), list(desk.snoozed)) == (["cv1"], [])
    assert states(stage, desk) == [("snoozed", 1060.0), ("open", None)]


def test_its_place_goes_to_whoever_waits_and_it_wakes_with_somebody_who_has_room(stage: Any) -> None:
    desk = stage.agent(capacity=1)
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    stage.snooze("c1", 60.0)
    assert list(desk.held) == ["cv2"]
    other = stage.agent(capacity=1)
    stage.wait(60.0)
    assert (list(desk.held), list(desk.snoozed), list(other.held)) == (["cv2"], [], ["cv1"])
    assert stage.told(desk, "conversation.transferred")[-1]["reason"] == "woke"
    assert stage.told(other, "conversation.assigned")[0]["reason"] == "woke"
    assert [m["platform_message_id"] for m in stage.told(other, "message.created")] == ["m1"]


def test_without_room_anywhere_it_waits_when_it_wakes(stage: Any) -> None:
    desk = stage.agent(capacity=1)
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    stage.snooze("c1", 60.0)
    stage.wait(60.0)
    assert (list(desk.held), [t.conversation.id for t in stage.floor.queue]) == (["cv2"], ["cv1"])


def test_the_customers_message_wakes_it_and_is_told_once(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.snooze("c1", 60.0)
    stage.write("c1", "m2")
    assert [kind for kind, _ in stage.log(desk)][-2:] == ["conversation.updated", "message.created"]
    assert [m["platform_message_id"] for m in stage.told(desk, "message.created")] == ["m1", "m2"]
    assert stage.thread("c1").conversation.state == "open"
    stage.wait(100.0)
    assert len(states(stage, desk)) == 2


def test_an_agent_who_has_gone_keeps_it_until_it_wakes_with_a_colleague(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.snooze("c1", 60.0)
    stage.available(desk, "offline")
    assert list(desk.snoozed) == ["cv1"]
    other = stage.agent()
    stage.write("c1", "m2")
    assert (list(desk.snoozed), list(other.held)) == ([], ["cv1"])
    assert [m["platform_message_id"] for m in stage.told(other, "message.created")] == ["m1", "m2"]


def test_snoozed_again_its_time_changes(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.snooze("c1", 60.0)
    stage.snooze("c1", 90.0)
    stage.wait(60.0)
    assert list(desk.snoozed) == ["cv1"]
    stage.wait(30.0)
    assert list(desk.held) == ["cv1"]


def test_resolved_or_given_it_does_not_wake(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    stage.snooze("c1", 60.0)
    stage.snooze("c2", 60.0)
    stage.resolve(stage.thread("c1"))
    stage.give("c2", desk)
    stage.wait(100.0)
    assert stage.thread("c1").conversation.state == "resolved"
    assert (list(desk.held), list(desk.snoozed)) == (["cv2"], [])


@pytest.mark.parametrize("seconds", [0.0, -1.0, 31 * 86400.0, float("inf"), float("nan")])
def test_a_time_that_is_past_or_too_far_is_refused(stage: Any, seconds: float) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    with pytest.raises(Refusal, match="bad_time"):
        stage.snooze("c1", seconds)
    assert list(desk.held) == ["cv1"]


def test_only_what_somebody_has_can_be_snoozed(stage: Any) -> None:
    stage.write("c1", "m1")
    with pytest.raises(Refusal, match="wrong_state"):
        stage.snooze("c1", 60.0)
