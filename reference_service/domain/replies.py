"""An agent's reply: accepted once per client_msg_id, judged by the filter, put into the outbox (SEND-1, FILTER-1)."""

from typing import Literal, NamedTuple

from reference_service.domain import noting, outbox
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import message_event, tell
from reference_service.domain.events import Kind
from reference_service.domain.happenings import AgentReplied
from reference_service.domain.refusal import Refusal
from reference_service.domain.speaking import append
from reference_service.domain.world import Desk, Thread, World
from reference_service.filtering import judging

MAX_TEXT = 2000
Code = Literal["blocked", "not_found", "not_assignee", "client_msg_id_reused", "too_long"]


class Accepted(NamedTuple):
    """The reply is a message; `again` when it was so before."""

    client_msg_id: str
    message_id: str
    seq: int
    again: bool


class Refused(NamedTuple):
    """The reply is no message; `code` is the contract's."""

    code: Code


class Said(NamedTuple):
    """What a client_msg_id stands for: with any other it is refused (SEND-1)."""

    conversation_id: str
    text: str
    kind: str
    ref: str
    private: bool


def thread_for(world: World, desk: Desk, conversation_id: str) -> Thread | None:
    """A conversation of the agent's own shop (TENANT-1), else None."""
    thread = world.threads.get(conversation_id)
    return thread if thread and thread.conversation.shop_id == desk.person.shop_id else None


def reply(
    world: World,
    desk: Desk,
    conversation_id: str,
    text: str,
    client_msg_id: str,
    changes: Changes,
    kind: Kind = "text",
    ref: str = "",
) -> Accepted | Refused:
    """Accept a reply, or say why not. Whatever its kind, the customer gets its text; `ref` is for the shop's people."""
    said = Said(conversation_id, text, kind, ref, False)
    if (before := _before(desk, client_msg_id, said)) is not None:
        return before
    thread = thread_for(world, desk, conversation_id)
    if thread is None:
        return Refused("not_found")
    if thread.conversation.agent_id != desk.person.id:
        return Refused("not_assignee")
    if len(text) > MAX_TEXT:
        return Refused("too_long")
    judged = judging.check(world.floor_of(thread).words, text, "to_customer")
    if judged.text is None:
        return Refused("blocked")
    message = append(thread, "agent", desk.person.id, text, judged.text, client_msg_id, changes.at)
    message.kind, message.ref = kind, ref
    desk.sent[client_msg_id] = message
    outbox.enqueue(thread, message, changes)
    tell(desk, message_event(message), changes)
    changes.tell(AgentReplied(thread, message, desk))
    return Accepted(client_msg_id, message.id, message.seq, False)


def remark(
    world: World, desk: Desk, conversation_id: str, text: str, client_msg_id: str, changes: Changes
) -> Accepted | Refused:
    """Accept a private note, from whoever of the shop has a desk; it is never sent and answers nothing."""
    said = Said(conversation_id, text, "text", "", True)
    if (before := _before(desk, client_msg_id, said)) is not None:
        return before
    thread = thread_for(world, desk, conversation_id)
    if thread is None:
        return Refused("not_found")
    if len(text) > MAX_TEXT:
        return Refused("too_long")
    try:
        message = noting.note(world.floor_of(thread), thread, desk.person, text, client_msg_id, changes)
    except Refusal:
        return Refused("blocked")
    desk.sent[client_msg_id] = message
    return Accepted(client_msg_id, message.id, message.seq, False)


def _before(desk: Desk, client_msg_id: str, said: Said) -> Accepted | Refused | None:
    sent = desk.sent.get(client_msg_id)
    if sent is None:
        return None
    first = Said(sent.conversation_id, sent.first_text or sent.text, sent.kind, sent.ref, sent.private)
    return Accepted(client_msg_id, sent.id, sent.seq, True) if first == said else Refused("client_msg_id_reused")
