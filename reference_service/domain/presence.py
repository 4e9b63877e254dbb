"""Agents come and go: devices, availability, and what happens to conversations when nobody is left (ROUTE-6)."""

from reference_service.domain import assigning
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import availability_event, tell
from reference_service.domain.happenings import AvailabilitySet, Came
from reference_service.domain.records import Availability
from reference_service.domain.world import Desk, World


def device_on(world: World, desk: Desk, device: str, changes: Changes) -> None:
    """A device is connected; with it an agent may become able, and the queue moves."""
    if not desk.devices:
        changes.tell(Came(desk))
    desk.devices.add(device)
    desk.gone_since = None
    assigning.let_queue_in(world.floors[desk.person.shop_id], changes)


def device_off(desk: Desk, device: str, now: float) -> None:
    """A device's connection ended; the conversations stay for the resume window."""
    desk.devices.discard(device)
    desk.left[device] = now
    if not desk.devices:
        desk.gone_since = now


def set_availability(world: World, desk: Desk, to: Availability, changes: Changes) -> None:
    """online lets the queue in, away keeps what is held, offline hands everything on."""
    if desk.person.availability == to:
        return
    desk.person.availability = to
    changes.keep(desk.person)
    tell(desk, availability_event(desk), changes)
    changes.tell(AvailabilitySet(desk, to))
    floor = world.floors[desk.person.shop_id]
    if to == "offline":
        assigning.hand_on(floor, desk, "offline", changes)
    assigning.let_queue_in(floor, changes)


def gone(world: World, now: float, window_s: float) -> list[Desk]:
    """The agents who hold conversations and have had no device for longer than the window."""
    return [
        desk
        for floor in world.floors.values()
        for desk in floor.desks.values()
        if desk.held and desk.gone_since is not None and now - desk.gone_since > window_s
    ]


def resumable(world: World, desk: Desk, device: str, s: int, now: float, window_s: float) -> bool:
    """Whether a device may go on where it was: known places only, and not past the window (SYNC-1).

    A device that was connected when the service died is counted as cut at its recovery.
    """
    if s > desk.s:
        return False
    return device in desk.devices or now - desk.left.get(device, world.recovered_at) <= window_s
