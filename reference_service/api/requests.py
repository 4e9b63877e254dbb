"""What every handler does first: the engine, the body within its bounds, the caller and the caller's right."""

from typing import TypeVar

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from reference_service import tokens
from reference_service.api.problems import Problem
from reference_service.domain.records import Person
from reference_service.domain.world import Desk, ShopFloor
from reference_service.shell.engine import Engine

T = TypeVar("T")


def engine_of(connection: HTTPConnection) -> Engine:
    """The running engine; 503 before it has recovered and once storage failed."""
    engine: Engine | None = getattr(connection.app.state, "engine", None)
    if engine is None or not engine.ready:
        raise Problem(503, "not_ready", retry_after_s=1)
    return engine


async def body_of(request: Request, limit: int) -> bytes:
    """The whole body. Raises Problem 413 above the limit, whether or not its length was declared."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limit:
        raise Problem(413, "too_large", f"at most {limit} bytes")
    pieces, size, more = [], 0, True
    while more:
        event = await request.receive()
        if event["type"] == "http.disconnect":
            raise Problem(400, "disconnected")
        piece = event.get("body", b"")
        size += len(piece)
        if size > limit:
            raise Problem(413, "too_large", f"at most {limit} bytes")
        pieces.append(piece)
        more = event.get("more_body", False)
    _still_known(request)
    return b"".join(pieces)


def _still_known(request: Request) -> None:
    """Raises Problem 401 where the caller was removed or signed out while the body was on its way."""
    person: Person | None = request.scope.get("person")
    if person and (engine_of(request).world.people.get(person.id), person.epoch) != (person, request.scope["epoch"]):
        raise Problem(401, "token_needed", "sign in again")


async def read(request: Request, shape: type[T], limit: int | None = None) -> T:
    """The JSON body in this shape. Raises Problem 413 or 422."""
    return decode(await body_of(request, limit or engine_of(request).settings.max_body), shape)


def decode(body: bytes, shape: type[T]) -> T:
    """A JSON body in this shape. Raises Problem 422."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, "malformed", str(error)) from None


def answer(content: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def bearer(connection: HTTPConnection) -> str:
    """The bearer token of a request, "" without one."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def operator(request: Request) -> Engine:
    """The engine, for whoever holds the operator key. Raises Problem 401, and 429 for who keeps guessing."""
    engine = engine_of(request)
    if not tokens.same(bearer(request), engine.settings.operator_key):
        limit(engine, "peer_failures", peer_of(request))
        raise Problem(401, "operator_key_needed")
    return engine


def peer_of(request: Request) -> str:
    """The address a request came from; behind a proxy the proxy's."""
    return request.client.host if request.client else ""


def limit(engine: Engine, name: str, key: str) -> None:
    """Count a request against a limit. Raises Problem 429."""
    if wait := engine.limits.take(name, key, engine.clock.real()):
        raise Problem(429, "too_many_requests", retry_after_s=wait)


def identify(engine: Engine, token: str, use: str = "access") -> tuple[Person, float] | None:
    """Whose genuine token this is, of this use and not over, and until when it lasts (Unix seconds)."""
    claims = tokens.read(engine.key, token, use, engine.clock.real())
    person = engine.world.people.get(claims.person) if claims else None
    if claims is None or person is None or person.disabled or claims.epoch != person.epoch:
        return None
    return person, claims.until


def signed_in(request: Request) -> tuple[Engine, Person]:
    """The engine and the caller, whom access.py has let in. Raises KeyError where its row names no person."""
    person: Person = request.scope["person"]
    return engine_of(request), person


def leads(person: Person) -> bool:
    """Whether a person may decide about others' daily work: administrators and supervisors do."""
    return person.role != "agent"


def floor_of(engine: Engine, person: Person) -> ShopFloor:
    """The caller's shop floor."""
    return engine.world.floors[person.shop_id]


def desk_of(engine: Engine, person: Person) -> Desk:
    """The desk of a caller who is an agent or supervisor."""
    return engine.world.floors[person.shop_id].desks[person.id]


def words(request: Request, name: str, most: int) -> str:
    """A text of the query, "" without one. Raises Problem 422 where it is longer."""
    text: str = request.query_params.get(name, "")
    if len(text) > most:
        raise Problem(422, "malformed", f"{name} has at most {most} characters")
    return text


def number(request: Request, name: str, default: int, low: int, high: int) -> int:
    """A whole number of the query. Raises Problem 422."""
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) <= 16 and low <= int(text) <= high):
        raise Problem(422, "malformed", f"{name} must be a whole number from {low} to {high}")
    return int(text)
