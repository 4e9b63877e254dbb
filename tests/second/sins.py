"""What the service can be made to do wrong, one way each: real misbehaving servers for a suite's own messages.

Each replaces one function of the service; the service itself knows nothing of it.
"""

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any, Final

from aiohttp import web

from tests.second import devices, doors, state
from tests.second.service import Handler, Service
from tests.second.state import Conversation, Json, Message, Person

Tell = Callable[[Person, str, Json], None]
SLOW_S: Final = 3.0
HELD_S: Final = 0.5
sins: dict[str, Callable[[Service], None]] = {}


def sin(commit: Callable[[Service], None]) -> Callable[[Service], None]:
    """List it under its name."""
    sins[commit.__name__] = commit
    return commit


@sin
def loses_one_in_ten(_: Service) -> None:
    """Every tenth message of a customer is told to nobody."""
    tell, number = Person.tell, count(1)

    def lose(person: Person, t: str, d: Json) -> None:
        if not (_customers(t, d) and next(number) % 10 == 0):
            tell(person, t, d)

    _patch(Person, "tell", lose)


@sin
def delivers_twice(_: Service) -> None:
    """Each message of a customer is told twice."""
    tell = Person.tell

    def twice(person: Person, t: str, d: Json) -> None:
        tell(person, t, d)
        if _customers(t, d):
            tell(person, t, d)

    _patch(Person, "tell", twice)


@sin
def swaps_order(_: Service) -> None:
    """Of two messages of a customer the second is told first."""
    tell, held = Person.tell, dict[str, Json]()

    def flush(person: Person, conversation: str) -> None:
        if (d := held.pop(conversation, None)) is not None:
            tell(person, "message.created", d)

    def swap(person: Person, t: str, d: Json) -> None:
        if not _customers(t, d):
            tell(person, t, d)
        elif d["conversation_id"] in held:
            tell(person, t, d)
            flush(person, d["conversation_id"])
        else:
            held[d["conversation_id"]] = d
            asyncio.get_running_loop().call_later(HELD_S, flush, person, d["conversation_id"])

    _patch(Person, "tell", swap)


@sin
def forgets_on_resume(_: Service) -> None:
    """What a device missed is passed over, and said to have been nothing."""
    resume = devices.Talk.resume

    def forget(talk: devices.Talk, person: Person, d: Json) -> devices.Line | None:
        return resume(talk, person, d | {"s": max(int(d["s"]), len(person.log))})

    _patch(devices.Talk, "resume", forget)


@sin
def hangs(service: Service) -> None:
    """Connections are accepted and never answered."""

    async def hang(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    _instead(service, hang)


@sin
def rubbish(service: Service) -> None:
    """Every answer is a friendly page."""

    async def page(_: web.Request) -> web.StreamResponse:
        return web.Response(text="<html><body>Welcome to nginx!</body></html>", content_type="text/html")

    _instead(service, page)


@sin
def refuses_login(_: Service) -> None:
    """No password is the right one."""

    async def refuse(*_: Any) -> Json:
        raise state.Refused("wrong_login")

    _patch(doors.Doors, "login", refuse)


@sin
def slow_ack(_: Service) -> None:
    """A push is taken at once and acknowledged late."""
    take = doors.Doors.receiveDouyinEvent

    async def late(self: doors.Doors, call: doors.Call) -> Json:
        answer = await take(self, call)
        await asyncio.sleep(SLOW_S)
        return answer

    _patch(doors.Doors, "receiveDouyinEvent", late)


@sin
def unsigned_ok(_: Service) -> None:
    """No signature is looked at."""
    _patch(Service, "admit", lambda *_: None)


@sin
def wrong_shape(_: Service) -> None:
    """Conversations and messages are shown without what openapi.yaml requires."""
    for shown, required in ((Conversation, "unread"), (Message, "edited")):
        _patch(shown, "view", _without(shown.view, required))


def _without(view: Callable[[Any], Json], name: str) -> Callable[[Any], Json]:
    def less(shown: Any) -> Json:
        return {each: value for each, value in view(shown).items() if each != name}

    return less


def _customers(t: str, d: Json) -> bool:
    return t == "message.created" and d["sender"] == "customer"


def _patch(where: type, name: str, what: Callable[..., Any]) -> None:
    setattr(where, name, what)  # for the life of this process


def _instead(service: Service, instead: Handler) -> None:
    @web.middleware
    async def refuse_to_serve(request: web.Request, handler: Handler) -> web.StreamResponse:  # noqa: ARG001
        return await instead(request)

    service.app.middlewares.insert(0, refuse_to_serve)
