"""UNREAD-1: the reminder fires once, in time, and not after a read; the customer's once a visit."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_service.domain import reading
from reference_service.domain.auto_replies import AutoReplies, Scene
from reference_service.domain.events import Read
from reference_service.domain.reminders import UnreadReminders

ON = AutoReplies(unread=Scene(True, "您看到了吗？"))


def reminders(stage: Any, desk: Any) -> list[tuple[int, int, float]]:
    """What an agent was reminded of: the first unread message, how many there are, when."""
    return [(told["seq"], told["unread"], told["at"]) for told in stage.told(desk, "unread.reminder")]


def mark(stage: Any, desk: Any, seq: int, customer: str = "c") -> None:
    stage._do(lambda changes: reading.mark(stage.thread(customer), desk, seq, changes))


def read_by_customer(stage: Any) -> None:
    stage.event(Read(stage.account("s1"), "@c-s1", 5))


def scenes(stage: Any) -> list[str]:
    return [message.scene or message.sender for message in stage.thread("c").visit]


@pytest.mark.parametrize("steps", [[60.0], [86400.0], [1.0] * 200, [59.999, 0.001, 500.0]])
def test_the_agent_is_reminded_once_of_all_that_is_unread(stage: Any, steps: list[float]) -> None:
    desk = stage.agent()
    stage.write("c", "m1")
    stage.write("c", "m2")
    for step in steps:
        stage.wait(step)
    assert reminders(stage, desk) == [(1, 2, 1060.0)]


@pytest.mark.parametrize("what", ["read", "reply", "recall", "resolve"])
def test_not_after_a_read_or_a_reply_nor_when_nothing_is_left(stage: Any, what: str) -> None:
    desk = stage.agent()
    stage.write("c", "m1")
    stage.wait(59.999)
    if what == "read":
        mark(stage, desk, 1)
    elif what == "reply":
        stage.reply(desk, stage.thread("c"), "您好", "k1")
    elif what == "recall":
        stage.recall("m1")
    else:
        stage.resolve(stage.thread("c"))
    stage.wait(600.0)
    assert reminders(stage, desk) == []


def test_what_comes_after_a_read_or_a_reply_is_another_reminder(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c", "m1")
    stage.wait(60.0)
    mark(stage, desk, 1)
    stage.write("c", "m2")
    stage.wait(30.0)
    stage.write("c", "m3")
    stage.wait(30.0)
    stage.reply(desk, stage.thread("c"), "您好", "k1")
    stage.write("c", "m4")
    stage.wait(60.0)
    assert reminders(stage, desk) == [(1, 1, 1060.0), (2, 2, 1120.0), (5, 1, 1180.0)]


def test_a_mark_in_the_middle_leaves_what_is_after_it(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c", "m1")
    stage.wait(40.0)
    stage.write("c", "m2")
    mark(stage, desk, 1)
    stage.wait(59.999)
    assert reminders(stage, desk) == []
    stage.wait(0.001)
    assert reminders(stage, desk) == [(2, 1, 1100.0)]


def test_the_next_agent_is_reminded_from_when_they_were_given_it(stage: Any) -> None:
    stage.write("c", "m1")
    stage.wait(500.0)
    first = stage.agent()
    stage.wait(60.0)
    second = stage.agent()
    stage.available(first, "offline")
    stage.wait(60.0)
    assert (reminders(stage, first), reminders(stage, second)) == ([(1, 1, 1560.0)], [(1, 1, 1620.0)])


def test_the_business_speed_and_the_shops_setting_count_from_then_on(stage: Any) -> None:
    desk = stage.agent()
    stage.world.speed = 60.0
    stage.write("c", "m1")
    stage.configure(UnreadReminders(unread_after_s=120.0))
    stage.write("d", "m2")
    stage.wait(10.0)
    assert reminders(stage, desk) == [(1, 1, 1001.0), (1, 1, 1002.0)]


def test_a_customer_who_leaves_a_reply_unread_is_reminded_once_a_visit(stage: Any) -> None:
    desk = stage.agent()
    stage.configure(ON)
    stage.write("c", "m1")
    stage.reply(desk, stage.thread("c"), "您好", "k1")
    stage.wait(299.999)
    assert scenes(stage) == ["customer", "agent"]
    stage.wait(0.001)
    assert scenes(stage) == ["customer", "agent", "unread"]
    stage.write("c", "m2")
    stage.reply(desk, stage.thread("c"), "在的", "k2")
    stage.wait(86400.0)
    assert scenes(stage) == ["customer", "agent", "unread", "customer", "agent"]


@pytest.mark.parametrize("what", ["read", "answer", "resolve", "off"])
def test_not_a_customer_who_has_read_or_answered(stage: Any, what: str) -> None:
    desk = stage.agent()
    stage.configure(AutoReplies() if what == "off" else ON)
    stage.write("c", "m1")
    stage.reply(desk, stage.thread("c"), "您好", "k1")
    stage.wait(299.999)
    if what == "read":
        read_by_customer(stage)
    elif what == "answer":
        stage.write("c", "m2")
    elif what == "resolve":
        stage.resolve(stage.thread("c"))
    stage.wait(600.0)
    assert "unread" not in scenes(stage)


def test_a_second_reply_waits_anew(stage: Any) -> None:
    desk = stage.agent()
    stage.configure(ON)
    stage.write("c", "m1")
    stage.reply(desk, stage.thread("c"), "您好", "k1")
    stage.wait(299.0)
    stage.reply(desk, stage.thread("c"), "请问", "k2")
    stage.wait(299.999)
    assert scenes(stage) == ["customer", "agent", "agent"]
    stage.wait(0.001)
    assert stage.thread("c").visit[-1].created_at == 1599.0


@pytest.mark.parametrize("wrong", [{"unread_after_s": 0.5}, {"customer_after_s": 86401}, {"unread_after_s": None}])
def test_wrong_durations_are_refused(wrong: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, UnreadReminders)


def test_after_a_restart_only_the_agent_who_was_not_reminded_is(stage: Any, tmp_path: Path) -> None:
    first, second = stage.agent(), stage.agent()
    stage.write("c", "m1")
    stage.wait(60.0)
    stage.available(first, "offline")
    stage.restart(tmp_path)
    stage.wait(600.0)
    assert (reminders(stage, first), reminders(stage, second)) == ([(1, 1, 1060.0)], [(1, 1, 1120.0)])


@pytest.mark.parametrize("reads", [True, False])
def test_after_a_restart_only_the_customer_who_has_not_read_is_reminded(
    stage: Any, tmp_path: Path, reads: bool
) -> None:
    desk = stage.agent()
    stage.configure(ON)
    stage.write("c", "m1")
    stage.reply(desk, stage.thread("c"), "您好", "k1")
    stage.wait(100.0)
    if reads:
        read_by_customer(stage)
    stage.restart(tmp_path)
    stage.wait(200.0)
    assert scenes(stage) == ["customer", "agent"] + ([] if reads else ["unread"])


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "reply", "mark", "seen", "recall", "hand on", "wait"]),
        st.sampled_from([0.0, 20.0, 45.0, 301.0]),
    ),
    max_size=25,
)


@settings(max_examples=30, deadline=None)
@given(moves=MOVES, stop=st.integers(0, 24))
def test_a_restart_changes_nothing_of_who_is_reminded_and_when(
    new_stage: Any, tmp_path_factory: Any, moves: list[Any], stop: int
) -> None:
    told = []
    for stops in (False, True):
        stage = new_stage()
        stage.configure(ON)
        agents = [stage.agent().person.id for _ in range(2)]
        for number, (move, wait) in enumerate(moves):
            stage.wait(wait)
            if stops and number == stop % len(moves):
                stage.restart(tmp_path_factory.mktemp("data"))
                for agent in agents:
                    stage.on(stage.world.desk(agent))
            _play(stage, move, number)
        stage.wait(400.0)
        reminded = [reminders(stage, stage.world.desk(agent)) for agent in agents]
        told.append((reminded, scenes(stage) if stage.floor.threads else []))
    assert told[1] == told[0]


def _play(stage: Any, move: str, number: int) -> None:
    if move == "write":
        stage.write("c", f"m{number}")
        return
    thread = stage.floor.threads.get("@c-s1")
    if thread is None:
        return
    desk = stage.world.desk(thread.conversation.agent_id)
    if move == "reply":
        stage.reply(desk, thread, "您好", f"k{number}")
    elif move == "mark":
        mark(stage, desk, thread.seq - number % 2)
    elif move == "seen":
        read_by_customer(stage)
    elif move == "recall":
        stage.recall(f"m{number - 1}")
    elif move == "hand on":
        stage.available(desk, "offline")
        stage.available(desk, "online")
