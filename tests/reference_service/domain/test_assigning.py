"""Queue, hand-over and resolution: nobody is forgotten, nobody is told twice."""

from typing import Any

from reference_service.domain import assigning, presence
from reference_service.domain.changes import Changes
from reference_service.domain.outbox import Answer


def resolve(stage: Any, customer: str) -> None:
    changes = Changes()
    assigning.resolve(stage.floor, stage.thread(customer), "agent", changes)
    stage.all.append(changes)


def test_who_waits_is_told_to_agents_with_a_device_and_let_in_first_come_first_served(stage: Any) -> None:
    desk = stage.agent(capacity=1)
    for n in (1, 2, 3):
        stage.write(f"c{n}", f"m{n}")
    assert [(q["conversation_id"], q["position"]) for q in stage.told(desk, "queue.position")] == [
        ("cv2", 1),
        ("cv3", 2),
    ]
    resolve(stage, "c1")
    assert list(desk.held) == ["cv2"]
    assert [t.conversation.id for t in stage.floor.queue] == ["cv3"]


def test_messages_written_in_the_queue_are_told_at_the_assignment(stage: Any) -> None:
    stage.write("c1", "m1")
    stage.write("c1", "m2")
    desk = stage.agent()
    assert [kind for kind, _ in stage.log(desk)] == ["conversation.assigned", "message.created", "message.created"]
    assert stage.told(desk, "conversation.assigned")[0]["reason"] == "queue"


def test_an_agent_who_goes_offline_hands_each_conversation_on_once_with_all_its_messages(stage: Any) -> None:
    first = stage.agent()
    stage.write("c1", "m1")
    stage.write("c1", "m2")
    second = stage.agent()
    stage.available(first, "offline")
    assert first.held == {}
    assert list(second.held) == ["cv1"]
    (moved,) = stage.told(first, "conversation.transferred")
    assert (moved["to_agent_id"], moved["reason"]) == (second.person.id, "offline")
    assert stage.told(second, "conversation.assigned")[0]["reason"] == "reassigned"
    assert [m["platform_message_id"] for m in stage.told(second, "message.created")] == ["m1", "m2"]


def test_a_conversation_that_comes_back_brings_only_what_the_agent_was_not_told(stage: Any) -> None:
    first, second = stage.agent(), stage.agent(device=None)
    stage.write("c1", "m1")
    stage.on(second)
    stage.available(first, "offline")
    stage.write("c1", "m2")
    stage.available(first, "online")
    stage.available(second, "offline")
    assert [m["platform_message_id"] for m in stage.told(first, "message.created")] == ["m1", "m2"]
    assert [m["platform_message_id"] for m in stage.told(second, "message.created")] == ["m1", "m2"]


def test_without_a_colleague_the_conversation_waits_and_loses_nothing(stage: Any) -> None:
    first = stage.agent()
    stage.write("c1", "m1")
    stage.available(first, "offline")
    stage.write("c1", "m2")
    assert stage.told(first, "conversation.transferred")[0]["to_agent_id"] is None
    later = stage.agent()
    assert [m["platform_message_id"] for m in stage.told(later, "message.created")] == ["m1", "m2"]


def test_an_agent_without_a_device_keeps_conversations_for_the_resume_window(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.off(desk)
    assert presence.gone(stage.world, stage.now + 30.0, 30.0) == []
    assert presence.gone(stage.world, stage.now + 30.1, 30.0) == [desk]
    stage.on(desk)
    assert presence.gone(stage.world, stage.now + 1e6, 30.0) == []


def test_away_keeps_what_is_held_and_takes_nothing_new(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.available(desk, "away")
    stage.write("c2", "m2")
    assert list(desk.held) == ["cv1"]
    stage.available(desk, "online")
    assert list(desk.held) == ["cv1", "cv2"]


def test_resolving_twice_or_from_the_queue_is_harmless(stage: Any) -> None:
    stage.write("c1", "m1")
    resolve(stage, "c1")
    resolve(stage, "c1")
    assert stage.thread("c1").conversation.state == "resolved"
    assert list(stage.floor.queue) == []


def test_a_recalled_message_is_told_to_the_next_agent_without_its_text(stage: Any) -> None:
    stage.write("c1", "m1", "说错了")
    stage.recall("m1")
    desk = stage.agent()
    assert [kind for kind, _ in stage.log(desk)] == ["conversation.assigned", "message.blocked", "message.recalled"]
    assert "说错了" not in str(stage.log(desk))


def test_a_device_resumes_within_the_window_and_never_beyond_what_was_said(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    world, now = stage.world, stage.now
    assert presence.resumable(world, desk, "d1", 2, now, 30.0)
    assert not presence.resumable(world, desk, "d1", 3, now, 30.0)
    stage.off(desk)
    assert presence.resumable(world, desk, "d1", 0, now + 30.0, 30.0)
    assert not presence.resumable(world, desk, "d1", 0, now + 30.1, 30.0)
    assert not presence.resumable(world, desk, "another", 0, now, 30.0)


def test_what_became_of_messages_meanwhile_is_told_when_a_conversation_comes_back(stage: Any) -> None:
    first, second = stage.agent(), stage.agent()
    stage.write("c1", "m1", "说错了")
    stage.say("c1", "欢迎光临")
    stage.give("c1", second)
    stage.recall("m1")
    stage.answer(stage.calls[0], Answer("refused", code=7))
    stage.give("c1", first)
    assert [kind for kind, _ in stage.log(first)][-3:] == [
        "conversation.assigned",
        "message.recalled",
        "message.updated",
    ]
    assert stage.told(first, "message.updated")[-1]["status"] == "failed"
    assert stage.told(first, "conversation.assigned")[-1]["told_to"] == 2
