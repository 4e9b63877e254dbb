"""Laying a conversation aside until a time, or until its customer writes (ROUTE-1, ROUTE-2).

It keeps its agent and is no load. When it wakes its agent has it again where able and with room; otherwise it goes the
way of a new one: to whom the rules choose, or into the queue.
"""

from typing import Final

from reference_service.domain import assigning, handing, happenings, lifecycle, routing
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import changed, tell
from reference_service.domain.records import Person
from reference_service.domain.refusal import Refusal
from reference_service.domain.world import Thread, World

CLOCK: Final = "snooze"
LONGEST_S: Final = 30 * 86400.0


def snooze(world: World, thread: Thread, until: float, by: Person, changes: Changes) -> None:
    """Lay an open conversation aside, or change when it wakes. Raises Refusal wrong_state, bad_time."""
    conversation = thread.conversation
    lifecycle.check(conversation, "snooze")
    if not changes.at < until <= changes.at + LONGEST_S:
        raise Refusal("bad_time", "in the future, by 30 days at most")
    floor = world.floor_of(thread)
    desk = floor.desks[conversation.agent_id or ""]
    desk.held.pop(conversation.id, None)
    desk.snoozed[conversation.id] = thread
    lifecycle.move(conversation, "snooze", desk.person.id)
    conversation.snoozed_until = until
    world.agenda.set(CLOCK, conversation.id, until)
    changes.keep(conversation)
    tell(desk, changed(thread), changes)
    changes.tell(happenings.Snoozed(thread, desk, until, by.id))
    assigning.let_queue_in(floor, changes)


def wake(world: World, thread: Thread, changes: Changes) -> None:
    """End a snooze, because its time has come or its customer writes."""
    conversation, floor = thread.conversation, world.floor_of(thread)
    world.agenda.cancel(CLOCK, conversation.id)
    desk = floor.desks.get(conversation.agent_id or "")
    changes.tell(happenings.Woke(thread))
    if desk is not None and routing.is_present(desk) and routing.has_room(desk):
        desk.held[conversation.id] = desk.snoozed.pop(conversation.id)
        lifecycle.move(conversation, "wake", desk.person.id)
        changes.keep(conversation)
        tell(desk, changed(thread), changes)
    else:
        handing.pass_on(floor, thread, None, "woke", "", changes)


def strike(world: World, key: str, changes: Changes) -> None:
    """The clock of clockwork.py: a snooze's time has come."""
    thread = world.threads.get(key)
    if thread is not None and thread.conversation.state == "snoozed":
        wake(world, thread, changes)


def restore(world: World) -> None:
    """After a restart: set the clocks of what is snoozed."""
    for thread in world.threads.values():
        if thread.conversation.state == "snoozed":
            world.agenda.set(CLOCK, thread.conversation.id, thread.conversation.snoozed_until)
