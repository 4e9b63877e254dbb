"""What can happen in a shop: features react to these (reactions.py), never to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from reference_service.domain.records import Availability, Message
from reference_service.domain.world import Desk, ShopFloor, Thread

if TYPE_CHECKING:
    from reference_service.domain.ratings import Rating


class Opened(NamedTuple):
    """A visit began with a customer's first message; `again` when the customer had written before."""

    thread: Thread
    again: bool


class CustomerWrote(NamedTuple):
    """A customer's message is part of the conversation, which is with the bot, an agent or in the queue by now."""

    thread: Thread
    message: Message


class CustomerRead(NamedTuple):
    """The customer has read up to the platform's place."""

    thread: Thread
    place: int


class CustomerEntered(NamedTuple):
    """The customer opened the chat, without a word so far; `thread` is None where they never wrote."""

    floor: ShopFloor
    customer: str
    thread: Thread | None


class MessageRecalled(NamedTuple):
    """A message was taken back by whoever sent it."""

    thread: Thread
    message: Message


class AgentReplied(NamedTuple):
    """A person's reply was accepted."""

    thread: Thread
    message: Message
    desk: Desk


class BotSpoke(NamedTuple):
    """An automatic message was accepted; its `scene` says which."""

    thread: Thread
    message: Message


class ReplySettled(NamedTuple):
    """The fate of a reply or automatic message is known, or in doubt: see its status."""

    thread: Thread
    message: Message


class AgentRead(NamedTuple):
    """An agent has read up to a seq."""

    thread: Thread
    desk: Desk
    seq: int


class Queued(NamedTuple):
    """A conversation waits for an agent."""

    thread: Thread
    position: int


class Assigned(NamedTuple):
    """A conversation is an agent's now; `reason` as in conversation.assigned."""

    thread: Thread
    desk: Desk
    reason: str


class Released(NamedTuple):
    """A conversation is no longer this agent's; where it went is told by what happens next."""

    thread: Thread
    desk: Desk
    reason: str


class Resolved(NamedTuple):
    """A visit is over. `desk` held it; None where nobody did. `reason`: agent, admin, silence, bot."""

    thread: Thread
    desk: Desk | None
    reason: str


class AvailabilitySet(NamedTuple):
    """An agent is online, away or offline now."""

    desk: Desk
    to: Availability


class Came(NamedTuple):
    """An agent's first device is connected."""

    desk: Desk


class Went(NamedTuple):
    """An agent is gone: offline, or without a device for longer than the resume window."""

    desk: Desk
    reason: Literal["offline", "gone"]


class Rated(NamedTuple):
    """A customer's rating of a visit was taken, the visit's only one."""

    thread: Thread
    rating: Rating


Happening = (
    Opened
    | CustomerWrote
    | CustomerRead
    | CustomerEntered
    | MessageRecalled
    | AgentReplied
    | BotSpoke
    | ReplySettled
    | AgentRead
    | Queued
    | Assigned
    | Released
    | Resolved
    | AvailabilitySet
    | Came
    | Went
    | Rated
)
