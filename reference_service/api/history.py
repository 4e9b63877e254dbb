"""A conversation's past: what happened to it, and its replay for training (RECORD-1, R4.5)."""

from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.conversations import thread_of
from reference_service.api.messages import message_view
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, number, signed_in
from reference_service.bounds import MOST
from reference_service.domain.chronicle import Happened
from reference_service.domain.records import Message


class ConversationEvent(msgspec.Struct):
    """As openapi.yaml says."""

    n: int
    at: float
    seq: int
    kind: str
    actor: str
    detail: dict[str, Any]


class ConversationEvents(msgspec.Struct):
    """As openapi.yaml says."""

    items: list[ConversationEvent]
    next: int | None


async def events(request: Request) -> Response:
    """One page of what happened, by rising n."""
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    after, limit = number(request, "after", 0, 0, MOST), number(request, "limit", 100, 1, 1000)
    await engine.settled()
    rows = engine.reader.happened(thread.conversation.id, after, limit + 1)
    following = rows[limit - 1].n if len(rows) > limit else None
    return answer(ConversationEvents([view(row) for row in rows[:limit]], following))


async def replay(request: Request) -> Response:
    """One page of what was said and what happened, in one order, with the time since the beginning."""
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    seq, n = _place(request.query_params.get("after", "0.0"))
    limit, speed = number(request, "limit", 100, 1, 1000), number(request, "speed", 1, 1, 1000)
    await engine.settled()
    name, begins = thread.conversation.id, thread.conversation.opened_at
    messages = engine.reader.messages(name, seq, limit + 1)
    happened = engine.reader.happened(name, n, limit + 1)
    steps = in_order(messages, happened)
    items = [_item(step, begins, speed) for step in steps[:limit]]
    following = None
    if len(steps) > limit:
        said = [step.seq for step in steps[:limit] if isinstance(step, Message)]
        did = [step.n for step in steps[:limit] if isinstance(step, Happened)]
        following = f"{max(said, default=seq)}.{max(did, default=n)}"
    return answer({"conversation_id": name, "begins": begins, "speed": speed, "items": items, "next": following})


def in_order(messages: list[Message], happened: list[Happened]) -> list[Message | Happened]:
    """What was said and what happened, as one followed the other: a row names the newest message there was."""
    return sorted([*messages, *happened], key=lambda step: step.seq)  # stable: a message stands before its rows


def view(row: Happened) -> ConversationEvent:
    """A row as openapi.yaml shows one."""
    return ConversationEvent(row.n, row.at, row.seq, row.kind, row.actor, msgspec.json.decode(row.detail))


def _item(step: Message | Happened, begins: float, speed: int) -> dict[str, object]:
    at = step.created_at if isinstance(step, Message) else step.at
    when = {"at": at, "offset_s": at - begins, "play_at_s": (at - begins) / speed}
    return when | ({"message": message_view(step)} if isinstance(step, Message) else {"event": view(step)})


def _place(text: str) -> tuple[int, int]:
    seq, dot, n = text.partition(".")
    if not dot or not all(part.isascii() and part.isdecimal() and len(part) <= 16 for part in (seq, n)):
        raise Problem(422, "malformed", "after must be the `next` of the page before")
    return int(seq), int(n)


HERE: Final = "/api/v1/conversations/{conversation_id}"
ROUTES: Final = (Route(f"{HERE}/events", events), Route(f"{HERE}/replay", replay))
