"""The messages of a conversation: pages, replies and notes, and what their writer may still do to them."""

from typing import Annotated, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.conversations import MOST, thread_of
from reference_service.api.frames import Ref, SendData
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, desk_of, number, read, signed_in
from reference_service.domain import amending, replies
from reference_service.domain.changes import Changes
from reference_service.domain.events import Kind
from reference_service.domain.records import Message
from reference_service.domain.refusal import Refusal
from reference_service.domain.replies import Code
from reference_service.domain.world import Desk, World
from reference_service.platforms import RECALLS

STATUS: dict[Code, int] = {
    "blocked": 422,
    "too_long": 422,
    "not_found": 404,
    "not_assignee": 409,
    "client_msg_id_reused": 409,
}


class NewReply(msgspec.Struct):
    """As openapi.yaml says; the length of the text is the domain's to refuse."""

    client_msg_id: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    text: Annotated[str, msgspec.Meta(min_length=1)]
    kind: Kind = "text"
    ref: Ref = ""
    private: bool = False


class Edit(msgspec.Struct):
    """As openapi.yaml says; the length of the text is the domain's to refuse."""

    text: Annotated[str, msgspec.Meta(min_length=1)]


class Recall(msgspec.Struct):
    """As openapi.yaml says."""

    seq: Annotated[int, msgspec.Meta(ge=1, le=MOST)]


async def list_messages(request: Request) -> Response:
    """One page of a conversation's messages, as agents may see them (FILTER-5)."""
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    after, limit = number(request, "after", 0, 0, MOST), number(request, "limit", 100, 1, 1000)
    order = request.query_params.get("order", "seq")
    if order not in ("seq", "index"):
        raise Problem(422, "malformed", "order must be seq or index")
    await engine.settled()
    page = (engine.reader.messages if order == "seq" else engine.reader.by_place)(
        thread.conversation.id, after, limit + 1
    )
    if page is None:
        raise Refusal("bad_seq", "after must be the `next` of the page before")
    following = page[limit - 1].seq if len(page) > limit else None
    return answer({"items": [message_view(message) for message in page[:limit]], "next": following})


async def reply(request: Request) -> Response:
    """Accept a reply or a private note of an agent."""
    engine, person = signed_in(request)
    new = await read(request, NewReply)
    conversation_id = request.path_params["conversation_id"]
    changes = engine.begin()
    result = said(engine.world, desk_of(engine, person), conversation_id, new, changes)
    if isinstance(result, replies.Refused):
        raise Problem(STATUS[result.code], result.code)
    await engine.keep(changes)
    told = {"client_msg_id": result.client_msg_id, "message_id": result.message_id, "seq": result.seq}
    return answer(told, 200 if result.again else 201)


def said(
    world: World, desk: Desk, conversation_id: str, new: NewReply | SendData, changes: Changes
) -> replies.Accepted | replies.Refused:
    """A reply or a note, whichever way it came."""
    if new.private:
        return replies.remark(world, desk, conversation_id, new.text, new.client_msg_id, changes)
    return replies.reply(world, desk, conversation_id, new.text, new.client_msg_id, changes, new.kind, new.ref)


async def edit(request: Request) -> Response:
    """Put another text in the place of one's own, before it has left."""
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    wanted = await read(request, Edit)
    text = request.path_params["seq"]
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        raise Problem(404, "not_found", "no such message")
    changes = engine.begin()
    message = amending.edit(engine.world, thread, int(text), wanted.text, person, changes)
    seen = message_view(message)
    await engine.keep(changes)
    return answer(seen)


async def recall(request: Request) -> Response:
    """Take one's own message back; 202 where the platform is asked to, and what it says is told later."""
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    wanted = await read(request, Recall)
    can = engine.world.floor_of(thread).shop.platform in RECALLS
    changes = engine.begin()
    message = amending.recall(engine.world, thread, wanted.seq, person, can, changes)
    seen = message_view(message)
    await engine.keep(changes)
    return answer(seen, 200 if message.status == "recalled" else 202)


def message_view(message: Message) -> dict[str, object]:
    """A message as openapi.yaml shows one: what was blocked or recalled has no text here either."""
    return {
        "conversation_id": message.conversation_id,
        "message_id": message.id,
        "seq": message.seq,
        "sender": message.sender,
        "agent_id": message.agent_id,
        "platform_message_id": message.platform_id,
        "client_msg_id": message.client_msg_id,
        "text": message.shown,
        "masked": message.masked,
        "blocked": message.shown is None and message.status != "recalled",
        "index": message.index,
        "late": message.late,
        "status": message.status,
        "created_at": message.created_at,
        "kind": message.kind,
        "ref": message.ref,
        "private": message.private,
        "scene": message.scene,
        "edited": message.edited,
    }


HERE: Final = "/api/v1/conversations/{conversation_id}"
ROUTES: Final = (
    Route(f"{HERE}/messages", list_messages),
    Route(f"{HERE}/messages", reply, methods=["POST"]),
    Route(f"{HERE}/messages/{{seq}}", edit, methods=["PATCH"]),
    Route(f"{HERE}/recall", recall, methods=["POST"]),
)
