"""The dispatch log: one dense, durable sequence of events per agent, the same for every device (asyncapi.yaml)."""

from typing import Any

import msgspec

from reference_service.domain.changes import Changes, Dispatched
from reference_service.domain.grades import Grade
from reference_service.domain.queueing import Tier
from reference_service.domain.records import Conversation, Logged, Message, Priority, State
from reference_service.domain.world import Desk, Thread

_encode = msgspec.json.Encoder().encode
_tags = msgspec.json.Decoder(list[str])


class Customer(msgspec.Struct):
    """Who writes, as an agent may see them."""

    open_id: str
    nick: str
    grade: Grade
    tags: list[str]


class Blocked(msgspec.Struct, kw_only=True):
    """message.blocked: all of a message but its text (FILTER-5)."""

    conversation_id: str
    message_id: str
    seq: int
    sender: str
    agent_id: str | None
    platform_message_id: str | None
    client_msg_id: str | None
    index: int | None
    late: bool
    created_at: float
    status: str
    kind: str
    ref: str
    private: bool
    scene: str
    edited: bool


class Created(Blocked, kw_only=True):
    """message.created."""

    text: str
    masked: bool


class Updated(msgspec.Struct):
    """message.updated: what became of a reply."""

    conversation_id: str
    message_id: str
    seq: int
    client_msg_id: str | None
    platform_message_id: str | None
    status: str
    reason: str


class Recalled(msgspec.Struct):
    """message.recalled."""

    conversation_id: str
    message_id: str
    seq: int
    platform_message_id: str | None


class Edited(msgspec.Struct):
    """message.edited: another text stands in its place."""

    conversation_id: str
    message_id: str
    seq: int
    text: str
    masked: bool


class Read(msgspec.Struct):
    """message.read: the customer has read up to the platform's index."""

    conversation_id: str
    index: int


class AgentRead(msgspec.Struct):
    """conversation.read: the agent has read up to a seq, on whichever device."""

    conversation_id: str
    seq: int
    unread: int


class Assigned(msgspec.Struct):
    """conversation.assigned."""

    conversation_id: str
    agent_id: str
    capacity: int
    load: int
    customer: Customer
    reason: str
    seq: int
    version: int
    priority: Priority
    tags: list[str]
    visit_from: int
    told_to: int
    read_to: int
    customer_read: int | None


class Begun(msgspec.Struct):
    """conversation.created: told to supervisors, who see whose it is."""

    conversation_id: str
    state: State
    agent_id: str | None
    customer: Customer
    at: float


class Reopened(Begun):
    """conversation.reopened: told to supervisors, and to who had it last, where they have not got it again."""


class Changed(msgspec.Struct):
    """conversation.updated: all of it that may change while its agent stays the same."""

    conversation_id: str
    state: State
    version: int
    priority: Priority
    tags: list[str]
    snoozed_until: float | None
    customer: Customer


class Transferred(msgspec.Struct):
    """conversation.transferred: no longer this agent's."""

    conversation_id: str
    from_agent_id: str
    to_agent_id: str | None
    reason: str


class Resolved(msgspec.Struct):
    """conversation.resolved."""

    conversation_id: str
    agent_id: str


class QueuePosition(msgspec.Struct):
    """queue.position: a conversation began to wait, or waits in another tier."""

    conversation_id: str
    position: int
    waiting: int
    tier: Tier


class AgentAvailability(msgspec.Struct):
    """agent.availability."""

    agent_id: str
    availability: str
    capacity: int


class CsatSubmitted(msgspec.Struct):
    """csat.submitted: the customer rated a visit of this agent's."""

    conversation_id: str
    agent_id: str
    visit_from: int
    stars: int
    at: float


class ComplaintUpdated(msgspec.Struct):
    """complaint.updated."""

    complaint_id: str
    conversation_id: str
    what: str
    state: str
    level: str
    due_at: float
    breached: bool


class IncidentUpdated(msgspec.Struct):
    """incident.updated."""

    incident_id: str
    scene: str
    what: str
    state: str
    due_at: float
    breached: bool


class ComplaintSuggested(msgspec.Struct):
    """complaint.suggested: words of the customer that sound like one."""

    conversation_id: str
    message_id: str
    seq: int


class NoticeOverload(msgspec.Struct):
    """notice.overload: pushes of the shop were refused, or very many wait; and when that is over."""

    what: str
    over: bool
    refused: int
    waiting: int
    at: float


class TierWarning(msgspec.Struct):
    """tier.warning: a response clock is about to run out."""

    conversation_id: str
    tier: str
    seq: int
    since: float
    at: float


class TierBreached(TierWarning):
    """tier.breached: it has run out."""


class UnreadReminder(msgspec.Struct):
    """unread.reminder: so many messages from this seq on are neither read nor answered."""

    conversation_id: str
    seq: int
    unread: int
    at: float


