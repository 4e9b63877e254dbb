"""Long work of which one at a time is enough: a second caller is told so."""

from collections.abc import Awaitable, Callable
from typing import Any

from reference_service.api.problems import Problem
from reference_service.shell.engine import Engine
from reference_service.shell.jobs import Busy


async def alone(engine: Engine, name: str, work: Callable[[], Awaitable[Any]] | None = None) -> Any:
    """Do a work under a name (shell/jobs.py) and return its result. Raises Problem 409 where it is under way."""
    try:
        return await engine.jobs.run(name, work)
    except Busy:
        raise Problem(409, "already_running") from None
