"""Private notes: messages among the people of a shop, never the customer's to see, and never a reply."""

from reference_service.domain import happenings
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import message_event, tell
from reference_service.domain.records import Message, Person
from reference_service.domain.refusal import Refusal
from reference_service.domain.speaking import append
from reference_service.domain.world import ShopFloor, Thread
from reference_service.filtering import judging


def note(
    floor: ShopFloor, thread: Thread, by: Person, text: str, client_msg_id: str | None, changes: Changes
) -> Message:
    """Add a note; its agent is told. Judged as what agents read. Raises Refusal blocked."""
    judged = judging.check(floor.words, text, "to_agent")
    if judged.text is None:
        raise Refusal("blocked")
    message = append(thread, "agent", by.id, text, judged.text, client_msg_id, changes.at)
    message.private, message.status = True, "received"
    changes.keep(message)
    desk = floor.desks.get(thread.conversation.agent_id or "")
    if desk is not None:
        tell(desk, message_event(message), changes)
    changes.tell(happenings.Noted(thread, message))
    return message
