"""An agent's reply: accepted once per client_msg_id, judged by the filter, put into the outbox (SEND-1, FILTER-1)."""

from typing import Literal, NamedTuple

from reference_service.domain import outbox
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import message_event, tell
from reference_service.domain.happenings import AgentReplied
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


def thread_for(world: World, desk: Desk, conversation_id: str) -> Thread | None:
    """A conversation of the agent's own shop (TENANT-1), else None."""
    thread = world.threads.get(conversation_id)
    return thread if thread and thread.conversation.shop_id == desk.person.shop_id else None


def reply(
    world: World, desk: Desk, conversation_id: str, text: str, client_msg_id: str, changes: Changes
) -> Accepted | Refused:
    """Accept a reply, or say why not."""
    if (sent := desk.sent.get(client_msg_id)) is not None:
        if sent.text != text or sent.conversation_id != conversation_id:
            return Refused("client_msg_id_reused")
        return Accepted(client_msg_id, sent.id, sent.seq, True)
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
    desk.sent[client_msg_id] = message
    outbox.enqueue(thread, message, changes)
    tell(desk, message_event(message), changes)
    changes.tell(AgentReplied(thread, message, desk))
    return Accepted(client_msg_id, message.id, message.seq, False)
