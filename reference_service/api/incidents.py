"""Incidents and who is on call for them (INCIDENT-1, R9.4)."""

from typing import Annotated, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, number, read, signed_in
from reference_service.api.settings import reads, replaces
from reference_service.domain import incidents as domain
from reference_service.domain.emergency_scripts import SCRIPTS, EmergencyScript
from reference_service.domain.incidents import State
from reference_service.domain.on_call import OnCall, gaps, on_watch
from reference_service.domain.shelves import shelf
from reference_service.domain.world import ShopFloor

MOST: Final = 2**53 - 1
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class NewIncident(msgspec.Struct):
    """As openapi.yaml says."""

    scene: Annotated[str, msgspec.Meta(max_length=64)]
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class IncidentEnd(msgspec.Struct):
    """As openapi.yaml says."""

    outcome: Words


class Incident(msgspec.Struct):
    """As openapi.yaml says."""

    id: str
    state: State
    script: EmergencyScript
    note: str
    opened_at: float
    opened_by: str
    due_at: float
    told: list[str]
    acknowledged_at: float | None
    acknowledged_by: str | None
    breached_at: float | None
    resolved_at: float | None
    resolved_by: str | None
    outcome: str


class IncidentPage(msgspec.Struct):
    """As openapi.yaml says."""

    items: list[Incident]
    next: str | None


async def open_incident(request: Request) -> Response:
    """Anybody of the shop may."""
    engine, person = signed_in(request)
    new = await read(request, NewIncident)
    if new.scene not in SCRIPTS:
        raise Problem(422, "unknown_scene", "see GET /api/v1/emergency-scripts")
    changes = engine.begin()
    made = domain.open_incident(engine.world, floor_of(engine, person), new.scene, new.note, person, changes)
    await engine.keep(changes)
    return answer(view(made), 201)


async def list_incidents(request: Request) -> Response:
    """One page of the shop's, in order of opening."""
    engine, person = signed_in(request)
    after, limit = number(request, "after", 0, 0, MOST), number(request, "limit", 100, 1, 1000)
    found = [one for one in shelf(floor_of(engine, person), domain.Incident).values() if one.number > after]
    found.sort(key=lambda one: one.number)
    following = str(found[limit - 1].number) if len(found) > limit else None
    page = IncidentPage([view(one) for one in found[:limit]], following)
    await engine.settled()
    return answer(page)


async def get_incident(request: Request) -> Response:
    """One incident."""
    engine, person = signed_in(request)
    seen = view(_incident(floor_of(engine, person), request))
    await engine.settled()
    return answer(seen)


async def acknowledge(request: Request) -> Response:
    """Somebody on call cares."""
    engine, person = signed_in(request)
    floor = floor_of(engine, person)
    incident, changes = _incident(floor, request), engine.begin()
    domain.acknowledge(engine.world, floor, incident, person, changes)
    await engine.keep(changes)
    return answer(view(incident))


async def resolve(request: Request) -> Response:
    """It is over."""
    engine, person = signed_in(request)
    end = await read(request, IncidentEnd)
    floor = floor_of(engine, person)
    incident, changes = _incident(floor, request), engine.begin()
    domain.resolve(floor, incident, end.outcome, person, changes)
    await engine.keep(changes)
    return answer(view(incident))


def view(incident: domain.Incident) -> Incident:
    """An incident as openapi.yaml shows one."""
    return Incident(
        id=incident.id,
        state=incident.state,
        script=SCRIPTS[incident.scene],
        note=incident.note,
        opened_at=incident.opened_at,
        opened_by=incident.opened_by,
        due_at=incident.due_at,
        told=incident.told.split(","),
        acknowledged_at=incident.acked_at,
        acknowledged_by=incident.acked_by,
        breached_at=incident.breached_at,
        resolved_at=incident.resolved_at,
        resolved_by=incident.resolved_by,
        outcome=incident.outcome,
    )


def now(_: ShopFloor, on_call: OnCall, at: float) -> dict[str, object]:
    """Whose watch it is, and when nobody's."""
    return {"watching": on_watch(on_call, at), "gaps": gaps(on_call)}


def known(floor: ShopFloor, on_call: OnCall) -> None:
    """Raises Problem 422 for an id that is nobody's desk in this shop."""
    ids = {watch.person_id for watch in on_call.watches} | set(on_call.escalation)
    if strangers := sorted(ids - set(floor.desks)):
        raise Problem(422, "unknown_person", f"not an agent or supervisor of the shop: {', '.join(strangers)}")


def _incident(floor: ShopFloor, request: Request) -> domain.Incident:
    incident = shelf(floor, domain.Incident).get(request.path_params["incident_id"])
    if incident is None:
        raise Problem(404, "not_found")
    return incident


ROUTES = (
    Route("/api/v1/on-call", reads(OnCall, more=now)),
    Route("/api/v1/on-call", replaces(OnCall, check=known, more=now), methods=["PUT"]),
    Route("/api/v1/incidents", list_incidents),
    Route("/api/v1/incidents", open_incident, methods=["POST"]),
    Route("/api/v1/incidents/{incident_id}", get_incident),
    Route("/api/v1/incidents/{incident_id}/ack", acknowledge, methods=["POST"]),
    Route("/api/v1/incidents/{incident_id}/resolve", resolve, methods=["POST"]),
)
