"""POST /api/v1/douyin/im: the platform's events, answered only after they are durable (GATEWAY-1, GATEWAY-4)."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reference_service import signature
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, body_of, engine_of
from reference_service.domain import intake
from reference_service.domain.changes import Changes
from reference_service.domain.events import EventError, parse
from reference_service.shell.logs import log


class Challenge(msgspec.Struct):
    """The proof of a webhook URL: the number comes back as it came."""

    challenge: int | str | None


async def receive(request: Request) -> Response:
    """Signature over the raw bytes first, then meaning; 429 when too many wait for their commit."""
    engine = engine_of(request)
    body = await body_of(request, engine.settings.max_body)
    given = request.headers.get("x-douyin-signature", "")
    if not signature.verify_signature(engine.world.apps.values(), body, given):
        raise Problem(401, "bad_signature")
    if engine.inbox >= engine.settings.inbox:
        raise Problem(429, "overloaded", retry_after_s=1)
    try:
        envelope, content = parse(body)
    except EventError as error:
        raise Problem(422, "malformed", str(error)) from None
    if envelope.event == "verify_webhook":
        return answer(Challenge(content.challenge))
    engine.inbox += 1
    try:
        changes = Changes()
        taking = intake.take(engine.world, envelope, content, engine.clock.now(), changes)
        await engine.keep(changes)
    finally:
        engine.inbox -= 1
    if taking == "conflict":
        log("message_id_conflict", message=content.server_message_id)
    return Response(b"{}", media_type="application/json")
