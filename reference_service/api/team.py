"""The agents of a shop: list, add, availability."""

import secrets
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reference_service import tokens
from reference_service.api.operator import Name
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, read, signed_in
from reference_service.domain import presence, routing, shops
from reference_service.domain.records import Availability, Level
from reference_service.domain.world import Desk


class NewAgent(msgspec.Struct):
    """As openapi.yaml says."""

    name: Name
    level: Level = "regular"
    capacity: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    certified: bool = False


class NewAvailability(msgspec.Struct):
    """As openapi.yaml says."""

    availability: Availability


async def list_agents(request: Request) -> Response:
    """The agents of the administrator's shop."""
    engine, person = signed_in(request, "admin")
    items = [view(desk) for desk in floor_of(engine, person).desks.values()]
    await engine.settled()
    return answer({"items": items})


async def create_agent(request: Request) -> Response:
    """Add an agent; the password is told once."""
    engine, person = signed_in(request, "admin")
    new = await read(request, NewAgent)
    password = secrets.token_urlsafe(18)
    seal = tokens.password_seal(engine.key, password)
    changes = engine.begin()
    desk = shops.add_agent(
        engine.world, person.shop_id, new.name, new.level, new.capacity, new.certified, seal, changes
    )
    await engine.keep(changes)
    return answer(view(desk) | {"password": password}, 201)


async def set_availability(request: Request) -> Response:
    """Set an agent's availability: the agent, or the shop's administrator."""
    engine, person = signed_in(request)
    desk = floor_of(engine, person).desks.get(request.path_params["agent_id"])
    if desk is None:
        raise Problem(404, "not_found")
    if person.role == "agent" and person.id != desk.person.id:
        raise Problem(403, "wrong_role", "only the agent or an administrator")
    new = await read(request, NewAvailability)
    changes = engine.begin()
    presence.set_availability(engine.world, desk, new.availability, changes)
    await engine.keep(changes)
    return answer(view(desk))


def view(desk: Desk) -> dict[str, object]:
    """An agent as openapi.yaml shows one."""
    person = desk.person
    return {
        "id": person.id,
        "name": person.name,
        "login": person.login,
        "level": person.level,
        "capacity": person.capacity,
        "certified": person.certified,
        "availability": person.availability,
        "online": routing.is_present(desk),
        "load": len(desk.held),
    }
