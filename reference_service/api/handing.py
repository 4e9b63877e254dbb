"""Who has a conversation and in which state: assign, transfer, snooze, reopen, priority and tags."""

from typing import Annotated, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.conversations import has, thread_of, view
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, leads, read, signed_in
from reference_service.bounds import Moment, Version
from reference_service.domain import handing, labelling, snoozing, visits
from reference_service.domain.changes import Changes
from reference_service.domain.reactions import settle
from reference_service.domain.records import Person, Priority
from reference_service.domain.world import Desk, Thread
from reference_service.shell.engine import Engine

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class ConversationPatch(msgspec.Struct):
    """As openapi.yaml says."""

    version: Version
    priority: Priority | msgspec.UnsetType = msgspec.UNSET
    tags: Annotated[list[Tag], msgspec.Meta(max_length=20)] | msgspec.UnsetType = msgspec.UNSET


class Assignment(msgspec.Struct):
    """As openapi.yaml says."""

    agent_id: Name
    version: Version


class Transfer(msgspec.Struct):
    """As openapi.yaml says."""

    agent_id: Name | None = None
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    version: Version | None = None


class Snooze(msgspec.Struct):
    """As openapi.yaml says."""

    until: Moment


async def patch(request: Request) -> Response:
    """Change priority or tags."""
    engine, person, thread = _of_caller(request)
    wanted = await read(request, ConversationPatch)
    _still(thread, person)
    handing.expect(thread, wanted.version)
    changes = engine.begin()
    priority = thread.conversation.priority if wanted.priority is msgspec.UNSET else wanted.priority
    tags = None if wanted.tags is msgspec.UNSET else wanted.tags
    labelling.label(engine.world, thread, priority, tags, person, changes)
    return await _done(engine, thread, changes)


async def assign(request: Request) -> Response:
    """Give a conversation to an agent: 409 for whoever lost a race by its version."""
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    wanted = await read(request, Assignment)
    handing.expect(thread, wanted.version)
    changes = engine.begin()
    floor = engine.world.floor_of(thread)
    handing.give(floor, thread, _colleague(engine, person, wanted.agent_id), person, changes)
    return await _done(engine, thread, changes)


async def transfer(request: Request) -> Response:
    """Hand on what one has, to a colleague or to the queue."""
    engine, person, thread = _of_caller(request)
    wanted = await read(request, Transfer)
    _still(thread, person)
    handing.expect(thread, wanted.version)
    desk = _colleague(engine, person, wanted.agent_id) if wanted.agent_id else None
    changes = engine.begin()
    handing.transfer(engine.world.floor_of(thread), thread, desk, wanted.note, person, changes)
    return await _done(engine, thread, changes)


async def snooze(request: Request) -> Response:
    """Lay it aside until a time."""
    engine, person, thread = _of_caller(request)
    wanted = await read(request, Snooze)
    _still(thread, person)
    changes = engine.begin()
    snoozing.snooze(engine.world, thread, wanted.until, person, changes)
    return await _done(engine, thread, changes)


async def reopen(request: Request) -> Response:
    """Begin another visit, or end a snooze: an agent has it then."""
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    if thread.conversation.state == "snoozed":
        _still(thread, person)
    desk = None if leads(person) else engine.world.desk(person.id)
    changes = engine.begin()
    visits.reopen(engine.world, thread, desk, person, changes)
    return await _done(engine, thread, changes)


HERE: Final = "/api/v1/conversations/{conversation_id}"
ROUTES: Final = (
    Route(HERE, patch, methods=["PATCH"]),
    Route(f"{HERE}/assign", assign, methods=["POST"]),
    Route(f"{HERE}/transfer", transfer, methods=["POST"]),
    Route(f"{HERE}/snooze", snooze, methods=["POST"]),
    Route(f"{HERE}/reopen", reopen, methods=["POST"]),
)


def _of_caller(request: Request) -> tuple[Engine, Person, Thread]:
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    _still(thread, person)
    return engine, person, thread


def _still(thread: Thread, person: Person) -> None:
    # Looked at again once the body has been read: it may have gone on meanwhile.
    if not has(thread, person):
        raise Problem(409, "not_assignee")


def _colleague(engine: Engine, person: Person, agent_id: str) -> Desk:
    desk = engine.world.floors[person.shop_id].desks.get(agent_id)
    if desk is None:
        raise Problem(404, "not_found", "no such agent")
    return desk


async def _done(engine: Engine, thread: Thread, changes: Changes) -> Response:
    settle(engine.world, changes)
    seen = view(thread)
    await engine.keep(changes)
    return answer(seen)
