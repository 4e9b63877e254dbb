"""Emergency scripts: read, switched on and off (INCIDENT-1, R9.5)."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, read, signed_in
from reference_service.domain import emergency
from reference_service.domain.emergency_scripts import SCRIPTS, EmergencyScript
from reference_service.domain.incidents import Incident
from reference_service.domain.shelves import shelf
from reference_service.domain.world import ShopFloor
from reference_service.filtering import judging


class NewActivation(msgspec.Struct):
    """As openapi.yaml says."""

    for_s: Annotated[float, msgspec.Meta(gt=0, le=30 * 86400)] = 24 * 3600.0
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] | None = None
    incident_id: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class Activation(msgspec.Struct):
    """As openapi.yaml says."""

    text: str
    incident_id: str | None
    by: str
    at: float
    until: float


class ShopScript(msgspec.Struct):
    """As openapi.yaml says."""

    script: EmergencyScript
    active: Activation | None


class ShopScripts(msgspec.Struct):
    """As openapi.yaml says."""

    items: list[ShopScript]


async def list_scripts(request: Request) -> Response:
    """Every scene, and what is on."""
    engine, person = signed_in(request)
    floor = floor_of(engine, person)
    seen = ShopScripts([view(floor, script) for script in SCRIPTS.values()])
    await engine.settled()
    return answer(seen)


async def activate(request: Request) -> Response:
    """Switch a script on, with the shop's own words where given."""
    engine, person = signed_in(request)
    new = await read(request, NewActivation)
    floor, script = floor_of(engine, person), _script(request)
    text = script.text if new.text is None else new.text
    if judging.check(floor.words, text, "to_customer").text is None:
        raise Problem(422, "blocked", "the shop's own filter would not let it pass")
    incident = shelf(floor, Incident).get(new.incident_id or "")
    if new.incident_id and incident is None:
        raise Problem(404, "not_found", "no such incident")
    if incident is not None and incident.state == "resolved":
        raise Problem(409, "already_resolved")
    changes = engine.begin()
    until = changes.at + new.for_s
    emergency.activate(engine.world, floor, script, text, until, new.incident_id or "", person.id, changes)
    await engine.keep(changes)
    return answer(view(floor, script))


async def deactivate(request: Request) -> Response:
    """Switch a script off."""
    engine, person = signed_in(request)
    floor, script = floor_of(engine, person), _script(request)
    activation = shelf(floor, emergency.Activation).get(script.id)
    if activation is None:
        raise Problem(409, "not_active")
    changes = engine.begin()
    emergency.deactivate(floor, activation, changes)
    await engine.keep(changes)
    return answer(view(floor, script))


def view(floor: ShopFloor, script: EmergencyScript) -> ShopScript:
    """A script and whether it is on, as openapi.yaml shows them."""
    on = shelf(floor, emergency.Activation).get(script.id)
    return ShopScript(script, Activation(on.text, on.incident_id or None, on.by, on.at, on.until) if on else None)


def _script(request: Request) -> EmergencyScript:
    script = SCRIPTS.get(request.path_params["script_id"])
    if script is None:
        raise Problem(404, "not_found")
    return script


ROUTES = (
    Route("/api/v1/emergency-scripts", list_scripts),
    Route("/api/v1/emergency-scripts/{script_id}/activate", activate, methods=["POST"]),
    Route("/api/v1/emergency-scripts/{script_id}/deactivate", deactivate, methods=["POST"]),
)
