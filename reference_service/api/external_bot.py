"""The shop's AI agent: where it is; its secret is never shown again (R10.1)."""

import base64
import binascii

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, body_of, decode, floor_of, signed_in
from reference_service.api.settings import Versioned, reads
from reference_service.domain import addresses, configuring
from reference_service.domain.external_bot import ExternalBot
from reference_service.domain.world import ShopFloor

PATH = "/api/v1/external-bot"


def hidden(_: ShopFloor, __: ExternalBot, ___: float) -> dict[str, object]:
    """What is shown in place of the secret."""
    return {"secret": ""}


async def put(request: Request) -> Response:
    """Replace the setting: an address that the operator allows, with a secret, or no address."""
    engine, person = signed_in(request)
    body = await body_of(request, engine.settings.max_body)
    value, wanted = decode(body, ExternalBot), decode(body, Versioned).version
    floor = floor_of(engine, person)
    current = configuring.version(floor, ExternalBot)
    if wanted not in (None, current):
        raise Problem(409, "version_is_old", f"the current version is {current}")
    if value.url and (why := addresses.refusal(value.url, engine.settings.hosts)):
        raise Problem(422, "bad_address", why)
    if value.url and not _is_secret(value.secret):
        raise Problem(422, "bad_secret", "whsec_ and 24 to 64 bytes in base64")
    changes = engine.begin()
    number = configuring.put(floor, value, changes)
    await engine.keep(changes)
    return answer({"version": number, **msgspec.structs.asdict(value), **hidden(floor, value, changes.at)})


def _is_secret(text: str) -> bool:
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return False
    return text.startswith("whsec_") and 24 <= len(key) <= 64


ROUTES = (
    Route(PATH, reads(ExternalBot, more=hidden)),
    Route(PATH, put, methods=["PUT"]),
)
