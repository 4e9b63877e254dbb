"""Outbound events: what is told to whom, tried how often, and where it ends."""

from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import msgspec
import pytest

from reference_service.domain import announcing, complaints, incidents, ratings
from reference_service.domain.announcements import ANNOUNCED, EventType
from reference_service.domain.announcing import DeadLetter, Delivery, Webhook
from reference_service.domain.events import Ordered
from reference_service.domain.shelves import shelf
from reference_service.filtering.words import Word
from tests.documents import OPENAPI

EVERYTHING = list(get_args(EventType))
PLAN = (5.0, 300.0)


def subscribe(stage: Any, *events: str, shop: str = "s1") -> Webhook:
    floor = stage.world.floors[shop]
    made: Webhook = stage._do(
        lambda c: announcing.subscribe(stage.world, floor, "http://x", events or EVERYTHING, "whsec_AA==", c)
    )
    return made


def waiting(stage: Any, shop: str = "s1") -> list[Delivery]:
    return list(shelf(stage.world.floors[shop], Delivery).values())


def told(stage: Any) -> list[tuple[str, dict[str, Any]]]:
    """What waits, in order: types and payloads, each held against the contract."""
    bodies = [msgspec.json.decode(one.body) for one in waiting(stage)]
    for body in bodies:
        schema = {"$ref": "#/components/schemas/OutboundEvent", "components": OPENAPI["components"]}
        jsonschema_rs.validate(schema, body)
    assert [body["type"] for body in bodies] == [one.type for one in waiting(stage)]
    return [(body["type"], body["data"]) for body in bodies]


def test_a_visit_is_told_from_its_opening_to_its_rating(stage: Any) -> None:
    subscribe(stage)
    desk = stage.agent()
    stage.write("c1", "m1", "你好")
    thread = stage.thread("c1")
    stage.reply(desk, thread, "您好", "k1")
    stage.recall("m1")
    stage.resolve(thread)
    stage._do(lambda changes: ratings.rate(stage.world, thread, 5, changes))
    said = {"conversation_id": "cv1", "kind": "text", "masked": False, "blocked": False, "created_at": 1000.0}
    assert told(stage) == [
        (
            "conversation.opened",
            {"conversation_id": "cv1", "customer": {"open_id": "c1", "nick": "昵称c1"}, "again": False},
        ),
        ("conversation.assigned", {"conversation_id": "cv1", "agent_id": desk.person.id, "reason": "new"}),
        (
            "message.created",
            {**said, "message_id": "cv1-1", "seq": 1, "sender": "customer", "agent_id": None, "text": "你好"},
        ),
        (
            "message.created",
            {**said, "message_id": "cv1-2", "seq": 2, "sender": "agent", "agent_id": desk.person.id, "text": "您好"},
        ),
        ("message.recalled", {"conversation_id": "cv1", "message_id": "cv1-1", "seq": 1}),
        ("conversation.resolved", {"conversation_id": "cv1", "agent_id": desk.person.id, "reason": "agent"}),
        ("csat.submitted", {"conversation_id": "cv1", "agent_id": desk.person.id, "stars": 5}),
    ]


def test_complaints_and_incidents_are_told_with_every_change(stage: Any) -> None:
    subscribe(stage)
    stage.write("c1", "m1")
    thread, lead = stage.thread("c1"), stage.lead()
    stage._do(lambda changes: complaints.open_complaint(stage.world, thread, "很不满意", lead, changes))
    stage._do(lambda c: incidents.open_incident(stage.world, stage.floor, "system_failure", "坏了", lead, c))
    stage.wait(20 * 60)
    later = told(stage)[2:]
    assert [kind for kind, _ in later] == ["complaint.opened", "incident.opened", "incident.breached"]
    assert later[0][1]["state"] == "open"
    assert later[1][1] == {"incident_id": "in1", "scene": "system_failure", "state": "open", "due_at": 1900.0}
    assert not [body for one in waiting(stage) for body in (one.body,) if "不满意" in body or "坏了" in body]


def test_a_customer_becomes_a_vip_once_by_the_second_order_paid(stage: Any) -> None:
    subscribe(stage, "customer.became_vip")
    stage.write("c1", "m1")
    for number, step in enumerate(("paid", "paid", "paid")):
        stage.event(Ordered(stage.account("s1"), f"p{number}", f"o{number}", "c1", step, 100))
    assert told(stage) == [("customer.became_vip", {"customer": {"open_id": "c1", "nick": "昵称c1"}})]


def test_nothing_is_kept_where_nobody_listens(stage: Any) -> None:
    stage.shop("s2")
    subscribe(stage, shop="s2")
    subscribe(stage, "csat.submitted")
    stage.write("c1", "m1")
    assert waiting(stage) == waiting(stage, "s2") == []
    assert "events" not in stage.world.counters


def test_blocked_text_is_not_told_and_a_private_note_is_no_message(stage: Any) -> None:
    stage.words(Word("加微信", to_agent="block"), Word("傻", to_agent="mask"))
    subscribe(stage, "message.created")
    stage.write("c1", "m1", "加微信 13800000000")
    stage.write("c1", "m2", "你傻")
    stage.note("c1", "只给同事看")
    assert [(data["text"], data["blocked"], data["masked"]) for _, data in told(stage)] == [
        (None, True, False),
        ("你*", False, True),
    ]
    assert "微信" not in "".join(one.body for one in waiting(stage))


