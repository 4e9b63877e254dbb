"""Runs any ASGI application in this process, by the name of its factory: `asgi:package.module:create`."""

import asyncio
import importlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, cast

import httpx

from targets.interface import TargetError

PREFIX: Final = "asgi:"
START_S: Final = 30.0
App = Callable[[Any, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]


def application(name: str) -> App:
    """What the factory named by `asgi:module:callable` makes. Raises TargetError, which says what the name lacks."""
    module, colon, factory = name.removeprefix(PREFIX).partition(":")
    if not (name.startswith(PREFIX) and module and colon and factory):
        raise TargetError(f"{name!r} names no ASGI factory; write `asgi:package.module:create`")
    try:
        make = getattr(importlib.import_module(module), factory, None)
        app = make() if callable(make) else None
    except Exception as error:
        raise TargetError(f"{name}: it cannot be loaded: {type(error).__name__}: {error}") from error
    if make is None:
        raise TargetError(f"{name}: the module {module} has no {factory!r}")
    if not callable(app) or len(inspect.signature(app).parameters) < 3:
        raise TargetError(f"{name}: calling {factory!r} without arguments gives no ASGI application")
    return cast(App, app)


@asynccontextmanager
async def serving(name: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application, which is started before the block and stopped after it. Raises TargetError."""
    app = application(name)
    lifespan = _Lifespan(app, name)
    await lifespan.start()
    try:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://in-process") as client:
            yield client
    finally:
        await lifespan.stop()


class _Lifespan:
    """ASGI's lifespan protocol, in one task from start to end as servers have it."""

    def __init__(self, app: App, name: str) -> None:
        self._app, self._name = app, name
        self._asked: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._told: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._task: asyncio.Task[None]

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())
        told = await self._say("startup")
        if told["type"] == "lifespan.startup.failed":
            raise TargetError(f"{self._name}: it did not start: {told.get('message') or 'without a word why'}")

    async def stop(self) -> None:
        if not self._task.done():
            await self._say("shutdown")
        await self._task

    async def _say(self, what: str) -> dict[str, str]:
        await self._asked.put({"type": f"lifespan.{what}"})
        try:
            return await asyncio.wait_for(self._told.get(), START_S)
        except TimeoutError:
            self._task.cancel()
            raise TargetError(f"{self._name}: its {what} took longer than {START_S:g} s") from None

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
        try:
            await self._app(scope, self._asked.get, self._told.put)
        except Exception as error:  # an application may know no lifespan: servers go on then, and so do we
            message = f"{type(error).__name__}: {error}"
            unheard_of = isinstance(error, (AssertionError, KeyError, ValueError, NotImplementedError))  # of that scope
            told = "lifespan.none" if unheard_of else "lifespan.startup.failed"
            await self._told.put({"type": told, "message": message})
        else:
            await self._told.put({"type": "lifespan.none"})
