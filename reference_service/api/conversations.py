"""Conversations: lists, one, its end; and the sync page of an agent's dispatch log."""

from collections.abc import Iterable
from itertools import islice
from typing import get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, desk_of, floor_of, leads, number, signed_in, words
from reference_service.domain import assigning
from reference_service.domain.dispatching import customer_of, customer_read, snoozed_until, tags_of
from reference_service.domain.reading import unread
from reference_service.domain.records import Person, Priority, State
from reference_service.domain.world import ShopFloor, Thread, World
from reference_service.shell.engine import Engine

MOST = 2**53 - 1


class Heads(msgspec.Struct):
    """As openapi.yaml says."""

    heads: dict[str, int]
    next: str | None


async def list_conversations(request: Request) -> Response:
    """One page of what the caller may see, in order of creation."""
    engine, _ = signed_in(request)
    page, following = _page(request)
    items = [view(thread) for thread in page]
    await engine.settled()
    return answer({"items": items, "next": following})


async def heads(request: Request) -> Response:
    """The newest seq of each conversation that the caller may see: what a device compares with its own."""
    engine, _ = signed_in(request)
    page, following = _page(request)
    newest = {thread.conversation.id: thread.seq for thread in page}
    await engine.settled()
    return answer(Heads(newest, following))


def visible(floor: ShopFloor, person: Person) -> Iterable[Thread]:
    """What a person sees in lists, in order of creation: an agent their own, who leads the shop's daily work all."""
    if leads(person):
        return floor.threads.values()
    desk = floor.desks[person.id]
    return sorted((*desk.held.values(), *desk.snoozed.values()), key=lambda thread: thread.conversation.number)


def _page(request: Request) -> tuple[list[Thread], str | None]:
    engine, person = signed_in(request)
    after, limit = number(request, "after", 0, 0, MOST), number(request, "limit", 100, 1, 1000)
    state = _one_of(request, "state", get_args(State))
    priority = _one_of(request, "priority", get_args(Priority))
    unseen = _one_of(request, "unread", ("true", "false"))
    agent = words(request, "agent", 64)
    found = (
        thread
        for thread in visible(floor_of(engine, person), person)
        if thread.conversation.number > after
        and state in ("", thread.conversation.state)
        and priority in ("", thread.conversation.priority)
        and agent in ("", thread.conversation.agent_id)
        and (not unseen or (unread(thread) > 0) == (unseen == "true"))
    )
    page = list(islice(found, limit + 1))
    return page[:limit], str(page[limit - 1].conversation.number) if len(page) > limit else None


def _one_of(request: Request, name: str, words: tuple[str, ...]) -> str:
    given = request.query_params.get(name, "")
    if given and given not in words:
        raise Problem(422, "malformed", f"{name} must be one of {', '.join(words)}")
    return given


async def get_conversation(request: Request) -> Response:
    """One conversation of the caller's shop."""
    engine, person = signed_in(request)
    seen = view(thread_of(engine.world, person, request))
    await engine.settled()
    return answer(seen)


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
        "customer_read": customer_read(conversation),
        "customer": customer_of(thread),
        "seq": thread.seq,
        "opened_at": conversation.opened_at,
    }


def thread_of(world: World, person: Person, request: Request) -> Thread:
    """The conversation a request names. Raises Problem 404."""
    thread = world.threads.get(request.path_params["conversation_id"])
    if thread is None or thread.conversation.shop_id != person.shop_id:
        raise Problem(404, "not_found")  # another shop's looks like none (TENANT-1)
    return thread
