"""Conversations and their messages, and the sync page of an agent's dispatch log."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, desk_of, floor_of, leads, number, read, signed_in
from reference_service.domain import assigning, replies
from reference_service.domain.dispatching import customer_of, snoozed_until, tags_of
from reference_service.domain.reading import unread
from reference_service.domain.records import Message, Person
from reference_service.domain.replies import Code
from reference_service.domain.world import Thread, World
from reference_service.shell.engine import Engine

MOST = 2**53 - 1
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


async def list_conversations(request: Request) -> Response:
    """One page of what the caller may see, in order of creation."""
    engine, person = signed_in(request)
    state = request.query_params.get("state", "")
    if state not in ("", "bot", "queued", "open", "snoozed", "resolved"):
        raise Problem(422, "malformed", "state must be bot, queued, open, snoozed or resolved")
    after, limit = number(request, "after", 0, 0, MOST), number(request, "limit", 100, 1, 1000)
    threads = [
        thread
        for thread in floor_of(engine, person).threads.values()
        if thread.conversation.number > after
        and state in ("", thread.conversation.state)
        and (leads(person) or thread.conversation.agent_id == person.id)
    ]
    page = threads[:limit]
    items = [view(thread) for thread in page]
    following = str(page[-1].conversation.number) if len(threads) > limit else None
    await engine.settled()
    return answer({"items": items, "next": following})


async def get_conversation(request: Request) -> Response:
    """One conversation of the caller's shop."""
    engine, person = signed_in(request)
    seen = view(thread_of(engine.world, person, request))
    await engine.settled()
    return answer(seen)


async def list_messages(request: Request) -> Response:
    """One page of a conversation's messages, as agents may see them (FILTER-5)."""
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    after, limit = number(request, "after", 0, 0, MOST), number(request, "limit", 100, 1, 1000)
    await engine.settled()
    page = engine.reader.messages(thread.conversation.id, after, limit + 1)
    following = page[limit - 1].seq if len(page) > limit else None
    return answer({"items": [message_view(message) for message in page[:limit]], "next": following})


async def reply(request: Request) -> Response:
    """Accept a reply of an agent."""
    engine, person = signed_in(request)
    new = await read(request, NewReply)
    conversation_id = request.path_params["conversation_id"]
    changes = engine.begin()
    result = replies.reply(
        engine.world,
        desk_of(engine, person),
        conversation_id,
        new.text,
        new.client_msg_id,
        changes,
    )
    if isinstance(result, replies.Refused):
        raise Problem(STATUS[result.code], result.code)
    await engine.keep(changes)
    told = {"client_msg_id": result.client_msg_id, "message_id": result.message_id, "seq": result.seq}
    return answer(told, 200 if result.again else 201)


async def resolve(request: Request) -> Response:
    """Finish a visit: its agent, or who leads the shop's daily work."""
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    if not may_resolve(thread, person):
        raise Problem(409, "not_assignee")
    await resolve_thread(engine, thread, person)
    return answer(view(thread))


def may_resolve(thread: Thread, person: Person) -> bool:
    """Of agents the one who has it may, or anybody where it is resolved already."""
    return thread.conversation.state == "resolved" or has(thread, person)


def has(thread: Thread, person: Person) -> bool:
    """Whether a person decides about a conversation: its agent does, and who leads the shop's daily work."""
    return leads(person) or thread.conversation.agent_id == person.id


async def resolve_thread(engine: Engine, thread: Thread, by: Person) -> None:
    """Resolve and wait until that is durable."""
    changes = engine.begin()
    assigning.resolve(engine.world.floor_of(thread), thread, by.role, changes, by.id)
    await engine.keep(changes)


async def sync(request: Request) -> Response:
    """A page of the calling agent's dispatch log; `limited` where events of purged messages are missing (RETAIN-1)."""
    engine, person = signed_in(request)
    since, limit = number(request, "since", 0, 0, MOST), number(request, "limit", 100, 1, 1000)
    head = desk_of(engine, person).s
    await engine.settled()
    log = engine.reader.log(person.id, since, limit)
    events = [{"s": entry.s, "t": entry.t, "d": msgspec.Raw(entry.d.encode())} for entry in log]
    following = log[-1].s if log else max(since, head)
    limited = following - since > len(log)
    return answer({"events": events, "next": following, "head": max(head, following), "limited": limited})


def view(thread: Thread) -> dict[str, object]:
    """A conversation as openapi.yaml shows one."""
    conversation = thread.conversation
    return {
        "id": conversation.id,
        "state": conversation.state,
        "agent_id": conversation.agent_id,
        "last_agent_id": conversation.last_agent_id or None,
        "version": conversation.version,
        "priority": conversation.priority,
        "tags": tags_of(conversation),
        "snoozed_until": snoozed_until(conversation),
        "visit_from": conversation.visit_from,
        "read_to": conversation.read_to,
        "unread": unread(thread),
        "customer": customer_of(thread),
        "seq": thread.seq,
        "opened_at": conversation.opened_at,
    }


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


def thread_of(world: World, person: Person, request: Request) -> Thread:
    """The conversation a request names. Raises Problem 404."""
    thread = world.threads.get(request.path_params["conversation_id"])
    if thread is None or thread.conversation.shop_id != person.shop_id:
        raise Problem(404, "not_found")  # another shop's looks like none (TENANT-1)
    return thread
