"""Waiting: into the queue, up a tier as the wait grows or the customer becomes another, and who is told (ROUTE-4)."""

from typing import Final

from reference_service.domain import happenings, lifecycle, queueing
from reference_service.domain.changes import Changes
from reference_service.domain.configuring import setting
from reference_service.domain.customers import profile
from reference_service.domain.dispatches import QueuePosition
from reference_service.domain.dispatching import tell
from reference_service.domain.queueing import TIERS, Standing
from reference_service.domain.routing_rules import RoutingRules
from reference_service.domain.world import ShopFloor, Thread, World

CLOCK: Final = "wait"


def join(floor: ShopFloor, thread: Thread, changes: Changes) -> None:
    """Let a conversation wait from now on."""
    conversation = thread.conversation
    lifecycle.move(conversation, "queue")
    conversation.waits_since = floor.queue.free(changes.at)
    changes.keep(conversation)
    floor.queue.put(thread, standing(floor, thread, changes.at).tier)
    changes.tell(happenings.Queued(thread, floor.queue.position(thread)))
    _tell(floor, thread, changes)


def standing(floor: ShopFloor, thread: Thread, now: float) -> Standing:
    """In which tier a conversation waits by now, and when it rises."""
    since, age_s = thread.conversation.waits_since, setting(floor, RoutingRules).age_s
    return queueing.standing(begins(floor, thread), since, now, age_s)


def begins(floor: ShopFloor, thread: Thread) -> int:
    """The tier a conversation would begin to wait in now."""
    return queueing.begins(profile(floor, thread.known), thread.conversation.priority)


def queued(world: World, happened: happenings.Queued, changes: Changes) -> None:
    """Set the clock of a new wait."""
    _arrange(world, happened.thread, changes)


def labelled(world: World, happened: happenings.Labelled, changes: Changes) -> None:
    """Another priority may be another tier."""
    _arrange(world, happened.thread, changes)


def ordered(world: World, happened: happenings.OrderMoved, changes: Changes) -> None:
    """Who becomes a VIP while waiting waits among VIPs from that moment on (VIP-1)."""
    if happened.known is not None and happened.known.thread is not None:
        _arrange(world, happened.known.thread, changes)


def ruled(world: World, happened: happenings.SettingPut, changes: Changes) -> None:
    """Other rules hold for those who wait already, too."""
    if happened.shape is RoutingRules:
        for thread in list(happened.floor.queue):
            _arrange(world, thread, changes)


def strike(world: World, key: str, changes: Changes) -> None:
    """The clock of clockwork.py: a wait is long enough to rise, where it still lasts."""
    thread = world.threads.get(key)
    if thread is not None:
        _arrange(world, thread, changes)


def restore(world: World, now: float) -> None:
    """After a restart: the same order, and the clocks."""
    for floor in world.floors.values():
        for thread in floor.threads.values():
            if thread.conversation.state == "queued":
                tier, rises_at = standing(floor, thread, now)
                floor.queue.put(thread, tier)
                _set(world, thread, rises_at)


def _arrange(world: World, thread: Thread, changes: Changes) -> None:
    floor = world.floor_of(thread)
    if not floor.queue.has(thread):
        return
    tier, rises_at = standing(floor, thread, changes.at)
    _set(world, thread, rises_at)
    if tier != floor.queue.tier(thread):
        floor.queue.put(thread, tier)
        _tell(floor, thread, changes)


def _set(world: World, thread: Thread, rises_at: float | None) -> None:
    if rises_at is None:
        world.agenda.cancel(CLOCK, thread.conversation.id)
    else:
        world.agenda.set(CLOCK, thread.conversation.id, rises_at)


def _tell(floor: ShopFloor, thread: Thread, changes: Changes) -> None:
    queue = floor.queue
    event = QueuePosition(thread.conversation.id, queue.position(thread), len(queue), TIERS[queue.tier(thread)])
    for desk in floor.desks.values():
        if desk.devices:
            tell(desk, event, changes)
