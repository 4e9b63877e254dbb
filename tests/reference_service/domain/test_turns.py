"""A turn lasts from the first unanswered message to its answer; rows tell the same as the running service."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_service.domain import bot_visits, speaking, turns
from reference_service.domain.bot import Bot
from reference_service.domain.changes import Changes
from reference_service.domain.reactions import settle
from reference_service.domain.world import Turn


def say(stage: Any, thread: Any, scene: str) -> None:
    changes = Changes(at=stage.now)
    speaking.say(stage.world, thread, "您好", scene, changes)
    settle(stage.world, changes)
    stage.all.append(changes)


def test_a_turn_lasts_from_the_first_unanswered_message_to_a_persons_reply(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c", "m1")
    thread = stage.thread("c")
    stage.now += 5
    stage.write("c", "m2")
    assert thread.turn == Turn(1, 1000.0)
    stage.reply(desk, thread, "您好", "k1")
    assert thread.turn == Turn(1, 1000.0, answered=True)
    stage.now += 5
    stage.reply(desk, thread, "还有什么可以帮您", "k2")
    stage.write("c", "m3")
    assert thread.turn == Turn(5, 1010.0)
    stage.resolve(thread)
    assert thread.turn is None


@pytest.mark.parametrize(
    ("state", "scene", "turn"),
    [
        ("open", "welcome", Turn(1, 1000.0, heard=True)),
        ("open", "faq", Turn(1, 1000.0, heard=True)),
        ("bot", "welcome", Turn(1, 1000.0, heard=True)),
        ("bot", "faq", Turn(1, 1000.0, heard=True, answered=True)),
        ("bot", "bot", Turn(1, 1000.0, heard=True, answered=True)),
    ],
)
def test_the_bots_answer_ends_a_turn_only_where_the_conversation_is_the_bots(
    stage: Any, state: str, scene: str, turn: Turn
) -> None:
    stage.agent()
    stage.write("c", "m1")
    thread = stage.thread("c")
    thread.conversation.state = state
    say(stage, thread, scene)
    assert thread.turn == turn


def test_what_was_taken_back_asks_nothing(stage: Any) -> None:
    stage.agent()
    stage.write("c", "m1")
    stage.now += 5
    stage.write("c", "m2")
    thread = stage.thread("c")
    stage.recall("m1")
    assert thread.turn == Turn(2, 1005.0)
    stage.recall("m2")
    assert thread.turn is None


@pytest.mark.parametrize(
    ("before", "text", "turn"),
    [
        ("answered", "谢谢", Turn(1, 1000.0, heard=True, answered=True)),
        ("answered", "谢谢，怎么退货", Turn(3, 1005.0)),
        ("silent", "谢谢", Turn(1, 1000.0)),
    ],
)
def test_in_the_bots_conversation_a_mere_thanks_after_its_answer_asks_nothing(
    stage: Any, before: str, text: str, turn: Turn
) -> None:
    stage.configure(Bot(mode="first"))
    stage.write("c", "m1", "你好")
    if before == "answered":
        say(stage, stage.thread("c"), "bot")
    stage.now += 5
    stage.write("c", "m2", text)
    assert stage.thread("c").turn == turn


def test_a_thanks_to_a_person_is_a_message_like_any(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c", "m1")
    stage.reply(desk, stage.thread("c"), "您好", "k1")
    stage.write("c", "m2", "谢谢")
    assert stage.thread("c").turn == Turn(3, 1000.0)


@pytest.mark.parametrize("mode", ["first", "assist"])
def test_whose_the_conversation_was_when_the_bot_answered_is_known_after_a_restart(
    stage: Any, mode: str, tmp_path: Path
) -> None:
    stage.agent()
    stage.configure(Bot(mode=mode))
    stage.write("c", "m1", "怎么退货")
    say(stage, stage.thread("c"), "bot")
    if mode == "first":
        stage.now += 5
        stage.write("c", "m2", "转人工")
        stage._do(lambda changes: bot_visits.hand_over(stage.world, stage.thread("c"), "requested", "", changes))
    assert stage.thread("c").conversation.state == "open"
    running = stage.thread("c").turn
    assert running == (Turn(3, 1005.0) if mode == "first" else Turn(1, 1000.0, heard=True))
    stage.restart(tmp_path)
    assert stage.thread("c").turn == running


def test_a_note_among_colleagues_answers_nothing(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c", "m1")
    thread = stage.thread("c")
    speaking.append(thread, "agent", desk.person.id, "稍等", "稍等", None, stage.now).private = True
    turns.restore(thread)
    assert thread.turn == Turn(1, 1000.0)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["write", "write", "reply", "welcome", "recall", "resolve"]), max_size=25))
def test_the_turn_told_by_the_rows_is_the_running_one(new_stage: Any, actions: list[str]) -> None:
    stage = new_stage()
    desk = stage.agent()
    for number, action in enumerate(actions):
        stage.now += 1.0
        thread = stage.floor.threads.get("@c-s1")
        if action == "write":
            stage.write("c", f"m{number}")
        elif action == "recall":
            stage.recall(f"m{number - 1}")
        elif thread is not None and thread.conversation.state == "open":
            if action == "reply":
                stage.reply(desk, thread, "您好", f"k{number}")
            elif action == "welcome":
                say(stage, thread, "welcome")
            else:
                stage.resolve(thread)
    for thread in stage.world.threads.values():
        if thread.conversation.state != "resolved":
            running = thread.turn
            turns.restore(thread)
            assert thread.turn == running
