"""The agents and supervisors of a shop: list, add, availability, another password."""

import secrets
from typing import Annotated, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reference_service import tokens
from reference_service.api.auth import another_password
from reference_service.api.operator import Name
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, read, signed_in
from reference_service.domain import presence, routing, shops
from reference_service.domain.records import Availability, Level, Person
from reference_service.domain.world import Desk
from reference_service.shell.engine import Engine


class NewAgent(msgspec.Struct):
    """As openapi.yaml says."""

    name: Name
    role: Literal["agent", "supervisor"] = "agent"
    level: Level = "regular"
    capacity: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    certified: bool = False
    spare: bool = False


class NewAvailability(msgspec.Struct):
    """As openapi.yaml says."""

    availability: Availability


async def list_agents(request: Request) -> Response:
    """The agents and supervisors of the caller's shop."""
    engine, person = signed_in(request)
    items = [view(desk) for desk in floor_of(engine, person).desks.values()]
    await engine.settled()
    return answer({"items": items})


async def create_agent(request: Request) -> Response:
    """Add an agent; the password is told once."""
    engine, person = signed_in(request)
    new = await read(request, NewAgent)
    password = secrets.token_urlsafe(18)
    seal = tokens.password_seal(engine.key, password)
    changes = engine.begin()
    desk = shops.add_agent(
        engine.world,
        person.shop_id,
        new.name,
        new.level,
        new.capacity,
        new.certified,
        seal,
        changes,
        new.role,
        new.spare,
    )
    await engine.keep(changes)
    return answer(view(desk) | {"password": password}, 201)


async def set_availability(request: Request) -> Response:
    """Set an agent's availability: the agent, or the shop's administrator or supervisor."""
    engine, person = signed_in(request)
    desk = desk_named(engine, person, request)
    if person.role == "agent" and person.id != desk.person.id:
        raise Problem(403, "wrong_role", "only the agent, a supervisor or an administrator")
    new = await read(request, NewAvailability)
    changes = engine.begin()
    presence.set_availability(engine.world, desk, new.availability, changes)
    await engine.keep(changes)
    return answer(view(desk))


async def rotate_agent(request: Request) -> Response:
    """Give an agent another password, told once; whoever was signed in with the old one is out."""
    engine, person = signed_in(request)
    desk = desk_named(engine, person, request)
    return answer({"password": await another_password(engine, desk.person)})


def desk_named(engine: Engine, person: Person, request: Request) -> Desk:
    """The desk of the path, of the caller's shop. Raises Problem 404."""
    desk = floor_of(engine, person).desks.get(request.path_params["agent_id"])
    if desk is None:
        raise Problem(404, "not_found")
    return desk


def view(desk: Desk) -> dict[str, object]:
    """An agent as openapi.yaml shows one."""
    person = desk.person
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "login": person.login,
        "level": person.level,
        "capacity": person.capacity,
        "certified": person.certified,
        "availability": desk.availability(),
        "on_shift": desk.on_shift,
        "spare": person.spare,
        "disabled": person.disabled,
        "online": routing.is_present(desk),
        "load": len(desk.held),
    }
