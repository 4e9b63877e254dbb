"""Priority and tags are told to the conversation's agent, and counted."""

from typing import Any

from reference_service.domain.events import Ordered


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
            "customer": {"open_id": "c1", "nick": "昵称c1", "grade": "new", "tags": []},
        }
    ]


def test_a_label_stays_with_the_conversation(stage: Any) -> None:
    stage.write("c1", "m1")
    stage.label("c1", "high", "投诉")
    desk = stage.agent()
    (assigned,) = stage.told(desk, "conversation.assigned")
    assert (assigned["priority"], assigned["tags"]) == ("high", ["投诉"])


def test_what_an_order_or_people_make_of_the_customer_is_shown_to_who_has_the_conversation(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    for number in (1, 2):
        stage.event(Ordered(stage.account("s1"), "", f"o{number}", "c1", "paid", 100))
    stage.describe("c1", "爱退货")
    told = [(one["customer"]["grade"], one["customer"]["tags"]) for one in stage.told(desk, "conversation.updated")]
    assert told[-2:] == [("vip", []), ("vip", ["爱退货"])]
