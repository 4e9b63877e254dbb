"""An agent's shifts: weekly hours in China's time; outside them they count as away, whatever they say (R1.3)."""

from functools import lru_cache
from typing import Final

import msgspec

from reference_service.domain import assigning
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import availability_event, tell
from reference_service.domain.happenings import AvailabilitySet
from reference_service.domain.hours import BusinessHours, Day, next_closing, next_opening, open_at
from reference_service.domain.records import Person
from reference_service.domain.world import Desk, World

CLOCK: Final = "shift"


class Shifts(BusinessHours, frozen=True):
    """The plan of a week, and what replaces it on some dates; without any span there are no shifts."""

    monday: Day = ()
    tuesday: Day = ()
    wednesday: Day = ()
    thursday: Day = ()
    friday: Day = ()
    saturday: Day = ()
    sunday: Day = ()

    def none(self) -> bool:
        """Whether nothing is planned: the agent's own word alone counts."""
        return not any((*self.week(), *self.exceptions.values()))


def plan(person: Person) -> Shifts:
    """The shifts of a person."""
    return _read(person.shifts)


def on(person: Person, at: float) -> bool:
    """Whether they are on shift at a moment, Unix seconds: a start belongs to a shift, an end does not."""
    planned = plan(person)
    return planned.none() or open_at(planned, at)


def next_change(person: Person, at: float) -> float | None:
    """When they go or come next, Unix seconds; None where they never do."""
    planned = plan(person)
    if planned.none():
        return None
    return next_closing(planned, at) if open_at(planned, at) else next_opening(planned, at)


def put(world: World, desk: Desk, planned: Shifts, changes: Changes) -> None:
    """Replace an agent's shifts, in force at once."""
    desk.person.shifts = "" if planned.none() else msgspec.json.encode(planned).decode()
    changes.keep(desk.person)
    _turn(world, desk, changes)


def strike(world: World, key: str, changes: Changes) -> None:
    """The clock of clockwork.py: a shift begins or ends."""
    desk = world.desk(key)
    if desk is not None:
        _turn(world, desk, changes)


def restore(world: World, now: float) -> None:
    """After a restart: who is on shift, and the clocks."""
    for floor in world.floors.values():
        for desk in floor.desks.values():
            desk.on_shift = on(desk.person, now)
            _set(world, desk, now)


def _turn(world: World, desk: Desk, changes: Changes) -> None:
    was, desk.on_shift = desk.on_shift, on(desk.person, changes.at)
    _set(world, desk, changes.at)
    if was != desk.on_shift:
        tell(desk, availability_event(desk), changes)
        changes.tell(AvailabilitySet(desk, desk.availability()))
        assigning.let_queue_in(world.floors[desk.person.shop_id], changes)


def _set(world: World, desk: Desk, now: float) -> None:
    at = next_change(desk.person, now)
    if at is None:
        world.agenda.cancel(CLOCK, desk.person.id)
    else:
        world.agenda.set(CLOCK, desk.person.id, at)


@lru_cache(maxsize=4096)
def _read(text: str) -> Shifts:
    return msgspec.json.decode(text, type=Shifts) if text else Shifts()
