"""Priority and tags are told to the conversation's agent, and counted."""

from typing import Any


def test_a_label_is_told_and_counted_and_the_same_again_is_not(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    version = stage.thread("c1").conversation.version
    stage.label("c1", "urgent", "退款", "退款", "VIP")
    stage.label("c1", "urgent", "退款", "VIP")
    assert stage.all[-1].rows == []
    assert stage.told(desk, "conversation.updated") == [
        {
            "conversation_id": "cv1",
            "state": "open",
            "version": version + 1,
            "priority": "urgent",
            "tags": ["退款", "VIP"],
            "snoozed_until": None,
        }
    ]


def test_a_label_stays_with_the_conversation(stage: Any) -> None:
    stage.write("c1", "m1")
    stage.label("c1", "high", "投诉")
    desk = stage.agent()
    (assigned,) = stage.told(desk, "conversation.assigned")
    assert (assigned["priority"], assigned["tags"]) == ("high", ["投诉"])
