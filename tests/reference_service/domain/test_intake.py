"""What customers do becomes messages: once for ever, in order of acceptance, and never from an echo."""

from typing import Any

import pytest

from reference_service.domain import assigning
from reference_service.domain.changes import Changes
from reference_service.domain.events import Account, Entered, Read, Written
from reference_service.domain.happenings import CustomerEntered
from reference_service.domain.records import Conflict, Taken
from reference_service.filtering.words import Word


def test_a_first_message_opens_a_conversation_and_reaches_an_agent(stage: Any) -> None:
    desk = stage.agent()
    assert stage.write("c1", "m1", "在吗", index=1) == "taken"
    (assigned_type, assigned), (created_type, created) = stage.log(desk)
    assert (assigned_type, created_type) == ("conversation.assigned", "message.created")
    assert assigned["customer"] == {"open_id": "c1", "nick": "昵称c1", "grade": "new", "tags": []}
    assert (assigned["reason"], assigned["load"], assigned["capacity"]) == ("new", 1, 2)
    assert (created["text"], created["seq"], created["platform_message_id"], created["index"]) == ("在吗", 1, "m1", 1)


def test_the_same_message_id_again_changes_nothing(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    assert stage.write("c1", "m1") == "again"
    assert len(stage.told(desk, "message.created")) == 1
    assert stage.all[-1].rows == []


def test_the_same_message_id_with_another_body_is_recorded_as_a_conflict(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1", "甲")
    assert stage.write("c1", "m1", "乙") == "conflict"
    assert [record for record, _ in stage.all[-1].rows] == [Conflict]
    assert [m["text"] for m in stage.told(desk, "message.created")] == ["甲"]


def test_only_hashes_of_message_ids_are_kept_for_ever(stage: Any) -> None:
    stage.write("c1", "m-secret", "私密")
    (row,) = [row for changes in stage.all for record, row in changes.rows if record is Taken]
    assert all("m-secret" not in str(value) and "私密" not in str(value) for value in row)


def test_the_same_message_id_at_two_shops_is_two_messages(stage: Any) -> None:
    stage.shop("s2")
    assert stage.write("c1", "m1") == "taken"
    assert stage.write("c1", "m1", shop="s2") == "taken"


def test_sequence_is_dense_in_order_of_acceptance_and_a_late_arrival_is_marked(stage: Any) -> None:
    desk = stage.agent()
    for message, index in (("m1", 1), ("m3", 3), ("m2", 2), ("m4", 4)):
        stage.write("c1", message, index=index)
    told = stage.told(desk, "message.created")
    assert [(m["platform_message_id"], m["seq"], m["index"], m["late"]) for m in told] == [
        ("m1", 1, 1, False),
        ("m3", 2, 3, False),
        ("m2", 3, 2, True),
        ("m4", 4, 4, False),
    ]


def test_an_echo_is_never_a_customers_message(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    assert stage.echo("c1", "m9", "自己发的") == "ignored"
    assert stage.thread("c1").seq == 1
    assert len(stage.told(desk, "message.created")) == 1


def test_an_unknown_shop_app_or_platform_is_ignored(stage: Any) -> None:
    before = len(stage.world.threads)
    assert stage.write("c1", "m", shop="nobody") == "ignored"
    assert stage.event(Read(Account("doudian", "o-s1", "ck"), "@c1-s1", 1)) == "ignored"
    stage.floor.shop.client_key = "another app"
    assert stage.write("c1", "m1") == "ignored"
    assert len(stage.world.threads) == before


def test_a_recall_takes_the_text_away_and_is_told(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1", "说错了")
    assert stage.recall("m1") == "taken"
    assert stage.recall("m1") == "ignored"
    (recalled,) = stage.told(desk, "message.recalled")
    assert (recalled["seq"], recalled["platform_message_id"]) == (1, "m1")
    assert stage.thread("c1").visit[0].shown is None


def test_a_recall_that_names_its_conversation_looks_nowhere_else(stage: Any) -> None:
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    assert stage.recall("m2", "@c1-s1") == "ignored"
    assert stage.recall("m1", "@c1-s1") == "taken"


def test_a_message_without_text_is_named_by_its_kind(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1", "", kind="image")
    stage.write("c1", "m2", "", kind="text")
    assert [m["text"] for m in stage.told(desk, "message.created")] == ["[image]", ""]


def test_a_read_mark_is_told_and_is_no_message(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.event(Read(stage.account("s1"), "@c1-s1", 3))
    assert stage.event(Read(stage.account("s1"), "@c1-s1", None)) == "ignored"
    assert stage.told(desk, "message.read") == [{"conversation_id": "cv1", "index": 3}]
    assert stage.thread("c1").seq == 1


def test_the_customers_read_mark_only_rises_and_is_kept_without_an_agent_too(stage: Any) -> None:
    stage.write("c1", "m1")
    for place in (3, 2):
        stage.event(Read(stage.account("s1"), "@c1-s1", place))
    assert stage.thread("c1").conversation.customer_read == 3
    desk = stage.agent()
    assert stage.told(desk, "conversation.assigned")[0]["customer_read"] == 3
    assert stage.event(Read(stage.account("s1"), "@c1-s1", 3)) == "ignored"
    assert stage.told(desk, "message.read") == []


def test_entering_is_no_message_and_is_taken_once(stage: Any) -> None:
    desk = stage.agent()
    entered = Entered(stage.account("s1"), "@c1-s1", "e1", "c1")
    assert (stage.event(entered), stage.event(entered)) == ("taken", "again")
    assert stage.world.threads == {}
    stage.write("c1", "m1")
    assert stage.event(entered._replace(entry="e2")) == "taken"
    assert stage.event(entered._replace(entry="", customer="c9")) == "taken"
    happened = [what for changes in stage.all for what in changes.happened if isinstance(what, CustomerEntered)]
    thread = stage.thread("c1")
    assert [(what.customer, what.thread) for what in happened] == [("c1", None), ("c1", thread), ("c9", thread)]
    assert (thread.seq, len(stage.told(desk, "message.created"))) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "ref", "told", "text"),
    [
        ("text", "", "text", "你好"),
        ("user_local_image", "", "image", "[user_local_image]"),
        ("video", "", "video", "[video]"),
        ("product_card", "p7", "product_card", "[product_card]"),
        ("order_card", "o7", "order_card", "[order_card]"),
        ("emoji", "", "text", "[emoji]"),
    ],
)
def test_each_kind_of_message_is_told_as_agents_know_it(stage: Any, kind: str, ref: str, told: str, text: str) -> None:
    desk = stage.agent()
    words = "你好" if kind == "text" else ""
    stage.event(Written(stage.account("s1"), "@c1-s1", "m1", "c1", "小王", kind, words, 1, ref))
    (created,) = stage.told(desk, "message.created")
    assert (created["kind"], created["ref"], created["text"]) == (told, ref, text)


def test_a_recall_after_the_answer_takes_the_question_away_and_leaves_the_answer(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1", "说错了")
    stage.reply(desk, stage.thread("c1"), "好的", "k1")
    assert stage.recall("m1") == "taken"
    assert [(m.seq, m.shown, m.status) for m in stage.thread("c1").visit] == [
        (1, None, "recalled"),
        (2, "好的", "pending"),
    ]
    assert stage.told(desk, "message.recalled")[0]["seq"] == 1


def test_listed_words_are_masked_or_withheld_and_nicknames_too(stage: Any) -> None:
    desk = stage.agent()
    stage.words(Word("微信"), Word("骗子", to_agent="block"), Word("昵称"))
    stage.write("c1", "m1", "加我微信")
    stage.write("c1", "m2", "骗子")
    assert stage.told(desk, "conversation.assigned")[0]["customer"]["nick"] == "**c1"
    assert [(m["text"], m["masked"]) for m in stage.told(desk, "message.created")] == [("加我**", True)]
    (blocked,) = stage.told(desk, "message.blocked")
    assert blocked["platform_message_id"] == "m2"
    assert "text" not in blocked
    assert "骗子" not in str(stage.log(desk))


def test_a_resolved_conversation_is_reopened_under_its_own_id(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    changes = Changes()
    assigning.resolve(stage.floor, stage.thread("c1"), "agent", changes)
    stage.all.append(changes)
    stage.write("c1", "m2")
    assigned = stage.told(desk, "conversation.assigned")
    assert [(a["conversation_id"], a["reason"]) for a in assigned] == [("cv1", "new"), ("cv1", "reopened")]
    assert [m["seq"] for m in stage.told(desk, "message.created")] == [1, 2]
