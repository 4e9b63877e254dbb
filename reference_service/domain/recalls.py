"""A message that was sent is taken back: its text is nobody's any more but the auditor's (GATEWAY-7, FILTER-5)."""

from reference_service.domain.changes import Changes
from reference_service.domain.dispatches import Recalled
from reference_service.domain.dispatching import tell
from reference_service.domain.happenings import MessageRecalled
from reference_service.domain.records import Message
from reference_service.domain.world import Thread, World


def take_back(world: World, thread: Thread, message: Message, changes: Changes) -> None:
    """Whoever took it back, on whichever side: its writer is told, and who has the conversation."""
    message.status, message.shown = "recalled", None
    changes.keep(message)
    event = Recalled(thread.conversation.id, message.id, message.seq, message.platform_id)
    for agent_id in dict.fromkeys((message.agent_id, thread.conversation.agent_id)):
        if agent_id and (desk := world.desk(agent_id)):
            tell(desk, event, changes)
    changes.tell(MessageRecalled(thread, message))
