"""Incidents: acknowledged within 15 minutes by who is on call, or breached and told to more (INCIDENT-1, R9.4).

The 15 minutes are the business's time, and its speed does not divide them.
"""

from typing import Final, Literal

from reference_service.domain import happenings
from reference_service.domain.changes import Changes
from reference_service.domain.configuring import setting
from reference_service.domain.dispatches import IncidentUpdated
from reference_service.domain.dispatching import tell
from reference_service.domain.emergency import Activation, deactivate
from reference_service.domain.on_call import OnCall, on_watch
from reference_service.domain.records import Person, Record
from reference_service.domain.refusal import Refusal
from reference_service.domain.shelves import put, shelf
from reference_service.domain.world import ShopFloor, World

CLOCK: Final = "incident"
RESPOND_S: Final = 15 * 60.0

State = Literal["open", "acknowledged", "resolved"]


class Incident(Record, kw_only=True):
    """One incident; `scene` is the id of its emergency script, `told` the ids of who was told, between commas."""

    id: str
    number: int
    shop_id: str
    scene: str
    note: str
    opened_at: float
    opened_by: str
    due_at: float
    told: str
    acked_at: float | None = None
    acked_by: str | None = None
    breached_at: float | None = None
    resolved_at: float | None = None
    resolved_by: str | None = None
    outcome: str = ""

    @property
    def state(self) -> State:
        """How far it is."""
        if self.resolved_at is not None:
            return "resolved"
        return "open" if self.acked_at is None else "acknowledged"


def open_incident(world: World, floor: ShopFloor, scene: str, note: str, by: Person, changes: Changes) -> Incident:
    """Open an incident of an emergency script's scene; whoever is on watch is told, the leads where nobody is."""
    number = world.next_number("incidents", changes)
    watching = _of_the_shop(world, floor, on_watch(setting(floor, OnCall), changes.at))
    incident = Incident(
        id=f"in{number}",
        number=number,
        shop_id=floor.shop.id,
        scene=scene,
        note=note,
        opened_at=changes.at,
        opened_by=by.id,
        due_at=changes.at + RESPOND_S,
        told=",".join(watching or _leads(world, floor)),
    )
    world.agenda.set(CLOCK, f"{floor.shop.id}/{incident.id}", incident.due_at)
    _changed(floor, incident, "opened", changes)
    return incident


def acknowledge(world: World, floor: ShopFloor, incident: Incident, by: Person, changes: Changes) -> None:
    """Somebody cares, and the clock ends; what was too late stays a breach. For who was told, and the shop's leads.

    Raises Refusal already_acknowledged, not_on_call.
    """
    if incident.acked_at is not None:
        raise Refusal("already_acknowledged")
    if by.role == "agent" and by.id not in incident.told.split(","):
        raise Refusal("not_on_call")
    breach(world, floor, incident, changes)
    incident.acked_at, incident.acked_by = changes.at, by.id
    _changed(floor, incident, "acknowledged", changes)


def resolve(floor: ShopFloor, incident: Incident, outcome: str, by: Person, changes: Changes) -> None:
    """It is over; the scripts that are on for it go off. For who acknowledged it, and the shop's leads.

    Raises Refusal already_resolved, not_acknowledged, not_on_call.
    """
    if incident.resolved_at is not None:
        raise Refusal("already_resolved")
    if incident.acked_at is None:
        raise Refusal("not_acknowledged")
    if by.role == "agent" and by.id != incident.acked_by:
        raise Refusal("not_on_call")
    incident.resolved_at, incident.resolved_by, incident.outcome = changes.at, by.id, outcome
    for activation in list(shelf(floor, Activation).values()):
        if activation.incident_id == incident.id:
            deactivate(floor, activation, changes)
    _changed(floor, incident, "resolved", changes)


def strike(world: World, key: str, changes: Changes) -> None:
    """The 15 minutes are over."""
    shop_id, _, incident_id = key.partition("/")
    floor = world.floors.get(shop_id)
    incident = shelf(floor, Incident).get(incident_id) if floor else None
    if floor and incident:
        breach(world, floor, incident, changes)


def breach(world: World, floor: ShopFloor, incident: Incident, changes: Changes) -> None:
    """Not acknowledged in time: recorded once as of its moment, and told to the escalation list and the leads, too."""
    if incident.acked_at is not None or incident.breached_at is not None or changes.at < incident.due_at:
        return
    incident.breached_at = incident.due_at
    more = _of_the_shop(world, floor, setting(floor, OnCall).escalation)
    incident.told = ",".join(dict.fromkeys([*incident.told.split(","), *more, *_leads(world, floor)]))
    _changed(floor, incident, "breached", changes)


def restore(world: World, floor: ShopFloor) -> None:
    """After a restart: the clocks of what nobody has acknowledged run on."""
    for incident in shelf(floor, Incident).values():
        if incident.state == "open" and incident.breached_at is None:
            world.agenda.set(CLOCK, f"{floor.shop.id}/{incident.id}", incident.due_at)


def _changed(floor: ShopFloor, incident: Incident, what: str, changes: Changes) -> None:
    put(floor, incident, changes)
    event = IncidentUpdated(
        incident.id, incident.scene, what, incident.state, incident.due_at, incident.breached_at is not None
    )
    for person_id in incident.told.split(","):
        desk = floor.desks.get(person_id)
        if desk is not None:
            tell(desk, event, changes)
    changes.tell(happenings.IncidentChanged(floor, incident, what))


def _leads(world: World, floor: ShopFloor) -> list[str]:
    return [one.id for one in world.people.values() if one.shop_id == floor.shop.id and one.role != "agent"]


def _of_the_shop(world: World, floor: ShopFloor, ids: tuple[str, ...] | list[str]) -> list[str]:
    people = (world.people.get(one) for one in ids)
    return [person.id for person in people if person and person.shop_id == floor.shop.id]
