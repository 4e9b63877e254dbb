"""Automatic messages: what the service itself says in a conversation, for every scene and for the bot (AUTO-1)."""

from reference_service.domain import outbox
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import message_event, tell
from reference_service.domain.happenings import BotSpoke
from reference_service.domain.records import Message, Sender
from reference_service.domain.world import Thread, World
from reference_service.filtering import judging


def say(world: World, thread: Thread, text: str, scene: str, changes: Changes) -> Message | None:
    """Send an automatic message to the customer; its agent sees it too. None where the shop's own filter forbids it."""
    judged = judging.check(world.floor_of(thread).words, text, "to_customer")
    if judged.text is None:
        return None
    message = append(thread, "bot", None, text, judged.text, None, changes.at)
    message.scene = scene
    outbox.enqueue(thread, message, changes)
    desk = world.desk(thread.conversation.agent_id or "")
    if desk is not None:
        tell(desk, message_event(message), changes)
    changes.tell(BotSpoke(thread, message))
    return message


def append(
    thread: Thread, sender: Sender, agent_id: str | None, text: str, shown: str, client_msg_id: str | None, now: float
) -> Message:
    """The next message of a conversation from our side, not yet kept."""
    thread.seq += 1
    message = Message(
        conversation_id=thread.conversation.id,
        seq=thread.seq,
        sender=sender,
        agent_id=agent_id,
        platform_id=None,
        client_msg_id=client_msg_id,
        text=text,
        shown=shown,
        masked=shown != text,
        index=None,
        late=False,
        status="pending",
        created_at=now,
    )
    thread.visit.append(message)
    return message
