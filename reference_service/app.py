"""The ASGI application; `create` is the factory that loaders name by a string.

What is asked most, the webhooks and the devices' socket, passes by the middleware and the router: both are routes like
the others (api/routes.py), and that way costs a tenth of a message's CPU (benchmarks/service.py).
"""

import contextlib
import os
from collections.abc import AsyncIterator
from functools import cache

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from reference_service.api import socket
from reference_service.api.access import guarded
from reference_service.api.problems import Problem, on_error, on_http, on_problem, on_refusal, on_storage
from reference_service.api.routes import HOOKS, ROUTES, SOCKET
from reference_service.domain.refusal import Refusal
from reference_service.settings import Settings
from reference_service.shell.engine import Engine, running
from reference_service.shell.logs import log, where
from reference_service.storage.journal import StorageError

HEADERS = {  # of every answer that does not say otherwise itself: nothing is guessed, kept, framed or run by a browser
    b"x-content-type-options": b"nosniff",
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
}


class Service(Starlette):
    """Starlette with a short way for what is asked most."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection or request."""
        scope["app"] = self
        if scope["type"] == "websocket" and scope["path"] == SOCKET:
            try:
                await socket.connect(WebSocket(scope, receive, send))
            except Exception as error:
                log("internal_error", what=where(error))
                await send({"type": "websocket.close", "code": socket.BROKEN})
        elif scope["type"] != "http":
            await super().__call__(scope, receive, send)
        elif (engine := getattr(self.state, "engine", None)) is None:
            await self._answer(scope, receive, send)
        else:
            engine.requests += 1
            try:
                await self._answer(scope, receive, send)
            finally:
                engine.requests -= 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST" and (hook := HOOKS.get(scope["path"])):
            request = Request(scope, receive)
            try:
                response = await hook(request)
            except Problem as problem:
                response = await on_problem(request, problem)
            except StorageError as error:
                response = await on_storage(request, error)
            except Exception as error:
                response = await on_error(request, error)
            response.raw_headers += HEADERS.items()
            await response(scope, receive, send)
        else:
            with contextlib.suppress(Exception):  # on_error has answered, and told of it
                await super().__call__(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*(HEADERS | dict(message["headers"])).items()]
        await send(message)

    return sent


def create(settings: Settings | None = None) -> Service:
    """An application whose lifespan starts and stops its engine; without settings they come from the environment."""
    chosen = settings or Settings.from_environment(dict(os.environ))

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with running(chosen) as engine:
            app.state.engine = engine
            yield

    app = _routed()
    app.router.lifespan_context = lifespan
    return app


def around(engine: Engine) -> Service:
    """An application for an engine that somebody else starts and stops."""
    app = _routed()
    app.state.engine = engine
    return app


@cache
def _gates() -> tuple[BaseRoute, ...]:
    return tuple(guarded(route) for route in ROUTES)


def _routed() -> Service:
    handlers = {Problem: on_problem, Refusal: on_refusal, HTTPException: on_http, StorageError: on_storage}
    app = Service(routes=_gates(), exception_handlers={**handlers, Exception: on_error})
    app.router.redirect_slashes = False
    return app
