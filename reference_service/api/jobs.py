"""Long work of which one at a time is enough: a second caller is told so."""

from collections.abc import Iterator
from contextlib import contextmanager

from reference_service.api.problems import Problem
from reference_service.shell.engine import Engine


@contextmanager
def alone(engine: Engine, job: str) -> Iterator[None]:
    """Hold a job for the time of the block. Raises Problem 409 where it is under way already."""
    if job in engine.jobs:
        raise Problem(409, "already_running")
    engine.jobs.add(job)
    try:
        yield
    finally:
        engine.jobs.discard(job)
