"""A reply's way to the platform: in order, no loss, and a double only where it says so."""

from typing import Any

import pytest

from reference_service.domain import outbox
from reference_service.domain.changes import Changes
from reference_service.domain.outbox import Answer, Step

OK = Answer("ok", "r1")
LOST = Answer("lost")


@pytest.fixture
def talk(stage: Any) -> Any:
    """One agent, one conversation, one reply under way."""
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.reply(desk, stage.thread("c1"), "您好", "k1")
    return stage, desk, stage.thread("c1")


def fates(stage: Any, desk: Any) -> list[tuple[str, str]]:
    return [(u["client_msg_id"], u["status"]) for u in stage.told(desk, "message.updated")]


@pytest.mark.parametrize(
    ("attempt", "answer", "step"),
    [
        (1, OK, Step("sent")),
        (1, LOST, Step(step="echo", after_s=10.0)),
        (1, Answer("unsent"), Step(step="waiting", after_s=0.25)),
        (3, Answer("busy"), Step(step="waiting", after_s=1.0)),
        (9, Answer("busy"), Step(step="waiting", after_s=5.0)),
        (12, Answer("unsent"), Step("failed")),
        (12, Answer("busy"), Step("failed")),
        (1, Answer("expired"), Step("failed")),
        (1, Answer("refused", code=28001007), Step("failed")),
    ],
)
def test_next_steps(attempt: int, answer: Answer, step: Step) -> None:
    assert outbox.next_step(attempt, answer, 10.0) == step


def test_an_answer_settles_the_reply_and_its_echo_changes_nothing(talk: Any) -> None:
    stage, desk, thread = talk
    stage.answer(stage.calls[0], OK)
    assert fates(stage, desk) == [("k1", "sent")]
    assert stage.echo("c1", "r1", "您好") == "again"
    assert fates(stage, desk) == [("k1", "sent")]
    assert thread.visit[-1].platform_id == "r1"


def test_replies_of_one_conversation_go_one_after_the_other(talk: Any) -> None:
    stage, desk, thread = talk
    stage.reply(desk, thread, "第二句", "k2")
    stage.reply(desk, thread, "第三句", "k3")
    assert [call.text for call in stage.calls] == ["您好"]
    stage.answer(stage.calls[0], OK)
    stage.answer(stage.calls[1], Answer("ok", "r2"))
    assert [call.text for call in stage.calls] == ["您好", "第二句", "第三句"]
    assert fates(stage, desk) == [("k1", "sent"), ("k2", "sent")]


def test_an_echo_before_the_answer_settles_the_reply_once(talk: Any) -> None:
    stage, desk, _ = talk
    assert stage.echo("c1", "r1", "您好") == "taken"
    stage.answer(stage.calls[0], OK)
    assert fates(stage, desk) == [("k1", "sent")]


def test_a_lost_answer_waits_for_its_echo_and_is_not_sent_again(talk: Any) -> None:
    stage, desk, _ = talk
    stage.answer(stage.calls[0], LOST)
    stage.wait(9.9)
    assert len(stage.calls) == 1
    stage.echo("c1", "r1", "您好")
    stage.wait(100.0)
    assert len(stage.calls) == 1
    assert fates(stage, desk) == [("k1", "sent")]


def test_without_answer_and_echo_it_is_said_to_be_in_doubt_before_it_is_sent_again(talk: Any) -> None:
    stage, desk, _ = talk
    stage.answer(stage.calls[0], LOST)
    stage.wait(10.0)
    assert fates(stage, desk) == [("k1", "in_doubt")]
    assert len(stage.calls) == 2
    stage.answer(stage.calls[1], OK)
    assert fates(stage, desk) == [("k1", "in_doubt"), ("k1", "sent")]


def test_a_second_loss_leaves_it_in_doubt_and_lets_the_next_reply_go(talk: Any) -> None:
    stage, desk, thread = talk
    stage.reply(desk, thread, "第二句", "k2")
    for turn in (0, 1):
        stage.answer(stage.calls[turn], LOST)
        stage.wait(10.0)
    assert fates(stage, desk) == [("k1", "in_doubt")]
    assert [call.text for call in stage.calls] == ["您好", "您好", "第二句"]


def test_somebody_elses_message_from_the_shops_account_is_no_proof(talk: Any) -> None:
    stage, desk, _ = talk
    stage.answer(stage.calls[0], LOST)
    assert stage.echo("c1", "r9", "别的话") == "ignored"
    assert fates(stage, desk) == []


def test_an_echo_of_an_earlier_reply_with_the_same_text_is_no_proof_for_the_later(talk: Any) -> None:
    stage, desk, thread = talk
    stage.answer(stage.calls[0], OK)
    stage.reply(desk, thread, "您好", "k2")
    assert stage.echo("c1", "r1", "您好") == "again"
    assert fates(stage, desk) == [("k1", "sent")]


def test_a_refusal_is_told_with_the_platforms_code_and_words(talk: Any) -> None:
    stage, desk, _ = talk
    stage.answer(stage.calls[0], Answer("refused", code=28001007, words="bad param"))
    (told,) = stage.told(desk, "message.updated")
    assert (told["status"], told["reason"]) == ("failed", "28001007 bad param")


def test_a_busy_platform_is_asked_again_until_it_takes_the_reply(talk: Any) -> None:
    stage, desk, _ = talk
    for turn in range(5):
        stage.answer(stage.calls[turn], Answer("busy"))
        stage.wait(5.0)
    stage.answer(stage.calls[5], OK)
    assert fates(stage, desk) == [("k1", "sent")]


def test_the_fate_is_told_to_the_writer_and_to_who_holds_the_conversation_now(talk: Any) -> None:
    stage, writer, _ = talk
    holder = stage.agent()
    stage.available(writer, "offline")
    stage.answer(stage.calls[0], OK)
    assert fates(stage, writer) == fates(stage, holder) == [("k1", "sent")]


def test_after_a_restart_a_call_under_way_waits_for_its_echo_and_a_queued_one_goes(talk: Any) -> None:
    stage, _, thread = talk
    changes = Changes()
    outbox.resume(stage.world, thread, stage.now + 10.0, changes)
    assert (thread.outbox[0].step, changes.calls) == ("echo", [])
    thread.outbox[0].step = "queued"
    outbox.resume(stage.world, thread, stage.now + 10.0, changes)
    assert [call.text for call in changes.calls] == ["您好"]
