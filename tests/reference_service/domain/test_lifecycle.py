"""Each move from each state: what is not in the table is refused and changes nothing."""

from typing import get_args

import msgspec
import pytest

from reference_service.domain.lifecycle import MOVES, Name, move
from reference_service.domain.records import Conversation, State
from reference_service.domain.refusal import Refusal

LEGAL = {
    ("resolved", "greet"): "bot",
    ("resolved", "queue"): "queued",
    ("resolved", "assign"): "open",
    ("bot", "queue"): "queued",
    ("bot", "assign"): "open",
    ("bot", "resolve"): "resolved",
    ("queued", "assign"): "open",
    ("queued", "resolve"): "resolved",
    ("open", "assign"): "open",
    ("open", "queue"): "queued",
    ("open", "snooze"): "snoozed",
    ("open", "resolve"): "resolved",
    ("snoozed", "snooze"): "snoozed",
    ("snoozed", "wake"): "open",
    ("snoozed", "assign"): "open",
    ("snoozed", "queue"): "queued",
    ("snoozed", "resolve"): "resolved",
}


def conversation(state: State) -> Conversation:
    return Conversation(
        id="cv1",
        number=1,
        shop_id="s1",
        platform_id="@1",
        customer="c1",
        nick="",
        state=state,
        agent_id="a1" if state in ("open", "snoozed") else None,
        opened_at=0.0,
        waits_since=0.0,
        visit_from=1,
        version=7,
    )


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("name", get_args(Name))
def test_a_move_is_made_as_the_table_says_and_counted_or_refused(state: State, name: Name) -> None:
    moved = conversation(state)
    agent = "a2" if MOVES[name].held else None
    if (to := LEGAL.get((state, name))) is None:
        with pytest.raises(Refusal, match="wrong_state"):
            move(moved, name, agent)
        assert moved == conversation(state)
    else:
        move(moved, name, agent)
        left = "a1" if state in ("open", "snoozed") else ""
        expected = {"state": to, "agent_id": agent, "version": 8, "last_agent_id": left}
        assert moved == msgspec.structs.replace(conversation(state), **expected)


def test_every_state_can_be_reached_and_left() -> None:
    assert {move.to for move in MOVES.values()} == set(get_args(State))
    assert frozenset().union(*(move.starts for move in MOVES.values())) == set(get_args(State))
