"""An agent's reply: once, filtered, and only by who holds the conversation."""

from typing import Any

from reference_service.domain.replies import Accepted, Refused
from reference_service.filtering.words import Word


def test_an_accepted_reply_is_a_message_that_every_device_sees_and_a_call(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    assert stage.reply(desk, stage.thread("c1"), "您好", "k1") == Accepted("k1", "cv1-2", 2, False)
    created = stage.told(desk, "message.created")[-1]
    assert (created["sender"], created["client_msg_id"], created["seq"]) == ("agent", "k1", 2)
    (call,) = stage.calls
    assert (call.answers, call.text, call.customer, call.platform_conversation) == ("m1", "您好", "c1", "@c1-s1")


def test_the_same_client_id_again_is_the_same_message_even_after_the_conversation_moved(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.reply(desk, stage.thread("c1"), "您好", "k1")
    stage.available(desk, "offline")
    assert stage.reply(desk, stage.thread("c1"), "您好", "k1") == Accepted("k1", "cv1-2", 2, True)
    assert len(stage.calls) == 1


def test_the_same_client_id_with_another_text_is_refused(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.reply(desk, stage.thread("c1"), "您好", "k1")
    assert stage.reply(desk, stage.thread("c1"), "再见", "k1") == Refused("client_msg_id_reused")


def test_a_card_goes_out_as_its_text_and_keeps_what_it_shows(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    thread = stage.thread("c1")
    assert stage.reply(desk, thread, "看看这款", "k1", "product_card", "p7") == Accepted("k1", "cv1-2", 2, False)
    created = stage.told(desk, "message.created")[-1]
    assert (created["kind"], created["ref"], created["text"]) == ("product_card", "p7", "看看这款")
    assert [call.text for call in stage.calls] == ["看看这款"]
    for kind, ref in (("text", "p7"), ("product_card", "p8")):
        assert stage.reply(desk, thread, "看看这款", "k1", kind, ref) == Refused("client_msg_id_reused")


def test_only_the_assignee_may_reply_and_another_shops_conversation_is_none(stage: Any) -> None:
    holder, colleague = stage.agent(), stage.agent()
    stage.shop("s2")
    stranger = stage.agent(shop="s2")
    stage.write("c1", "m1")
    assert list(holder.held) == ["cv1"]
    assert stage.reply(colleague, stage.thread("c1"), "您好", "k1") == Refused("not_assignee")
    assert stage.reply(stranger, stage.thread("c1"), "您好", "k2") == Refused("not_found")
    assert stage.calls == []


def test_listed_words_are_blocked_or_masked_on_their_way_to_the_customer(stage: Any) -> None:
    desk = stage.agent()
    stage.words(Word("微信"), Word("最低价", to_customer="mask"))
    stage.write("c1", "m1")
    assert stage.reply(desk, stage.thread("c1"), "加微信", "k1") == Refused("blocked")
    assert stage.thread("c1").seq == 1
    assert isinstance(stage.reply(desk, stage.thread("c1"), "全网最低价", "k2"), Accepted)
    assert [call.text for call in stage.calls] == ["全网***"]


def test_a_text_above_the_limit_is_refused(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    assert stage.reply(desk, stage.thread("c1"), "长" * 2001, "k1") == Refused("too_long")
    assert isinstance(stage.reply(desk, stage.thread("c1"), "长" * 2000, "k1"), Accepted)
