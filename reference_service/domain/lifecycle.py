"""A conversation's states, and the one table of the moves between them (ROUTE-1).

resolved --greet--> bot
resolved, bot, open, snoozed --queue---> queued      waits at one place, has no agent
any of them, also queued ----assign--> open          has one agent
open, snoozed ---------------snooze--> snoozed       keeps its agent
snoozed ---------------------wake----> open          with the same agent; with another it is assigned or queued
all but resolved ------------resolve-> resolved      has neither agent nor place
"""

from typing import Final, Literal, NamedTuple

from reference_service.domain.records import Conversation, State
from reference_service.domain.refusal import Refusal

Name = Literal["greet", "queue", "assign", "snooze", "wake", "resolve"]


class Move(NamedTuple):
    """From which states, to which; `held` where an agent has the conversation after it."""

    starts: frozenset[State]
    to: State
    held: bool = False


MOVES: Final[dict[Name, Move]] = {
    "greet": Move(frozenset({"resolved"}), "bot"),
    "queue": Move(frozenset({"resolved", "bot", "open", "snoozed"}), "queued"),
    "assign": Move(frozenset({"resolved", "bot", "queued", "open", "snoozed"}), "open", held=True),
    "snooze": Move(frozenset({"open", "snoozed"}), "snoozed", held=True),
    "wake": Move(frozenset({"snoozed"}), "open", held=True),
    "resolve": Move(frozenset({"bot", "queued", "open", "snoozed"}), "resolved"),
}


def check(conversation: Conversation, name: Name) -> None:
    """Raise Refusal wrong_state where the move cannot be made now."""
    if conversation.state not in MOVES[name].starts:
        raise Refusal("wrong_state", f"it is {conversation.state}")


def move(conversation: Conversation, name: Name, agent_id: str | None = None) -> None:
    """Change state and agent, and count the change; `agent_id` where the move leaves it with one. Raises Refusal."""
    check(conversation, name)
    made = MOVES[name]
    assert made.held == (agent_id is not None), name
    if conversation.agent_id not in (None, agent_id):
        conversation.last_agent_id = conversation.agent_id or ""
    conversation.state, conversation.agent_id = made.to, agent_id
    conversation.version += 1
