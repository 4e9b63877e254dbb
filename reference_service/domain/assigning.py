"""A conversation's way to an agent, to the queue, on to another agent, and to its resolution (ROUTE-1)."""

from typing import Final, Literal

from reference_service.domain import happenings, lifecycle, routing, waiting
from reference_service.domain.changes import Changes
from reference_service.domain.dispatches import Assigned, Recalled, Resolved, Transferred
from reference_service.domain.dispatching import (
    customer_of,
    customer_read,
    edited,
    message_event,
    tags_of,
    tell,
    updated,
)
from reference_service.domain.records import Told
from reference_service.domain.world import Desk, ShopFloor, Thread

SETTLED: Final = ("sent", "failed", "in_doubt")


def route(floor: ShopFloor, thread: Thread, reason: str, changes: Changes, but: Desk | None = None) -> None:
    """Give a conversation that has no agent to one, or let it wait in its shop's queue.

    `but` does not get it now; once it waits they may.
    """
    # Whoever waits already goes first; with somebody able nobody waits, so this order costs nothing.
    desk = None if floor.queue else routing.pick(floor, thread, but)
    if desk is None:
        waiting.join(floor, thread, changes)
    else:
        assign(thread, desk, reason, changes)


def assign(thread: Thread, desk: Desk, reason: str, changes: Changes, by: str = "") -> None:
    """Hand a conversation to an agent, with those messages of the visit the agent was never told.

    `by` is the person who wanted it so, "" where the rules did.
    """
    conversation = thread.conversation
    lifecycle.move(conversation, "assign", desk.person.id)
    conversation.assigned_at = changes.at
    desk.held[conversation.id] = thread
    changes.keep(conversation)
    known = thread.told.get(desk.person.id, 0)
    event = Assigned(
        conversation_id=conversation.id,
        agent_id=desk.person.id,
        capacity=desk.person.capacity,
        load=len(desk.held),
        customer=customer_of(thread),
        reason=reason,
        seq=thread.seq,
        version=conversation.version,
        priority=conversation.priority,
        tags=tags_of(conversation),
        visit_from=conversation.visit_from,
        told_to=known,
        read_to=conversation.read_to,
        customer_read=customer_read(conversation),
    )
    tell(desk, event, changes)
    for message in thread.visit:
        if message.seq > known:
            tell(desk, message_event(message), changes)
        if message.status == "recalled":
            tell(desk, Recalled(conversation.id, message.id, message.seq, message.platform_id), changes)
        elif message.seq <= known and message.status in SETTLED and message.agent_id != desk.person.id:
            # They know it, but not what became of it meanwhile; of their own replies they are told in any case.
            tell(desk, updated(message, ""), changes)
        if message.seq <= known and message.edited and message.agent_id != desk.person.id:
            tell(desk, edited(message), changes)
    changes.tell(happenings.Assigned(thread, desk, reason, by))


def let_queue_in(floor: ShopFloor, changes: Changes) -> None:
    """Whoever stands first, as long as somebody is able (ROUTE-4): able for one is able for all, by the last rule."""
    while (thread := floor.queue.head()) and (desk := routing.pick(floor, thread)):
        floor.queue.remove(thread)
        assign(thread, desk, "queue", changes)


def hand_on(floor: ShopFloor, desk: Desk, reason: Literal["offline", "gone"], changes: Changes) -> None:
    """Reassign each open conversation of an agent who is gone, once: VIPs first, else as they were taken (ROUTE-6).

    Snoozed ones stay theirs: where such a one goes is decided when it wakes.
    """
    for thread in sorted(desk.held.values(), key=lambda thread: waiting.begins(floor, thread)):
        withdraw(floor, thread, reason, changes)
        route(floor, thread, "reassigned", changes)
        conversation = thread.conversation
        tell(desk, Transferred(conversation.id, desk.person.id, conversation.agent_id, reason), changes)
    changes.tell(happenings.Went(desk, reason))


def resolve(floor: ShopFloor, thread: Thread, reason: str, changes: Changes, by: str = "") -> None:
    """Finish the visit; what its agent no longer holds makes room for the queue."""
    conversation = thread.conversation
    if conversation.state == "resolved":
        return
    desk = withdraw(floor, thread, reason, changes)
    lifecycle.move(conversation, "resolve")
    if desk is not None:
        tell(desk, Resolved(conversation.id, desk.person.id), changes)
    changes.keep(conversation)
    changes.tell(happenings.Resolved(thread, desk, reason, by))
    let_queue_in(floor, changes)


def withdraw(floor: ShopFloor, thread: Thread, reason: str, changes: Changes) -> Desk | None:
    """Take a conversation from its agent, who is returned, or out of the queue; the next move must follow at once."""
    conversation = thread.conversation
    if conversation.state == "queued":
        floor.queue.remove(thread)
    desk = floor.desks.get(conversation.agent_id or "")
    if desk is None:
        return None
    (desk.held if conversation.state == "open" else desk.snoozed).pop(conversation.id)
    conversation.last_agent_id, conversation.agent_id = desk.person.id, None
    thread.told[desk.person.id] = thread.seq
    changes.keep(Told(conversation_id=conversation.id, agent_id=desk.person.id, seq=thread.seq))
    changes.tell(happenings.Released(thread, desk, reason))
    return desk