def test_one_event_has_one_id_for_all_who_hear_of_it(stage: Any) -> None:
    webhooks = [subscribe(stage, "conversation.opened"), subscribe(stage)]
    stage.write("c1", "m1")
    opened = [one for one in waiting(stage) if one.type == "conversation.opened"]
    assert [one.webhook_id for one in opened] == [one.id for one in webhooks]
    assert len({one.event for one in opened}) == 1
    assert len({one.id for one in waiting(stage)}) == len(waiting(stage)) == 3


def test_what_is_kept_is_attempted_after_its_commit(stage: Any) -> None:
    subscribe(stage, "conversation.opened")
    stage.write("c1", "m1")
    assert stage.all[-1].announced == waiting(stage)
    assert (Delivery, msgspec.structs.astuple(waiting(stage)[0])) in stage.all[-1].rows


def fail(stage: Any, delivery: Delivery, now: float) -> DeadLetter | None:
    dead: DeadLetter | None = stage._do(lambda c: announcing.failed(stage.floor, delivery, "boom", now, PLAN, c))
    return dead


def test_a_failed_attempt_is_repeated_by_the_plan_and_ends_as_a_dead_letter(stage: Any) -> None:
    webhook = subscribe(stage, "conversation.opened")
    stage.write("c1", "m1")
    (delivery,) = waiting(stage)
    assert fail(stage, delivery, 5000.0) is None
    assert (delivery.attempt, delivery.due, stage.all[-1].announced) == (1, 5005.0, [delivery])
    assert fail(stage, delivery, 6000.0) is None
    assert (delivery.attempt, delivery.due) == (2, 6300.0)
    letter = fail(stage, delivery, 7000.0)
    assert letter is not None
    assert (letter.event, letter.body, letter.attempt, letter.dead_at, letter.why) == (
        delivery.event,
        delivery.body,
        3,
        stage.now,
        "boom",
    )
    assert (waiting(stage), stage.all[-1].announced, stage.floor.undelivered[webhook.id]) == ([], [], 0)
    assert stage.all[-1].removed == [(Delivery, (delivery.id,))]


def test_a_dead_letter_begins_anew_under_its_id(stage: Any) -> None:
    subscribe(stage, "conversation.opened")
    stage.write("c1", "m1")
    (delivery,) = waiting(stage)
    letter = [fail(stage, delivery, 0.0) for _ in range(3)][-1]
    stage._do(lambda changes: announcing.redeliver(stage.floor, [letter], changes))
    (again,) = waiting(stage)
    assert (again.id, again.event, again.body, again.attempt, again.due) == (
        delivery.id,
        delivery.event,
        delivery.body,
        0,
        0.0,
    )
    assert stage.all[-1].removed == [(DeadLetter, (letter.id,))]  # type: ignore[union-attr]
    assert stage.all[-1].announced == [again]


def test_what_was_delivered_is_gone(stage: Any) -> None:
    webhook = subscribe(stage, "conversation.opened")
    stage.write("c1", "m1")
    (delivery,) = waiting(stage)
    stage._do(lambda changes: announcing.delivered(stage.floor, delivery, changes))
    assert (waiting(stage), stage.floor.undelivered[webhook.id]) == ([], 0)


def test_beyond_the_bound_events_are_counted_as_missed_and_a_neighbour_hears_them(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "MOST_WAITING", 2)
    slow, quick = subscribe(stage, "conversation.opened"), subscribe(stage, "conversation.opened")
    for number in range(4):
        stage.write(f"c{number}", f"m{number}")
        for one in [one for one in waiting(stage) if one.webhook_id == quick.id]:
            stage._do(lambda changes, one=one: announcing.delivered(stage.floor, one, changes))
    assert [one.webhook_id for one in waiting(stage)] == [slow.id] * 2
    assert (slow.missed, quick.missed) == (2, 0)


def test_after_a_restart_what_waited_is_attempted_again_and_the_count_is_right(stage: Any, tmp_path: Path) -> None:
    webhook = subscribe(stage, "conversation.opened")
    for number in range(3):
        stage.write(f"c{number}", f"m{number}")
    first, second, third = waiting(stage)
    stage._do(lambda changes: announcing.delivered(stage.floor, first, changes))
    fail(stage, second, 500.0)
    for _ in range(3):
        fail(stage, third, 500.0)
    stage.restart(tmp_path)
    (left,) = waiting(stage)
    assert (left.id, left.attempt, left.due) == (second.id, 1, 505.0)
    assert (stage.all[-1].announced, stage.floor.undelivered[webhook.id]) == ([left], 1)
    stage.write("c9", "m9")
    assert waiting(stage)[-1].number > third.number


def test_unsubscribing_leaves_nothing(stage: Any) -> None:
    webhook, other = subscribe(stage, "conversation.opened"), subscribe(stage, "conversation.opened")
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    dying = waiting(stage)[0]
    letter = [fail(stage, dying, 0.0) for _ in range(3)][-1]
    stage._do(lambda changes: announcing.unsubscribe(stage.floor, webhook, [letter], changes))
    assert {one.webhook_id for one in waiting(stage)} == {other.id}
    assert {record for record, _ in stage.all[-1].removed} == {Webhook, Delivery, DeadLetter}
    assert dict(stage.floor.undelivered) == {other.id: 2}


def test_every_type_of_the_contract_has_something_that_tells_it() -> None:
    tellers = {teller.__name__ for teller in ANNOUNCED.values()}
    assert len(tellers) == 10
    assert OPENAPI["components"]["schemas"]["EventType"]["enum"] == EVERYTHING


def test_the_daily_clock_begins_the_run_of_the_dead_letters(stage: Any) -> None:
    stage._do(lambda changes: announcing.restore(stage.world, changes))
    stage.wait(2 * 86400.0)
    assert stage.all[-1].jobs.count(announcing.JOB) == 2
