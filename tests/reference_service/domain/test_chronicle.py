"""What happened is written once, with its moment, its actor and its place among the messages."""

from typing import Any

import msgspec
import pytest

from reference_service.domain.chronicle import Happened
from reference_service.domain.events import Entered


@pytest.fixture
def written(stage: Any) -> Any:
    def rows(customer: str = "c1") -> list[Happened]:
        kept = [row for changes in stage.all for record, row in changes.rows if record is Happened]
        name = stage.thread(customer).conversation.id
        mine = [row for row in (msgspec.convert(row, Happened) for row in kept) if row.conversation_id == name]
        assert [row.n for row in mine] == list(range(1, len(mine) + 1))
        return mine

    return rows


def short(rows: list[Happened]) -> list[tuple[float, int, str, str, Any]]:
    return [(row.at, row.seq, row.kind, row.actor, msgspec.json.decode(row.detail)) for row in rows]


def test_a_visit_is_written_from_its_opening_to_its_resolution(stage: Any, written: Any) -> None:
    first = stage.agent()
    stage.write("c1", "m1")
    second = stage.agent()
    stage.now = 1010.0
    stage.transfer("c1", second, "看一下", first.person)
    stage.now = 1020.0
    stage.resolve(stage.thread("c1"))
    one, two = first.person.id, second.person.id
    assert short(written()) == [
        (1000.0, 1, "opened", "customer", {"again": False, "visit_from": 1}),
        (1000.0, 1, "assigned", "service", {"agent_id": one, "reason": "new"}),
        (1010.0, 2, "released", "service", {"agent_id": one, "reason": "transferred"}),
        (1010.0, 2, "assigned", one, {"agent_id": two, "reason": "transferred"}),
        (1010.0, 2, "transferred", one, {"from": one, "to": two, "reason": "transferred"}),
        (1020.0, 2, "released", "service", {"agent_id": two, "reason": "agent"}),
        (1020.0, 2, "resolved", "service", {"agent_id": two, "reason": "agent"}),
    ]


def test_what_a_clock_does_is_written_as_of_the_moment_it_was_due(stage: Any, written: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.snooze("c1", 60.0)
    stage.wait(100.0)
    admin, agent = stage.lead().id, desk.person.id
    assert short(written())[2:] == [
        (1000.0, 1, "snoozed", admin, {"agent_id": agent, "until": 1060.0}),
        (1030.0, 1, "breached", "service", {"tier": "instant", "seq": 1, "at": 1030.0}),
        (1060.0, 1, "woke", "service", {}),
    ]


def test_what_waits_and_what_people_set_is_written(stage: Any, written: Any) -> None:
    stage.write("c1", "m1")
    stage.label("c1", "urgent", "退款")
    desk = stage.agent()
    stage.resolve(stage.thread("c1"))
    stage.reopen("c1", desk)
    kinds = [(row.kind, row.actor) for row in written()]
    admin = stage.lead().id
    assert kinds == [
        ("opened", "customer"),
        ("queued", "service"),
        ("labelled", admin),
        ("assigned", "service"),
        ("released", "service"),
        ("resolved", "service"),
        ("reopened", admin),
        ("assigned", admin),
    ]


def test_a_recall_names_the_message_and_who_took_it_back(stage: Any, written: Any) -> None:
    stage.write("c1", "m1", "说错了")
    stage.recall("m1")
    assert short(written())[-1] == (1000.0, 1, "recalled", "customer", {"seq": 1})


def test_what_the_customer_and_the_writer_do_is_written_with_who_did_it(stage: Any, written: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.event(Entered(stage.account("s1"), "@c1-s1", "e1", "c1"))
    stage.read(desk, "c1", 1)
    stage.reply(desk, stage.thread("c1"), "您好", "k1")
    stage.reply(desk, stage.thread("c1"), "稍等", "k2")
    stage.edit("c1", 3, "就来", desk.person)
    stage.take_back("c1", 3, desk.person)
    agent = desk.person.id
    assert short(written())[2:] == [
        (1000.0, 1, "entered", "customer", {}),
        (1000.0, 1, "read", agent, {"seq": 1}),
        (1000.0, 3, "edited", agent, {"seq": 3}),
        (1000.0, 3, "recalled", agent, {"seq": 3}),
    ]


def test_nothing_is_written_for_a_message_in_an_open_conversation(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.write("c1", "m2")
    assert [record for record, _ in stage.all[-1].rows if record is Happened] == []
    stage.reply(desk, stage.thread("c1"), "您好", "k1")
    assert [record for record, _ in stage.all[-1].rows if record is Happened] == []


def test_no_text_of_anybody_is_written(stage: Any) -> None:
    first, second = stage.agent(), stage.agent()
    stage.write("c1", "m1", "保密的话")
    stage.transfer("c1", second, "保密的便条", first.person)
    stage.resolve(stage.thread("c1"))
    kept = [row for changes in stage.all for record, row in changes.rows if record is Happened]
    assert kept
    assert "保密" not in str(kept)
