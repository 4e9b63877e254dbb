"""What an agent is told, as data: one Struct an event of asyncapi.yaml, and its type's name."""

import msgspec

from reference_service.domain.grades import Grade
from reference_service.domain.queueing import Tier
from reference_service.domain.records import Priority, State


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
