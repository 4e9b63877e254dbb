"""Long work beside the traffic: by name, each one at a time, begun by a clock or by a caller."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from reference_service.shell.logs import log, where

Work = Callable[[], Awaitable[Any]]


class Busy(Exception):
    """This work is under way already."""


class Jobs:
    """What is offered can be started by its name; anything can be run under a name."""

    def __init__(self) -> None:
        self._offered: dict[str, Work] = {}
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._claimed: set[str] = set()

    def offer(self, name: str, work: Work) -> None:
        """Let `start` and `run` know what a name means."""
        self._offered[name] = work

    def start(self, name: str) -> None:
        """Begin an offered work unless it is under way; a failure is logged."""
        if name not in self._tasks:
            self._begin(name, self._offered[name]).add_done_callback(_seen)

    async def run(self, name: str, work: Work | None = None) -> Any:
        """Do a work, the offered one where none is given, and return its result. Raises Busy, and what it raises."""
        if name in self._tasks:
            raise Busy(name)
        return await asyncio.shield(self._begin(name, work or self._offered[name]))

    @contextmanager
    def claim(self, name: str) -> Iterator[None]:
        """Have a name for oneself during a block, for work that is no task of its own. Raises Busy."""
        if name in self._claimed:
            raise Busy(name)
        self._claimed.add(name)
        try:
            yield
        finally:
            self._claimed.discard(name)

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    def others(self) -> list[asyncio.Task[Any]]:
        """What is under way besides the caller."""
        return [task for task in self._tasks.values() if task is not asyncio.current_task()]

    async def close(self) -> None:
        """Give up what is under way, but for the caller itself."""
        others = self.others()
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _begin(self, name: str, work: Work) -> asyncio.Task[Any]:
        async def carried_out() -> Any:
            try:
                return await work()
            finally:
                del self._tasks[name]

        task = self._tasks[name] = asyncio.create_task(carried_out(), name=name)
        return task


def _seen(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log("job_failed", job=task.get_name(), why=where(error))
