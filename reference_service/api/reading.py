"""Read marks and typing of a conversation's agent, for clients without a WebSocket frame at hand."""

from typing import Annotated, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.conversations import MOST, thread_of
from reference_service.api.frames import Typed, write
from reference_service.api.requests import answer, desk_of, read, signed_in
from reference_service.domain import reading
from reference_service.domain.refusal import Refusal
from reference_service.shell.hub import whisper


class ReadMark(msgspec.Struct):
    """As openapi.yaml says."""

    seq: Annotated[int, msgspec.Meta(ge=0, le=MOST)]


class Marked(msgspec.Struct):
    """As openapi.yaml says."""

    conversation_id: str
    seq: int
    unread: int


async def mark(request: Request) -> Response:
    """Its agent has read up to a seq."""
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    wanted = await read(request, ReadMark)
    changes = engine.begin()
    reading.mark(thread, desk_of(engine, person), wanted.seq, changes)
    marked = Marked(thread.conversation.id, thread.conversation.read_to, reading.unread(thread))
    await engine.keep(changes)
    return answer(marked)


async def typing(request: Request) -> Response:
    """Its agent types."""
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    if thread.conversation.agent_id != person.id:
        raise Refusal("not_assignee")
    whisper(engine.hub, person.id, write(Typed(thread.conversation.id)))
    return Response(status_code=204)


HERE: Final = "/api/v1/conversations/{conversation_id}"
ROUTES: Final = (
    Route(f"{HERE}/read", mark, methods=["POST"]),
    Route(f"{HERE}/typing", typing, methods=["POST"]),
)
