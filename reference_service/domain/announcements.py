"""What a shop's other systems are told of: one type and one payload for what happened (EVENTS-1, R10.2).

A payload says no more than an agent may see: what was blocked has no text, and a private note is no message.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple

import msgspec

from reference_service.domain import happenings as happened
from reference_service.domain.customers import Known
from reference_service.domain.records import Conversation, Message

EventType = Literal[
    "conversation.opened",
    "conversation.assigned",
    "conversation.resolved",
    "message.created",
    "message.recalled",
    "customer.became_vip",
    "csat.submitted",
    "complaint.opened",
    "complaint.noted",
    "complaint.contacted",
    "complaint.escalated",
    "complaint.breached",
    "complaint.closed",
    "complaint.told",
    "incident.opened",
    "incident.acknowledged",
    "incident.breached",
    "incident.resolved",
]


class EventCustomer(msgspec.Struct):
    """Whom it is about."""

    open_id: str
    nick: str


class ConversationOpened(msgspec.Struct):
    """A visit began; `again` where the customer had written before."""

    conversation_id: str
    customer: EventCustomer
    again: bool


class ConversationAssigned(msgspec.Struct):
    """An agent has it now."""

    conversation_id: str
    agent_id: str
    reason: str


class ConversationResolved(msgspec.Struct):
    """A visit is over; None where no agent held it."""

    conversation_id: str
    agent_id: str | None
    reason: str


class MessageCreated(msgspec.Struct):
    """A message of either side; `text` is None where it was blocked."""

    conversation_id: str
    message_id: str
    seq: int
    sender: str
    agent_id: str | None
    kind: str
    text: str | None
    masked: bool
    blocked: bool
    created_at: float


class MessageRecalled(msgspec.Struct):
    """Whoever sent it took it back."""

    conversation_id: str
    message_id: str
    seq: int


class CustomerBecameVip(msgspec.Struct):
    """By an order (VIP-1)."""

    customer: EventCustomer


class CsatSubmitted(msgspec.Struct):
    """A visit's rating."""

    conversation_id: str
    agent_id: str | None
    stars: int


class ComplaintChanged(msgspec.Struct):
    """A complaint as it is now."""

    complaint_id: str
    conversation_id: str
    state: str
    level: str
    due_at: float
    breached: bool


class IncidentChanged(msgspec.Struct):
    """An incident as it is now."""

    incident_id: str
    scene: str
    state: str
    due_at: float


class Announcement(NamedTuple):
    """A type of EventType and its payload."""

    type: str
    data: msgspec.Struct


def body(announcement: Announcement, at: float) -> str:
    """The request's body, as Standard Webhooks has it."""
    timestamp = datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    told = {"type": announcement.type, "timestamp": timestamp, "data": announcement.data}
    return msgspec.json.encode(told).decode()


def _opened(one: happened.Opened) -> Announcement:
    conversation = one.thread.conversation
    return Announcement(
        "conversation.opened", ConversationOpened(conversation.id, _customer(one.thread.known, conversation), one.again)
    )


def _reopened(one: happened.Reopened) -> Announcement:
    return _opened(happened.Opened(one.thread, True))


def _assigned(one: happened.Assigned) -> Announcement:
    told = ConversationAssigned(one.thread.conversation.id, one.desk.person.id, one.reason)
    return Announcement("conversation.assigned", told)


def _resolved(one: happened.Resolved) -> Announcement:
    agent_id = one.desk.person.id if one.desk else None
    return Announcement("conversation.resolved", ConversationResolved(one.thread.conversation.id, agent_id, one.reason))


def _message(one: happened.CustomerWrote | happened.AgentReplied | happened.BotSpoke) -> Announcement:
    said: Message = one.message
    told = MessageCreated(
        said.conversation_id,
        said.id,
        said.seq,
        said.sender,
        said.agent_id,
        said.kind,
        said.shown,
        said.masked,
        said.shown is None,
        said.created_at,
    )
    return Announcement("message.created", told)


def _recalled(one: happened.MessageRecalled) -> Announcement:
    told = MessageRecalled(one.message.conversation_id, one.message.id, one.message.seq)
    return Announcement("message.recalled", told)


def _became_vip(one: happened.BecameVip) -> Announcement:
    return Announcement("customer.became_vip", CustomerBecameVip(_known(one.known)))


def _rated(one: happened.Rated) -> Announcement:
    rating = one.rating
    return Announcement("csat.submitted", CsatSubmitted(rating.conversation_id, rating.agent_id, rating.stars))


def _complaint(one: happened.ComplaintChanged) -> Announcement:
    told = one.complaint
    breached = told.breached_at is not None
    data = ComplaintChanged(told.id, told.conversation_id, told.state, told.level, told.due_at, breached)
    return Announcement(f"complaint.{one.what}", data)


def _incident(one: happened.IncidentChanged) -> Announcement:
    told = one.incident
    return Announcement(f"incident.{one.what}", IncidentChanged(told.id, told.scene, told.state, told.due_at))


def _customer(known: Known | None, conversation: Conversation) -> EventCustomer:
    return _known(known) if known else EventCustomer(conversation.customer, conversation.nick)


def _known(known: Known) -> EventCustomer:
    return EventCustomer(known.customer.open_id, known.customer.nick)


ANNOUNCED: Final[dict[type, Callable[[Any], Announcement]]] = {
    happened.Opened: _opened,
    happened.Reopened: _reopened,
    happened.Assigned: _assigned,
    happened.Resolved: _resolved,
    happened.CustomerWrote: _message,
    happened.AgentReplied: _message,
    happened.BotSpoke: _message,
    happened.MessageRecalled: _recalled,
    happened.BecameVip: _became_vip,
    happened.Rated: _rated,
    happened.ComplaintChanged: _complaint,
    happened.IncidentChanged: _incident,
}
