"""Reading and replacing a shop's setting: the same two handlers for every shape of domain/configuring.py."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, body_of, decode, floor_of, signed_in
from reference_service.bounds import Version
from reference_service.domain import configuring
from reference_service.domain.world import ShopFloor

S = TypeVar("S", bound=msgspec.Struct)
Handler = Callable[[Request], Awaitable[Response]]
More = Callable[[ShopFloor, S, float], dict[str, object]]  # what follows from a setting now, shown beside it


Check = Callable[[ShopFloor, S], None]


def nothing(_: ShopFloor, __: msgspec.Struct, ___: float) -> dict[str, object]:
    """A setting that says all itself."""
    return {}


def anything(_: ShopFloor, __: msgspec.Struct) -> None:
    """A setting whose shape is all that can be wrong."""


class Versioned(msgspec.Struct):
    """`version`, where given, is the one being replaced."""

    version: Version | None = None


def reads(shape: type[S], *, more: More[S] = nothing) -> Handler:
    """GET: the setting in force and its version; 0 is the default."""

    async def get(request: Request) -> Response:
        engine, person = signed_in(request)
        floor = floor_of(engine, person)
        value = configuring.setting(floor, shape)
        seen = _view(value, configuring.version(floor, shape)) | more(floor, value, engine.clock.now())
        await engine.settled()
        return answer(seen)

    return get


def replaces(shape: type[S], *, check: Check[S] = anything, more: More[S] = nothing) -> Handler:
    """PUT: the whole setting; 409 where `version` is no longer the one in force. `check` raises Problem."""

    async def put(request: Request) -> Response:
        engine, person = signed_in(request)
        body = await body_of(request, engine.settings.max_body)
        value, wanted = decode(body, shape), decode(body, Versioned).version
        floor = floor_of(engine, person)
        current = configuring.version(floor, shape)
        if wanted not in (None, current):
            raise Problem(409, "version_is_old", f"the current version is {current}")
        check(floor, value)
        changes = engine.begin()
        number = configuring.put(floor, value, changes)
        await engine.keep(changes)
        return answer(_view(value, number) | more(floor, value, changes.at))

    return put


def _view(value: msgspec.Struct, version: int) -> dict[str, object]:
    return {"version": version, **msgspec.structs.asdict(value)}
