"""What a purge takes away, and what it must not (RETAIN-1, R6.4)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain import configuring, retention
from reference_service.domain.changes import Changes, Purge
from reference_service.domain.outbox import Answer
from reference_service.domain.records import Conversation, Logged, Message, Person
from reference_service.domain.retention import DAY_S, LogPlace, Old, Retention
from reference_service.domain.world import Thread

KEPT_S = 180 * DAY_S
TICK = 2**-20


def old(message: Message) -> Old:
    return Old(message.seq, message.created_at, message.agent_id, message.client_msg_id, message.platform_id)


class Archive:
    """A stage with a resolved conversation; `purge` is one command of the run, at a moment."""

    def __init__(self, stage: Any) -> None:
        self.stage = stage
        self.desk = stage.agent()
        self.began = stage.now
        stage.write("c1", "m1", "第一句")
        stage.write("c1", "m2", "第二句")
        self.thread: Thread = stage.thread("c1")
        stage.reply(self.desk, self.thread, "您好", "k1")
        self.settle()
        stage.resolve(self.thread)
        self.messages = [old(message) for message in self.thread.visit]

    def settle(self) -> None:
        """The platform took whatever is on its way."""
        while self.stage.calls:
            self.stage.answer(self.stage.calls.pop(), Answer("ok", f"r{len(self.stage.all)}"))

    def purge(self, at: float, oldest: list[Old] | None = None) -> Changes:
        changes = Changes(at=at)
        moment = retention.before(self.stage.floor, at)
        retention.purge(self.stage.world, self.thread, self.messages if oldest is None else oldest, moment, changes)
        return changes


@pytest.fixture
def archive(stage: Any) -> Archive:
    return Archive(stage)


def test_a_message_exactly_as_old_as_it_is_kept_stays_and_a_tick_later_it_goes(archive: Archive) -> None:
    assert archive.purge(archive.began + KEPT_S).purges == []
    assert archive.stage.thread("c1") is archive.thread
    changes = archive.purge(archive.began + KEPT_S + TICK)
    assert (changes.purges, changes.rows) == ([Purge("cv1", None)], [])
    assert archive.stage.world.threads == archive.stage.floor.threads == {}


@given(
    ages=st.lists(st.floats(0, 400 * DAY_S), min_size=1, max_size=12),
    days=st.integers(180, 400),
    shown=st.integers(1, 12),
)
def test_only_what_is_old_goes_and_only_from_the_front(
    new_stage: Any, ages: list[float], days: int, shown: int
) -> None:
    stage = new_stage()
    now = 10_000 * DAY_S
    for number, age in enumerate(ages):  # a clock that jumped back makes any order
        stage.now = now - age
        stage.write("c1", f"m{number}")
    thread = stage.thread("c1")
    stage.resolve(thread)
    configuring.put(stage.floor, Retention(days=days), Changes())
    messages = [old(message) for message in thread.visit]
    left, before = list(messages), len(messages) + 1
    while len(left) < before and left:
        before, changes = len(left), Changes(at=now)
        retention.purge(stage.world, thread, left[: shown + 1], retention.before(stage.floor, now), changes)
        for purge in changes.purges:
            left = [] if purge.upto is None else [one for one in left if one.seq > purge.upto]
    young = next((place for place, one in enumerate(messages) if one.created_at >= now - days * DAY_S), len(messages))
    assert left == messages[young:]
    assert (thread.conversation.id in stage.world.threads) is bool(left)


def test_the_rest_of_a_conversation_stays_with_where_it_begins(archive: Archive) -> None:
    archive.stage.now += 10 * DAY_S
    archive.stage.write("c1", "m3", "第三句")
    archive.stage.resolve(archive.thread)
    later = [*archive.messages, old(archive.thread.visit[0])]
    changes = archive.purge(archive.began + KEPT_S + 1, later)
    assert changes.purges == [Purge("cv1", 3)]
    (kept,) = [msgspec.convert(row, Conversation) for record, row in changes.rows if record is Conversation]
    assert (kept.purged_to, kept.kept_from) == (3, archive.began + 10 * DAY_S)
    assert not retention.is_due(archive.thread, archive.began + 10 * DAY_S)
    assert retention.is_due(archive.thread, archive.began + 10 * DAY_S + TICK)


def test_what_is_purged_is_remembered_nowhere(archive: Archive) -> None:
    assert "m1" in repr(archive.stage.world)
    assert "第一句" in repr(archive.thread)
    assert "您好" in repr(archive.desk)
    (reply,) = archive.thread.own
    archive.purge(archive.began + KEPT_S + TICK)
    remembered = repr(archive.stage.world) + repr(archive.thread)
    assert [word for word in ("第一句", "第二句", "您好", "'m1'", "'m2'", "'k1'", reply) if word in remembered] == []


def test_a_customer_who_returns_after_a_purge_begins_a_new_conversation(archive: Archive) -> None:
    archive.purge(archive.began + KEPT_S + TICK)
    assert archive.stage.write("c1", "m1", "第一句") == "again"  # the hash of its id is for ever (GATEWAY-6)
    assert archive.stage.write("c1", "m9", "又来了") == "taken"
    assert archive.stage.thread("c1").conversation.id == "cv2"


@pytest.mark.parametrize("state", ["bot", "queued", "open", "snoozed"])
def test_a_conversation_that_is_not_resolved_is_never_purged(archive: Archive, state: Any) -> None:
    archive.thread.conversation.state = state
    assert archive.purge(archive.began + 10 * KEPT_S).purges == []


def test_nor_is_one_with_a_reply_on_its_way(archive: Archive, stage: Any) -> None:
    stage.write("c1", "m3")
    stage.reply(archive.desk, archive.thread, "请稍等", "k2")
    stage.resolve(archive.thread)
    assert archive.purge(archive.began + 10 * KEPT_S).purges == []
    archive.settle()
    assert archive.purge(archive.began + 10 * KEPT_S).purges != []


def test_nor_is_one_with_an_open_complaint(archive: Archive) -> None:
    archive.thread.complaint = "cp1"
    assert archive.purge(archive.began + 10 * KEPT_S).purges == []


def test_a_legal_hold_stops_it_and_its_end_lets_it_go_on(archive: Archive) -> None:
    late, floor = archive.began + 10 * KEPT_S, archive.stage.floor
    archive.thread.conversation.legal_hold = True
    assert archive.purge(late).purges == []
    archive.thread.conversation.legal_hold = False
    configuring.put(floor, Retention(legal_hold=True), Changes())
    assert archive.purge(late).purges == []
    configuring.put(floor, Retention(), Changes())
    assert archive.purge(late).purges == [Purge("cv1", None)]


def test_what_came_between_reading_and_purging_is_not_taken_for_the_end(archive: Archive, stage: Any) -> None:
    stage.now = late = archive.began + KEPT_S + 1
    stage.write("c1", "m3")
    stage.resolve(archive.thread)
    changes = archive.purge(late)  # knows of the three older ones only
    assert changes.purges == [Purge("cv1", 2)]
    assert archive.purge(late, archive.messages[2:]).purges == []
    assert archive.stage.thread("c1") is archive.thread


def test_log_events_of_purged_messages_go_and_their_numbers_are_not_used_again(archive: Archive, stage: Any) -> None:
    stage.write("c2", "m5")
    told = [LogPlace(archive.desk.person.id, s, name, seq) for s, name, seq in
            ((1, "cv1", None), (2, "cv1", 1), (3, "cv2", 1), (4, "cv9", 7))]  # fmt: skip
    assert retention.sweep(stage.world, told[:3], Changes()) == 0
    archive.thread.conversation.purged_to = 1
    changes = Changes()
    assert retention.sweep(stage.world, told, changes) == 2
    assert changes.removed == [(Logged, ("a2", 2)), (Logged, ("a2", 4))]
    assert [(record, row[0], row[Person.__struct_fields__.index("swept")]) for record, row in changes.rows] == [
        (Person, "a2", 4)
    ]


def test_the_daily_run_is_asked_for_at_four_in_china_every_day(stage: Any) -> None:
    four = datetime(2027, 1, 15, 4, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
    assert [retention.next_run(four + x) for x in (-1, 0, 1)] == [four, four + DAY_S, four + DAY_S]
    stage.now = four - DAY_S
    retention.restore(stage.world, stage.now)
    stage.all.clear()
    stage.wait(3 * DAY_S)
    assert [changes.jobs for changes in stage.all] == [["night"] * 3]


@pytest.mark.parametrize("days", [179, 0, -1, 36_501, 180.5])
def test_fewer_than_180_days_cannot_be_set(days: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode({"days": days}), type=Retention)
