"""How far the people of a shop have read a conversation, and what is unread: one mark for whoever has it (SYNC-2)."""

from reference_service.domain.changes import Changes
from reference_service.domain.dispatches import AgentRead
from reference_service.domain.dispatching import tell
from reference_service.domain.happenings import AgentRead as Marked
from reference_service.domain.refusal import Refusal
from reference_service.domain.world import Desk, Thread


def mark(thread: Thread, desk: Desk, seq: int, changes: Changes) -> None:
    """Its agent has read up to a seq; a mark never goes back. Raises Refusal not_assignee, bad_seq."""
    conversation = thread.conversation
    if conversation.agent_id != desk.person.id:
        raise Refusal("not_assignee")
    if seq > thread.seq:
        raise Refusal("bad_seq", f"the newest is {thread.seq}")
    if seq <= conversation.read_to:
        return
    conversation.read_to = seq
    changes.keep(conversation)
    tell(desk, AgentRead(conversation.id, seq, unread(thread)), changes)
    changes.tell(Marked(thread, desk, seq))


def unread(thread: Thread) -> int:
    """The customer's messages of this visit after the mark, blocked and recalled ones too; none once it is resolved."""
    conversation = thread.conversation
    if conversation.state == "resolved":
        return 0
    return sum(message.sender == "customer" and message.seq > conversation.read_to for message in thread.visit)
