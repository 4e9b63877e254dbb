"""Webhooks of a shop: where its other systems hear of what happens, and what did not reach them (EVENTS-1, R10.2)."""

import base64
import secrets
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, number, read, signed_in
from reference_service.bounds import MOST, Id
from reference_service.domain import addresses, announcing
from reference_service.domain.announcements import EventType
from reference_service.domain.announcing import DeadLetter, Delivery, Webhook
from reference_service.domain.shelves import shelf
from reference_service.domain.world import ShopFloor
from reference_service.shell.engine import Engine

MOST_LETTERS = 1000  # redelivered at once


class NewWebhook(msgspec.Struct):
    """As openapi.yaml says."""

    url: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    events: Annotated[list[EventType], msgspec.Meta(min_length=1, max_length=100)]


class WebhookView(msgspec.Struct):
    """As openapi.yaml says."""

    id: str
    url: str
    events: list[str]
    created_at: float
    waiting: int
    missed: int


class CreatedWebhook(WebhookView):
    """As openapi.yaml says."""

    secret: str


class Webhooks(msgspec.Struct):
    """As openapi.yaml says."""

    items: list[WebhookView]


class DeadLetterView(msgspec.Struct):
    """As openapi.yaml says."""

    event: str
    type: str
    at: float
    attempts: int
    dead_at: float
    why: str


class DeadLetterPage(msgspec.Struct):
    """As openapi.yaml says."""

    items: list[DeadLetterView]
    next: int | None


class Redelivery(msgspec.Struct):
    """As openapi.yaml says."""

    events: Annotated[list[Id], msgspec.Meta(max_length=MOST_LETTERS)] | None = None


class Redelivered(msgspec.Struct):
    """As openapi.yaml says."""

    redelivered: int


async def list_webhooks(request: Request) -> Response:
    """All of the shop, in order of creation, without their secrets."""
    engine, person = signed_in(request)
    floor = floor_of(engine, person)
    every = sorted(shelf(floor, Webhook).values(), key=lambda one: one.number)
    items = [_view(floor, one) for one in every]
    await engine.settled()
    return answer(Webhooks(items))


async def add(request: Request) -> Response:
    """Subscribe; the secret is told once."""
    engine, person = signed_in(request)
    new = await read(request, NewWebhook)
    floor = floor_of(engine, person)
    if why := addresses.refusal(new.url, engine.settings.hosts):
        raise Problem(422, "bad_address", why)
    if len(shelf(floor, Webhook)) >= announcing.MOST_WEBHOOKS:
        raise Problem(409, "too_many", f"at most {announcing.MOST_WEBHOOKS} webhooks")
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    changes = engine.begin()
    made = announcing.subscribe(engine.world, floor, new.url, new.events, secret, changes)
    await engine.keep(changes)
    return answer(CreatedWebhook(**msgspec.structs.asdict(_view(floor, made)), secret=secret), 201)


async def remove(request: Request) -> Response:
    """Unsubscribe; what waits and what was given up goes, too."""
    engine, _ = signed_in(request)
    floor, webhook = _webhook(request)
    await engine.settled()
    letters = engine.reader.rows(DeadLetter, "WHERE webhook_id = ?", (webhook.id,))
    if shelf(floor, Webhook).get(webhook.id) is not webhook:
        raise Problem(404, "not_found")  # another call was quicker
    changes = engine.begin()
    announcing.unsubscribe(floor, webhook, letters, changes)
    await engine.keep(changes)
    return Response(status_code=204)


async def list_dead_letters(request: Request) -> Response:
    """One page of what was given up, the oldest first."""
    engine, _ = signed_in(request)
    _, webhook = _webhook(request)
    after, limit = number(request, "after", 0, 0, MOST), number(request, "limit", 100, 1, 1000)
    await engine.settled()
    page = _letters(engine, webhook, f"AND number > {after}", limit + 1)
    items = [DeadLetterView(one.event, one.type, one.at, one.attempt, one.dead_at, one.why) for one in page[:limit]]
    return answer(DeadLetterPage(items, page[limit - 1].number if len(page) > limit else None))


async def redeliver(request: Request) -> Response:
    """Try again with dead letters, those named or the oldest thousand, under the ids they had."""
    engine, _ = signed_in(request)
    wanted = (await read(request, Redelivery)).events
    floor, webhook = _webhook(request)
    await engine.settled()
    marks = ", ".join("?" * len(wanted or ()))
    where = "" if wanted is None else f"AND event IN ({marks})"
    letters = _letters(engine, webhook, where, MOST_LETTERS, *(wanted or ()))
    waiting = shelf(floor, Delivery)
    letters = [one for one in letters if one.id not in waiting]  # another call was quicker
    if shelf(floor, Webhook).get(webhook.id) is not webhook:
        raise Problem(404, "not_found")
    changes = engine.begin()
    announcing.redeliver(floor, letters, changes)
    await engine.keep(changes)
    return answer(Redelivered(len(letters)))


def _letters(engine: Engine, webhook: Webhook, where: str, limit: int, *values: object) -> list[DeadLetter]:
    whole = f"WHERE webhook_id = ? {where} ORDER BY number LIMIT {limit}"
    return engine.reader.rows(DeadLetter, whole, (webhook.id, *values))


def _webhook(request: Request) -> tuple[ShopFloor, Webhook]:
    engine, person = signed_in(request)
    floor = floor_of(engine, person)
    webhook = shelf(floor, Webhook).get(request.path_params["webhook_id"])
    if webhook is None:
        raise Problem(404, "not_found")
    return floor, webhook


def _view(floor: ShopFloor, one: Webhook) -> WebhookView:
    events = msgspec.json.decode(one.events, type=list[str])
    return WebhookView(one.id, one.url, events, one.created_at, floor.undelivered[one.id], one.missed)


ROUTES = (
    Route("/api/v1/webhooks", list_webhooks),
    Route("/api/v1/webhooks", add, methods=["POST"]),
    Route("/api/v1/webhooks/{webhook_id}", remove, methods=["DELETE"]),
    Route("/api/v1/webhooks/{webhook_id}/dead-letters", list_dead_letters),
    Route("/api/v1/webhooks/{webhook_id}/redeliver", redeliver, methods=["POST"]),
)
