"""Whatever happens in whatever order: one assignee or one queue place, capacity kept, nothing untold, nothing twice."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_service.domain import assigning, presence
from reference_service.domain.changes import Changes
from reference_service.domain.refusal import Refusal

PEOPLES = ("resolve", "snooze", "give", "transfer", "back", "reopen")
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("write", "write", "write", "resolve", "on", "off", "gone", "online", "away", "offline", "reply"),
                *(*PEOPLES, "wait"),
            ]
        ),
        st.integers(0, 3),
    ),
    min_size=10,
    max_size=60,
)


@pytest.mark.thorough
@settings(max_examples=200, deadline=None)
@given(ACTIONS)
def test_invariants_hold_after_any_history(new_stage: Any, actions: list[tuple[str, int]]) -> None:
    stage = new_stage()
    desks = [stage.agent(capacity=1 + n, device="d1" if n else None) for n in range(2)]
    for number, (what, who) in enumerate(actions):
        _act(stage, desks[who % 2], f"c{who}", what, number)
        _routed_once(stage, desks)
    for desk in desks:
        _told_once_and_all(stage, desk)


def _act(stage: Any, desk: Any, customer: str, what: str, number: int) -> None:
    stage.now += 1.0
    if what == "write":
        stage.write(customer, f"m{number}", index=number)
    elif what in PEOPLES and f"@{customer}-s1" in stage.floor.threads:
        _handle(stage, desk, customer, what, number)
    elif what == "wait":
        stage.wait(2.0)
    elif what == "on":
        stage.on(desk)
    elif what == "off":
        stage.off(desk)
    elif what == "gone":
        changes = Changes()
        for left in presence.gone(stage.world, stage.now, 2.0):
            assigning.hand_on(stage.floor, left, "gone", changes)
        stage.all.append(changes)
    elif what == "reply" and desk.held:
        stage.reply(desk, next(iter(desk.held.values())), "您好", f"k{number}")
    elif what in ("online", "away", "offline"):
        stage.available(desk, what)


def _handle(stage: Any, desk: Any, customer: str, what: str, number: int) -> None:
    """What people do with a conversation: refused it has changed nothing."""
    before = (msgspec.structs.replace(stage.thread(customer).conversation), stage.log(desk), stage.thread(customer).seq)
    try:
        if what == "resolve":
            stage.resolve(stage.thread(customer))
        elif what == "snooze":
            stage.snooze(customer, 3.0)
        elif what == "reopen":
            stage.reopen(customer, desk if number % 2 else None)
        elif what == "give":
            stage.give(customer, desk)
        else:
            stage.transfer(customer, desk if what == "transfer" else None, "看一下")
    except Refusal:
        assert (stage.thread(customer).conversation, stage.log(desk), stage.thread(customer).seq) == before


def _routed_once(stage: Any, desks: Any) -> None:
    for thread in stage.floor.threads.values():
        conversation = thread.conversation
        holders = [desk.person.id for desk in desks if conversation.id in desk.held]
        places = sum(waiting is thread for waiting in stage.floor.queue)
        asleep = [desk.person.id for desk in desks if conversation.id in desk.snoozed]
        expected = {"open": (1, 0, 0), "queued": (0, 1, 0), "snoozed": (0, 0, 1), "resolved": (0, 0, 0)}
        assert (len(holders), places, len(asleep)) == expected[conversation.state]
        assert holders + asleep == ([conversation.agent_id] if conversation.agent_id else [])
    for desk in desks:
        assert len(desk.held) <= desk.person.capacity
        if stage.floor.queue:
            able = desk.person.availability == "online" and desk.devices and len(desk.held) < desk.person.capacity
            assert not able, "somebody waits though somebody is able"


def _told_once_and_all(stage: Any, desk: Any) -> None:
    told = [(m["conversation_id"], m["seq"]) for m in stage.told(desk, "message.created")]
    assert max(Counter(told).values(), default=0) <= 1
    for thread in (*desk.held.values(), *desk.snoozed.values()):
        assert {(thread.conversation.id, message.seq) for message in thread.visit} <= set(told)
