"""Private notes: part of the conversation for its people, and of nothing else."""

from typing import Any

import pytest

from reference_service.domain.happenings import AgentReplied, Noted
from reference_service.domain.refusal import Refusal
from reference_service.filtering.words import Word


def test_a_note_has_its_place_is_told_and_is_no_reply(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    note = stage.note("c1", "要退款", desk.person)
    stage.write("c1", "m2")
    told = [(m["seq"], m["text"], m["private"], m["status"]) for m in stage.told(desk, "message.created")]
    assert told == [(1, "你好", False, "received"), (2, "要退款", True, "received"), (3, "你好", False, "received")]
    assert (stage.calls, list(stage.thread("c1").outbox), note.step) == ([], [], "")
    happened = [type(what) for changes in stage.all for what in changes.happened]
    assert (happened.count(Noted), happened.count(AgentReplied)) == (1, 0)


def test_a_note_leaves_the_customers_turn_open(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.note("c1", "要退款", desk.person)
    assert stage.thread("c1").turn.answered is False
    stage.reply(desk, stage.thread("c1"), "您好", "k1")
    assert stage.thread("c1").turn.answered is True


def test_a_note_is_judged_as_what_agents_read(stage: Any) -> None:
    stage.agent()
    stage.words(Word("微信"), Word("骗子", to_agent="block"))
    stage.write("c1", "m1")
    assert stage.note("c1", "他要加微信").shown == "他要加**"
    with pytest.raises(Refusal, match="blocked"):
        stage.note("c1", "骗子")
    assert stage.thread("c1").seq == 2


def test_the_same_client_msg_id_is_one_note_and_never_a_reply(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    assert stage.remark(desk, "c1", "便条", "k1").again is False
    assert stage.remark(desk, "c1", "便条", "k1").again is True
    assert stage.reply(desk, stage.thread("c1"), "便条", "k1").code == "client_msg_id_reused"
    assert stage.thread("c1").seq == 2
