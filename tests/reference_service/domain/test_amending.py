"""What a writer may still do: edit what has not left, recall what has, and nothing to anybody else's words."""

from typing import Any

import pytest

from reference_service.domain import outbox
from reference_service.domain.changes import Changes
from reference_service.domain.outbox import Answer
from reference_service.domain.refusal import Refusal
from reference_service.filtering.words import Word


def code(act: Any) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


@pytest.fixture
def desk(stage: Any) -> Any:
    """An agent with c1; the reply seq 2 is being sent, seq 3 waits behind it."""
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.reply(desk, stage.thread("c1"), "您好", "k1")
    stage.reply(desk, stage.thread("c1"), "稍等", "k2")
    return desk


def sent(stage: Any, seq: int = 2) -> None:
    """Let the reply under way be sent."""
    stage.answer(stage.calls[seq - 2], Answer("ok", f"r{seq}"))


def test_a_waiting_reply_is_edited_and_leaves_as_it_reads_then(stage: Any, desk: Any) -> None:
    stage.edit("c1", 3, "马上就好", desk.person)
    assert stage.told(desk, "message.edited") == [
        {"conversation_id": "cv1", "message_id": "cv1-3", "seq": 3, "text": "马上就好", "masked": False}
    ]
    sent(stage)
    assert [call.text for call in stage.calls] == ["您好", "马上就好"]


def test_the_client_may_still_retry_what_it_sent_before_the_edit(stage: Any, desk: Any) -> None:
    stage.edit("c1", 3, "马上就好", desk.person)
    stage.edit("c1", 3, "就来", desk.person)
    assert stage.reply(desk, stage.thread("c1"), "稍等", "k2").again is True
    assert stage.reply(desk, stage.thread("c1"), "就来", "k2").code == "client_msg_id_reused"
    assert stage.thread("c1").seq == 3


def test_an_edit_is_judged_as_the_first_text_was(stage: Any, desk: Any) -> None:
    stage.words(Word("微信"), Word("电话", to_customer="mask"))
    assert code(lambda: stage.edit("c1", 3, "加微信", desk.person)) == "blocked"
    stage.edit("c1", 3, "打电话", desk.person)
    sent(stage)
    assert [call.text for call in stage.calls] == ["您好", "打**"]
    assert "微信" not in str(stage.log(desk))


def test_what_is_on_its_way_or_sent_cannot_be_edited(stage: Any, desk: Any) -> None:
    assert code(lambda: stage.edit("c1", 2, "您好呀", desk.person)) == "already_sent"
    sent(stage)
    assert code(lambda: stage.edit("c1", 2, "您好呀", desk.person)) == "already_sent"
    assert code(lambda: stage.edit("c1", 3, "长" * 2001, desk.person)) == "too_long"


def test_a_note_is_edited_and_recalled_whenever_its_writer_wants(stage: Any, desk: Any) -> None:
    note = stage.note("c1", "要退款", desk.person)
    stage.edit("c1", note.seq, "要换货", desk.person)
    assert stage.told(desk, "message.edited")[-1]["text"] == "要换货"
    stage.take_back("c1", note.seq, desk.person)
    assert stage.told(desk, "message.recalled")[-1]["seq"] == note.seq
    assert (note.status, note.shown) == ("recalled", None)
    assert code(lambda: stage.edit("c1", note.seq, "再改", desk.person)) == "wrong_state"
    assert len(stage.calls) == 1


@pytest.mark.parametrize("how", ["edit", "recall"])
def test_nobody_touches_the_words_of_others(stage: Any, desk: Any, how: str) -> None:
    other = stage.agent()
    stage.say("c1", "欢迎光临")

    before = len(stage.all)

    def act(seq: int, who: Any) -> Any:
        return stage.edit("c1", seq, "改", who) if how == "edit" else stage.take_back("c1", seq, who)

    assert code(lambda: act(3, other.person)) == "not_author"
    assert code(lambda: act(3, stage.lead())) == "not_author"
    assert code(lambda: act(1, desk.person)) == "not_author"  # the customer's
    assert code(lambda: act(4, desk.person)) == "not_author"  # the service's own
    assert code(lambda: act(5, desk.person)) == "not_found"
    assert code(lambda: act(0, desk.person)) == "not_found"
    assert len(stage.all) == before


def test_a_waiting_reply_is_recalled_without_ever_leaving(stage: Any, desk: Any) -> None:
    stage.take_back("c1", 3, desk.person, platform_can=False)
    sent(stage)
    assert [call.seq for call in stage.calls] == [2]
    assert [told["seq"] for told in stage.told(desk, "message.recalled")] == [3]


def test_a_sent_reply_is_recalled_through_the_platform_behind_what_waits(stage: Any, desk: Any) -> None:
    sent(stage)
    stage.take_back("c1", 2, desk.person)
    assert stage.told(desk, "message.recalled") == []
    sent(stage, 3)
    assert [(call.seq, call.recalls) for call in stage.calls] == [(2, ""), (3, ""), (2, "r2")]
    stage.answer(stage.calls[2], Answer("ok"))
    (told,) = stage.told(desk, "message.recalled")
    assert (told["seq"], told["platform_message_id"]) == (2, "r2")
    assert list(stage.thread("c1").outbox) == []