Payload = (
    CsatSubmitted
    | ComplaintUpdated
    | ComplaintSuggested
    | TierWarning
    | IncidentUpdated
    | UnreadReminder
    | Blocked
    | Updated
    | Recalled
    | Edited
    | Read
    | AgentRead
    | Assigned
    | Transferred
    | Resolved
    | Begun
    | Changed
    | QueuePosition
    | AgentAvailability
    | NoticeOverload
)
TYPES: dict[type[Payload], str] = {
    TierWarning: "tier.warning",
    TierBreached: "tier.breached",
    UnreadReminder: "unread.reminder",
    Created: "message.created",
    Blocked: "message.blocked",
    Updated: "message.updated",
    Recalled: "message.recalled",
    Edited: "message.edited",
    Read: "message.read",
    AgentRead: "conversation.read",
    Assigned: "conversation.assigned",
    Transferred: "conversation.transferred",
    Resolved: "conversation.resolved",
    Begun: "conversation.created",
    Reopened: "conversation.reopened",
    Changed: "conversation.updated",
    QueuePosition: "queue.position",
    AgentAvailability: "agent.availability",
    CsatSubmitted: "csat.submitted",
    ComplaintUpdated: "complaint.updated",
    ComplaintSuggested: "complaint.suggested",
    NoticeOverload: "notice.overload",
    IncidentUpdated: "incident.updated",
}


def tell(desk: Desk, payload: Payload, changes: Changes) -> None:
    """Append an event to an agent's log; its devices get it once it is durable."""
    desk.s += 1
    kind, body = TYPES[type(payload)], _encode(payload).decode()
    changes.keep(Logged(agent_id=desk.person.id, s=desk.s, t=kind, d=body))
    changes.dispatched.append(Dispatched(desk.person.id, desk.s, frame(desk.s, kind, body)))


def frame(s: int, kind: str, body: str) -> str:
    """The dispatch frame of an event; live and replayed ones are the same text."""
    return f'{{"op":"dispatch","s":{s},"t":"{kind}","d":{body}}}'


def message_event(message: Message) -> Created | Blocked:
    """How an agent's device is told of a message: as it may be seen, or that it was blocked (DELIVERY-1)."""
    if message.shown is None:
        return Blocked(**_place(message))
    return Created(text=message.shown, masked=message.masked, **_place(message))


def updated(message: Message, reason: str) -> Updated:
    """message.updated of a reply, as it is now."""
    return Updated(
        message.conversation_id,
        message.id,
        message.seq,
        message.client_msg_id,
        message.platform_id,
        message.status,
        reason,
    )


def customer_of(thread: Thread) -> Customer:
    """The customer of a conversation, for payloads."""
    conversation, known = thread.conversation, thread.known
    if known is None:
        return Customer(conversation.customer, conversation.nick, "new", [])
    return Customer(conversation.customer, known.customer.nick, known.grade, known.tags)


def tags_of(conversation: Conversation) -> list[str]:
    """A conversation's tags."""
    return _tags.decode(conversation.tags)


def changed(thread: Thread) -> Changed:
    """conversation.updated of a conversation, as it is now."""
    conversation = thread.conversation
    return Changed(
        conversation.id,
        conversation.state,
        conversation.version,
        conversation.priority,
        tags_of(conversation),
        snoozed_until(conversation),
        customer_of(thread),
    )


def edited(message: Message) -> Edited:
    """message.edited of a message, as it reads now."""
    return Edited(message.conversation_id, message.id, message.seq, message.shown or "", message.masked)


def customer_read(conversation: Conversation) -> int | None:
    """The platform's place up to which the customer has read; None where that is not known."""
    return conversation.customer_read if conversation.customer_read >= 0 else None


def snoozed_until(conversation: Conversation) -> float | None:
    """When a snoozed conversation wakes by itself, Unix seconds; None where it is not snoozed."""
    return conversation.snoozed_until if conversation.state == "snoozed" else None


def availability_event(desk: Desk) -> AgentAvailability:
    """agent.availability of this agent, as it is now."""
    return AgentAvailability(desk.person.id, desk.availability(), desk.person.capacity)


def _place(message: Message) -> dict[str, Any]:
    return {
        "conversation_id": message.conversation_id,
        "message_id": message.id,
        "seq": message.seq,
        "sender": message.sender,
        "agent_id": message.agent_id,
        "platform_message_id": message.platform_id,
        "client_msg_id": message.client_msg_id,
        "index": message.index,
        "late": message.late,
        "created_at": message.created_at,
        "status": message.status,
        "kind": message.kind,
        "ref": message.ref,
        "private": message.private,
        "scene": message.scene,
        "edited": message.edited,
    }
