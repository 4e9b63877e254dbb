"""How long messages are kept: the setting, legal holds, and the purge at once (RETAIN-1)."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.conversations import thread_of
from reference_service.api.jobs import alone
from reference_service.api.requests import answer, engine_of, read, signed_in
from reference_service.api.settings import reads, replaces
from reference_service.domain.retention import JOB, Retention


class LegalHold(msgspec.Struct):
    """As openapi.yaml says."""

    held: bool


class Purged(msgspec.Struct):
    """As openapi.yaml says."""

    conversations: int
    messages: int
    log_events: int
    customers: int
    orders: int
    outbound_events: int


async def get_hold(request: Request) -> Response:
    """Whether a conversation is under legal hold."""
    engine, person = signed_in(request)
    held = thread_of(engine.world, person, request).conversation.legal_hold
    await engine.settled()
    return answer(LegalHold(held))


async def put_hold(request: Request) -> Response:
    """Put a conversation under legal hold, or release it."""
    engine, person = signed_in(request)
    wanted = await read(request, LegalHold)
    conversation = thread_of(engine.world, person, request).conversation
    changes = engine.begin()
    conversation.legal_hold = wanted.held
    changes.keep(conversation)
    await engine.keep(changes)
    return answer(wanted)


async def run(request: Request) -> Response:
    """Purge now what is old enough."""
    purged = await alone(engine_of(request), JOB)
    return answer(Purged(*purged))


ROUTES = (
    Route("/api/v1/retention", reads(Retention)),
    Route("/api/v1/retention", replaces(Retention), methods=["PUT"]),
    Route("/api/v1/retention/run", run, methods=["POST"]),
    Route("/api/v1/conversations/{conversation_id}/legal-hold", get_hold),
    Route("/api/v1/conversations/{conversation_id}/legal-hold", put_hold, methods=["PUT"]),
)
