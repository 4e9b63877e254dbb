"""The dispatch log: one dense, durable sequence of events per agent, the same for every device (asyncapi.yaml)."""

from typing import Any

import msgspec

from reference_service.domain.changes import Changes, Dispatched
from reference_service.domain.dispatches import (
    TYPES,
    AgentAvailability,
    Blocked,
    Changed,
    Created,
    Customer,
    Edited,
    Payload,
    Updated,
)
from reference_service.domain.records import Conversation, Logged, Message
from reference_service.domain.world import Desk, Thread

_encode = msgspec.json.Encoder().encode
_tags = msgspec.json.Decoder(list[str])


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
