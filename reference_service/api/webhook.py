"""The platforms' webhooks: events, answered only after they are durable (GATEWAY-1, GATEWAY-3, GATEWAY-4)."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from reference_service.api.problems import Problem
from reference_service.api.requests import body_of, engine_of
from reference_service.domain import intake
from reference_service.domain.changes import Changes
from reference_service.domain.events import Event, EventError, Pushed, Written
from reference_service.domain.reactions import settle
from reference_service.platforms.webhook import Webhook
from reference_service.shell.engine import Engine
from reference_service.shell.logs import log, without_values


def receiver(hook: Webhook) -> Callable[[Request], Awaitable[Response]]:
    """The handler of one platform's webhook."""

    async def receive(request: Request) -> Response:
        engine = engine_of(request)
        body = await body_of(request, engine.settings.max_body)
        if not hook.genuine(engine.world.apps, request.headers, body):
            raise Problem(401, "bad_signature")
        try:
            pushed = hook.parse(request.headers, body)
        except EventError as error:
            raise Problem(422, "malformed", str(error)) from None
        await _take(engine, pushed)
        return Response(pushed.answer, media_type="application/json")

    return receive


def _one(engine: Engine, event: Event, changes: Changes) -> intake.Taking:
    taking = intake.take(engine.world, event, changes)
    settle(engine.world, changes)  # before the next event: a batch does what single pushes would
    return taking


async def _take(engine: Engine, pushed: Pushed) -> None:
    engine.ignored.update(pushed.ignored)
    for why in pushed.unread:
        log("item_not_read", why=without_values(why))
    if not pushed.events:
        return
    shop = pushed.events[0].account  # all of a push are of one shop, as the platforms send them
    if not engine.inbox.admits(shop):
        engine.limits.hits["inbox"] += 1
        raise Problem(429, "overloaded", retry_after_s=1)
    engine.inbox.enter(shop)
    try:
        changes = engine.begin()
        taken = [(event, _one(engine, event, changes)) for event in pushed.events]
        await engine.keep(changes)  # one commit for all of a request
    finally:
        engine.inbox.leave(shop)
    for event, taking in taken:
        engine.figures.taken[taking] += 1
        if taking == "conflict" and isinstance(event, Written):
            log("message_id_conflict", message=event.message)
