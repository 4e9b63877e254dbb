"""ASGI applications as teams may write them."""

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

EVENTS: list[str] = []


def whole() -> Starlette:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        EVENTS.append("started")
        yield
        EVENTS.append("stopped")

    async def hello(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"hello {request.query_params['name']}")

    return Starlette(routes=[Route("/", hello)], lifespan=lifespan)


def bare() -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


def refuses_to_start() -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    return app


def number() -> int:
    return 5


def broken() -> Any:
    raise OSError("no disk")
