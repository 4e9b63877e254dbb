"""Signing in: login, refresh, another password (AUTH-1)."""

import secrets
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reference_service import tokens
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, engine_of, identify, peer_of, read, signed_in
from reference_service.domain import shops
from reference_service.domain.records import Person
from reference_service.shell.engine import Engine
from reference_service.shell.logs import log


class Login(msgspec.Struct):
    """As openapi.yaml says."""

    login: Annotated[str, msgspec.Meta(max_length=256)]
    password: Annotated[str, msgspec.Meta(max_length=256)]


class Refresh(msgspec.Struct):
    """As openapi.yaml says."""

    refresh_token: Annotated[str, msgspec.Meta(max_length=1024)]


class Rotate(msgspec.Struct):
    """As openapi.yaml says."""

    password: Annotated[str, msgspec.Meta(max_length=256)]


async def login(request: Request) -> Response:
    """Tokens for a login and its password; who is unknown, wrong or disabled look alike."""
    engine = engine_of(request)
    given = await read(request, Login)
    person = engine.world.by_login.get(given.login)
    if not _proven(engine, request, given.login, given.password, person) or person is None:
        raise Problem(401, "wrong_login")
    return _tokens(engine, person)


async def refresh(request: Request) -> Response:
    """New tokens for a refresh token."""
    engine = engine_of(request)
    given = await read(request, Refresh)
    known = identify(engine, given.refresh_token, "refresh")
    if known is None:
        raise Problem(401, "token_needed", "sign in again")
    return _tokens(engine, known[0])


async def rotate(request: Request) -> Response:
    """Another password for the caller, who must know the present one; every token of theirs ends, this one too."""
    engine, person = signed_in(request)
    given = await read(request, Rotate)
    if not _proven(engine, request, person.login, given.password, person):
        raise Problem(422, "wrong_password")
    return answer({"password": await another_password(engine, person)})


async def another_password(engine: Engine, person: Person) -> str:
    """Give somebody a new password, durably, and return it; it is told this once."""
    password = secrets.token_urlsafe(18)
    changes = engine.begin()
    shops.rotate(person, tokens.password_seal(engine.key, password), changes)
    await engine.keep(changes)
    log("password_rotated", person=person.id)
    return password


def _proven(engine: Engine, request: Request, login: str, password: str, person: Person | None) -> bool:
    now, peer, limits = engine.clock.real(), peer_of(request), engine.limits
    if wait := max(limits.wait("login_failures", login, now), limits.wait("peer_failures", peer, now)):
        raise Problem(429, "too_many_failures", "wait before the next attempt", retry_after_s=wait)
    seal = tokens.password_seal(engine.key, password)
    right = tokens.same(seal, person.seal if person else "0" * len(seal))  # the same work for a login nobody has
    proven = right and person is not None and not person.disabled
    if not proven:
        limits.take("login_failures", login, now)
        limits.take("peer_failures", peer, now)
    return proven


def _tokens(engine: Engine, person: Person) -> Response:
    now, settings = engine.clock.real(), engine.settings
    access = tokens.Claims("access", person.id, now + settings.access_ttl_s, epoch=person.epoch)
    renewal = tokens.Claims("refresh", person.id, now + settings.refresh_ttl_s, epoch=person.epoch)
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
