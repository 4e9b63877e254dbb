"""Signing in: login and refresh (AUTH-1)."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reference_service import tokens
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, engine_of, person_of, read
from reference_service.domain.records import Person
from reference_service.shell.engine import Engine


class Login(msgspec.Struct):
    """As openapi.yaml says."""

    login: Annotated[str, msgspec.Meta(max_length=256)]
    password: Annotated[str, msgspec.Meta(max_length=256)]


class Refresh(msgspec.Struct):
    """As openapi.yaml says."""

    refresh_token: Annotated[str, msgspec.Meta(max_length=1024)]


async def login(request: Request) -> Response:
    """Tokens for a login and its password; who is unknown and who is wrong look alike."""
    engine = engine_of(request)
    given = await read(request, Login)
    person = engine.world.by_login.get(given.login)
    seal = tokens.password_seal(engine.key, given.password)
    if not tokens.same(seal, person.seal if person else "") or person is None:
        raise Problem(401, "wrong_login")
    return _tokens(engine, person)


async def refresh(request: Request) -> Response:
    """New tokens for a refresh token."""
    engine = engine_of(request)
    given = await read(request, Refresh)
    person = person_of(engine, given.refresh_token, "refresh")
    if person is None:
        raise Problem(401, "token_needed", "sign in again")
    return _tokens(engine, person)


def _tokens(engine: Engine, person: Person) -> Response:
    now, settings = engine.clock.real(), engine.settings
    access = tokens.Claims("access", person.id, now + settings.access_ttl_s)
    renewal = tokens.Claims("refresh", person.id, now + settings.refresh_ttl_s)
    return answer(
        {
            "access_token": tokens.issue(engine.key, access),
            "refresh_token": tokens.issue(engine.key, renewal),
            "expires_in": settings.access_ttl_s,
            "role": person.role,
            "id": person.id,
            "shop_id": person.shop_id,
        }
    )
