"""One agent at one or two devices, answering."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest

from fixtures.dialogues import CLOSING, intents
from fixtures.script import BUNDLED
from fixtures.words import listed_in, words
from history.scenario import Agents
from history.tokens import AUTOMATIC, find, token
from simulators.workforce.agent import SimulatedAgent
from simulators.workforce.complaints import Complaints
from simulators.workforce.ledger import Ledger
from simulators.workforce.replies import Replies
from targets.interface import Closed, Event, Sent
from tests.simulators.workforce.test_complaints import AGENT, ANGRY, Office

Target = Any  # the fixtures of conftest.py
Rows = Any
Working = Callable[..., Any]


def message(number: int, conversation: str = "c1", text: str = "退款什么时候到账") -> Event:
    return Event("message", conversation, "customer", f"m{number}", f"@{number}", text=text, seq=number)


@pytest.fixture
def working(target: Target, rows: Rows) -> Working:
    """Starts an agent of shop s01 with so many devices; business runs fast enough to wait for."""

    @asynccontextmanager
    async def work(
        devices: int = 1,
        listed_share: float = 0.0,
        speed: float = 1e6,
        greetings: frozenset[str] = frozenset(),
        office: Any = None,
    ) -> AsyncIterator[SimulatedAgent]:
        ledger = Ledger(rows.writer, "s01", "a1", 15)
        agent = SimulatedAgent(
            target.connect,
            [f"a1/{number}" for number in range(1, devices + 1)],
            Agents(),
            speed,
            Replies(9, 1, listed_share, Random(1)),
            ledger,
            lambda: None,
            Random(1),
            complaints=Complaints(ledger, BUNDLED, office, AGENT),
            greetings=greetings,
        )
        for station in agent.stations:
            await station.connect()
        tasks = [asyncio.create_task(station.live()) for station in agent.stations]
        tasks.append(asyncio.create_task(agent.work()))
        yield agent
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(end) for end in ends} <= {asyncio.CancelledError}

    return work


async def test_a_message_is_shown_answered_and_the_answer_recorded(
    working: Working, target: Target, rows: Rows
) -> None:
    async with working():
        target.devices[0].tell(message(7))
        await target.until(lambda: target.asked("reply"))
    _, device, conversation, text, client_id = target.asked("reply")[0]
    assert (device, conversation, find(text)) == ("a1/1", "c1", client_id)
    shown, answered, replied = rows.of("shown", "answered", "replied")
    assert shown[1:] == ("shown", "s01", "c1", "@7", "m7", "a1", "a1/1", 7, "")
    assert answered[1:] == ("answered", "s01", "c1", client_id, "@7", "a1", "a1/1", 0, "")
    assert replied[1:] == ("replied", "s01", "c1", client_id, "m1", "a1", "a1/1", 0, "ok")
    assert shown.t < answered.t <= replied.t


async def test_a_message_on_two_devices_is_shown_twice_and_answered_once(
    working: Working, target: Target, rows: Rows
) -> None:
    async with working(devices=2):
        for device in target.devices:
            device.tell(message(1))
        await target.until(lambda: len(target.asked("reply")) == 1)
        for device in target.devices:
            device.tell(message(2, "c2"))
        await target.until(lambda: len(target.asked("reply")) == 2)
    assert [(row.device, row.message) for row in rows.of("shown")].count(("a1/2", "@1")) == 1
    assert len(rows.of("shown")) == 4
    assert [call[2] for call in target.asked("reply")] == ["c1", "c2"]


async def test_a_replay_after_a_resume_is_not_answered_again(working: Working, target: Target) -> None:
    async with working():
        target.devices[0].tell(message(1))
        await target.until(lambda: len(target.asked("reply")) == 1)
        target.devices[0].tell(message(1))
        target.devices[0].tell(message(2))
        target.devices[0].tell(message(3, "c2"))
        await target.until(lambda: target.asked("reply")[-1][2] == "c2")
    assert [call[2] for call in target.asked("reply")] == ["c1", "c1", "c2"]


async def test_a_burst_gets_one_reply_to_its_newest_message(working: Working, target: Target, rows: Rows) -> None:
    async with working():
        for number in (1, 2, 3):
            target.devices[0].tell(message(number))
        await target.until(lambda: target.asked("reply"))
    assert [row.ref for row in rows.of("answered")] == ["@3"]


async def test_a_target_that_is_overloaded_is_asked_the_same_again(
    working: Working, target: Target, rows: Rows
) -> None:
    target.outcomes = [Sent("failed", code="overloaded")]
    async with working(listed_share=1.0):
        target.devices[0].tell(message(1))
        await target.until(lambda: len(target.asked("reply")) == 2)
    assert len({call[3:] for call in target.asked("reply")}) == 1
    assert [row.note for row in rows.of("replied")] == ["failed:overloaded", "ok"]


async def test_an_unknown_reply_is_sent_again_with_the_same_id_after_reconnecting(
    working: Working, target: Target, rows: Rows
) -> None:
    target.outcomes = [Sent("unknown"), Sent("unknown"), Sent("ok", "m9")]
    async with working():
        target.devices[0].tell(message(1))
        await target.until(lambda: len(target.asked("reply")) == 1)
        target.devices[0].tell(Closed(1006, "lost"))
        await target.until(lambda: len(target.asked("reply")) == 3)
    assert len({call[3:] for call in target.asked("reply")}) == 1
    assert len(rows.of("answered")) == 1
    assert [row.note for row in rows.of("replied")] == ["unknown", "unknown", "ok"]


async def test_a_reply_refused_for_its_words_is_written_again_decently(
    working: Working, target: Target, rows: Rows
) -> None:
    target.outcomes = [Sent("failed", code="blocked")]
    async with working(listed_share=1.0):
        target.devices[0].tell(message(1))
        await target.until(lambda: len(target.asked("reply")) == 2)
    first, second = (call[3] for call in target.asked("reply"))
    assert listed_in(first)
    assert not listed_in(second)
    assert [row.note for row in rows.of("answered")] == ["listed", ""]
    assert [row.note for row in rows.of("replied")] == ["failed:blocked", "ok"]


async def test_a_complaint_whose_first_answer_was_blocked_is_closed_after_the_next(
    working: Working, target: Target, rows: Rows
) -> None:
    target.outcomes = [Sent("failed", code="blocked")]
    office = Office()
    async with working(listed_share=1.0, office=office):
        target.devices[0].tell(message(1, text=ANGRY))
        await target.until(lambda: len(target.asked("reply")) == 2)
        target.devices[0].tell(message(2, "c2"))
        await target.until(lambda: len(target.asked("reply")) == 3)  # whatever belonged to the first is done
    assert [asked[:2] for asked in office.asked] == [("complain", "c1"), ("close", "cp1")]
    assert [(row.message, row.note) for row in rows.of("complaint")] == [("cp1", "opened"), ("cp1", "closed")]


async def test_a_conversation_is_resolved_after_the_goodbye_is_answered(working: Working, target: Target) -> None:
    async with working():
        target.devices[0].tell(message(1, text=intents()[CLOSING].customer[0]))
        await target.until(lambda: target.asked("resolve"))
    assert [call[0] for call in target.calls if call[0] != "availability"] == ["reply", "resolve"]


async def test_a_released_conversation_is_not_answered(working: Working, target: Target, rows: Rows) -> None:
    async with working(speed=60):
        target.devices[0].tell(Event("assigned", "c1", "system"))
        target.devices[0].tell(message(1))
        target.devices[0].tell(Event("released", "c1", "system", note="transferred"))
        target.devices[0].tell(message(2, "c2"))
        await target.until(lambda: target.asked("reply"))
    assert [call[2] for call in target.asked("reply")] == ["c2"]
    assert [(row.kind, row.conversation, row.n, row.note) for row in rows.of("assigned", "released")] == [
        ("assigned", "c1", 15, ""),
        ("released", "c1", 0, "transferred"),
    ]


async def test_the_later_fate_of_a_reply_is_recorded_once_for_both_devices(
    working: Working, target: Target, rows: Rows
) -> None:
    async with working(devices=2):
        for device in target.devices:
            device.tell(Event("reply_failed", "c1", "system", client_id="bcdf", note="28003018"))
            device.tell(Event("in_doubt", "c1", "system", client_id="ghjk"))
            device.tell(message(1))
        await target.until(lambda: target.asked("reply"))
    assert [(row.kind, row.message, row.note) for row in rows.of("reply_failed", "in_doubt")] == [
        ("reply_failed", "bcdf", "28003018"),
        ("in_doubt", "ghjk", ""),
    ]


async def test_what_a_rehearsal_does_not_ask_for_is_left_alone(working: Working, target: Target, rows: Rows) -> None:
    async with working():
        for kind in ("recalled", "edited", "read", "unread", "a kind of tomorrow"):
            target.devices[0].tell(Event(kind, "c1", "customer", "m0", text="别的", seq=1))
        target.devices[0].tell(message(1))
        await target.until(lambda: target.asked("reply"))
    assert [call[2:3] for call in target.asked("reply")] == [("c1",)]
    kinds = {row.kind for row in rows.of("shown", "auto_shown", "recalled", "edited", "read", "unread", "other")}
    assert kinds == {"shown"}
    assert [row.message for row in rows.of("shown")] == ["@1"]


async def test_listed_words_that_reach_a_device_are_noted_and_withheld_ones_recorded(
    working: Working, target: Target, rows: Rows
) -> None:
    async with working():
        target.devices[0].tell(message(1, text=f"你好{words()[0]}"))
        target.devices[0].tell(message(2)._replace(kind="withheld", text=None))
        await target.until(lambda: target.asked("reply"))
    assert [(row.kind, row.message, row.note) for row in rows.of("shown", "withheld")] == [
        ("shown", "@1", "listed"),
        ("withheld", "@2", ""),
    ]


async def test_the_agents_own_replies_on_the_other_device_are_not_customers_messages(
    working: Working, target: Target, rows: Rows
) -> None:
    async with working():
        target.devices[0].tell(message(1)._replace(sender="agent"))
        target.devices[0].tell(message(2, "c2"))
        await target.until(lambda: target.asked("reply"))
    assert [row.message for row in rows.of("shown")] == ["@2"]
    assert [call[2] for call in target.asked("reply")] == ["c2"]


async def test_what_a_bot_has_answered_is_not_answered_again(working: Working, target: Target, rows: Rows) -> None:
    async with working(devices=1, speed=1e3) as _:  # slow enough for the bot to be first
        (device,) = target.devices
        device.tell(message(1))
        device.tell(Event("message", "c1", "bot", "m2", text="亲，请放心", seq=2))
        device.tell(message(3, "c2"))
        await target.until(lambda: bool(target.asked("reply")))
        assert [call[2] for call in target.asked("reply")] == ["c2"]
    (shown,) = rows.of("auto_shown")
    assert (shown.conversation, shown.ref, shown.n) == ("c1", "m2", 2)


async def test_a_greeting_leaves_the_customer_waiting_for_an_answer(working: Working, target: Target) -> None:
    name = token(1, AUTOMATIC, 0)
    async with working(speed=1e3, greetings=frozenset({name})) as _:
        (device,) = target.devices
        device.tell(message(1))
        device.tell(Event("message", "c1", "bot", "m2", text=f"欢迎光临 {name}", seq=2))
        await target.until(lambda: bool(target.asked("reply")))
        assert [call[2] for call in target.asked("reply")] == ["c1"]
