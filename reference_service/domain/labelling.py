"""Priority and tags of a conversation: set by people, told to its agent."""

from collections.abc import Sequence

import msgspec

from reference_service.domain import happenings
from reference_service.domain.changes import Changes
from reference_service.domain.customers import Known
from reference_service.domain.dispatching import changed, tell
from reference_service.domain.records import Person, Priority
from reference_service.domain.world import Thread, World


def label(
    world: World, thread: Thread, priority: Priority, tags: Sequence[str] | None, by: Person, changes: Changes
) -> None:
    """Set them; None leaves the tags. What is so already changes nothing, the version included."""
    conversation = thread.conversation
    text = conversation.tags if tags is None else msgspec.json.encode(list(dict.fromkeys(tags))).decode()
    if (priority, text) == (conversation.priority, conversation.tags):
        return
    conversation.priority, conversation.tags = priority, text
    conversation.version += 1
    changes.keep(conversation)
    desk = world.desk(conversation.agent_id or "")
    if desk is not None:
        tell(desk, changed(thread), changes)
    changes.tell(happenings.Labelled(thread, by.id))


def order_moved(world: World, moved: happenings.OrderMoved, changes: Changes) -> None:
    """What an order makes of its customer is shown to whoever has the conversation."""
    _show(world, moved.known, changes)


def described(world: World, what: happenings.CustomerDescribed, changes: Changes) -> None:
    """As order_moved, for what people wrote."""
    _show(world, what.known, changes)


def _show(world: World, known: Known | None, changes: Changes) -> None:
    thread = known.thread if known else None
    desk = world.desk(thread.conversation.agent_id or "") if thread else None
    if thread is not None and desk is not None:
        tell(desk, changed(thread), changes)
