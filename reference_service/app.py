"""The ASGI application; `create` is the factory that loaders name by a string."""

import contextlib
import os
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from reference_service.api.problems import Problem, on_http, on_problem, on_storage
from reference_service.api.routes import ROUTES
from reference_service.settings import Settings
from reference_service.shell.engine import Engine, running
from reference_service.storage.journal import StorageError


def create(settings: Settings | None = None) -> Starlette:
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


def around(engine: Engine) -> Starlette:
    """An application for an engine that somebody else starts and stops."""
    app = _routed()
    app.state.engine = engine
    return app


def _routed() -> Starlette:
    handlers = {Problem: on_problem, HTTPException: on_http, StorageError: on_storage}
    app = Starlette(routes=ROUTES, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return app