def test_a_platform_without_a_recall_is_not_asked(stage: Any, desk: Any) -> None:
    sent(stage)
    sent(stage, 3)
    assert code(lambda: stage.take_back("c1", 2, desk.person, platform_can=False)) == "not_supported"
    assert len(stage.calls) == 2


def test_a_reply_on_its_way_or_failed_cannot_be_recalled(stage: Any, desk: Any) -> None:
    assert code(lambda: stage.take_back("c1", 2, desk.person)) == "wrong_state"
    stage.answer(stage.calls[0], Answer("refused", code=7))
    assert code(lambda: stage.take_back("c1", 2, desk.person)) == "wrong_state"
    sent(stage, 3)
    stage.take_back("c1", 3, desk.person)
    assert code(lambda: stage.take_back("c1", 3, desk.person)) == "wrong_state"  # asked for already


def test_busy_lost_and_unsent_recalls_are_tried_again(stage: Any, desk: Any) -> None:
    sent(stage)
    sent(stage, 3)
    stage.take_back("c1", 2, desk.person)
    for number, outcome in enumerate(("busy", "lost", "unsent")):
        stage.answer(stage.calls[2 + number], Answer(outcome))
        stage.wait(6.0)
    assert [call.recalls for call in stage.calls[2:]] == ["r2"] * 4
    stage.answer(stage.calls[-1], Answer("ok"))
    assert [told["seq"] for told in stage.told(desk, "message.recalled")] == [2]
    assert "in_doubt" not in [told["status"] for told in stage.told(desk, "message.updated")]


def test_a_refused_recall_is_told_and_what_waits_goes_on(stage: Any, desk: Any) -> None:
    sent(stage)
    stage.take_back("c1", 2, desk.person)
    stage.reply(desk, stage.thread("c1"), "还在吗", "k3")
    sent(stage, 3)
    stage.answer(stage.calls[2], Answer("refused", code=28001007, words="too late"))
    told = stage.told(desk, "message.updated")[-1]
    assert (told["seq"], told["status"], told["reason"]) == (2, "sent", "not recalled: 28001007 too late")
    assert stage.calls[-1].text == "还在吗"
    assert stage.thread("c1").visit[1].shown == "您好"


def test_the_platforms_own_word_of_a_recall_is_enough(stage: Any, desk: Any) -> None:
    sent(stage)
    sent(stage, 3)
    stage.take_back("c1", 2, desk.person)
    assert stage.recall("r2") == "taken"
    stage.answer(stage.calls[2], Answer("ok"))
    assert len(stage.told(desk, "message.recalled")) == 1
    assert list(stage.thread("c1").outbox) == []


def test_told_while_it_was_to_be_tried_again_it_is_not(stage: Any, desk: Any) -> None:
    sent(stage)
    sent(stage, 3)
    stage.take_back("c1", 2, desk.person)
    stage.answer(stage.calls[2], Answer("busy"))
    assert stage.recall("r2") == "taken"
    stage.wait(10.0)
    assert len(stage.calls) == 3
    assert (list(stage.thread("c1").outbox), stage.world.waiting) == ([], {})


def test_a_recall_that_was_under_way_at_a_stop_is_asked_for_again_and_never_in_doubt(stage: Any, desk: Any) -> None:
    sent(stage)
    sent(stage, 3)
    stage.take_back("c1", 2, desk.person)
    outbox.resume(stage.world, stage.thread("c1"), stage.now + 10.0, Changes(at=stage.now))
    stage.wait(0.1)
    assert [call.recalls for call in stage.calls[2:]] == ["r2", "r2"]
    assert "in_doubt" not in [told["status"] for told in stage.told(desk, "message.updated")]


def test_told_while_it_waited_it_is_not_asked_for(stage: Any, desk: Any) -> None:
    sent(stage)
    stage.take_back("c1", 2, desk.person)  # behind the reply that is being sent
    assert stage.recall("r2") == "taken"
    sent(stage, 3)
    assert len(stage.calls) == 2
    assert list(stage.thread("c1").outbox) == []


def test_an_echo_with_the_same_words_does_not_pass_for_the_answer_to_a_recall(stage: Any, desk: Any) -> None:
    sent(stage)
    sent(stage, 3)
    stage.take_back("c1", 2, desk.person)
    assert stage.echo("c1", "r9", "您好") == "ignored"
    stage.answer(stage.calls[2], Answer("ok"))
    assert [told["seq"] for told in stage.told(desk, "message.recalled")] == [2]


def test_the_writer_and_who_has_the_conversation_are_both_told(stage: Any, desk: Any) -> None:
    sent(stage)
    sent(stage, 3)
    other = stage.agent()
    stage.give("c1", other)
    stage.take_back("c1", 2, desk.person)
    stage.answer(stage.calls[2], Answer("ok"))
    for one in (desk, other):
        assert [told["seq"] for told in stage.told(one, "message.recalled")] == [2]


def test_what_belongs_to_a_visit_that_is_over_stays_as_it_is(stage: Any, desk: Any) -> None:
    sent(stage)
    sent(stage, 3)
    stage.resolve(stage.thread("c1"))
    stage.write("c1", "m2")
    assert code(lambda: stage.take_back("c1", 2, desk.person)) == "wrong_state"
