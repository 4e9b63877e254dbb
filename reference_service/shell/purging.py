"""The retention's run: purges in small commands among the traffic, and leaves no trace in the files (RETAIN-1)."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final, NamedTuple

from reference_service.domain import retention
from reference_service.domain.changes import Changes
from reference_service.domain.retention import Old
from reference_service.domain.world import Thread, World
from reference_service.shell import forgetting
from reference_service.shell.clock import Clock
from reference_service.shell.logs import log
from reference_service.storage import connections
from reference_service.storage.reader import Reader

LOOKED_AT: Final = 2000  # conversations between two breaths of the event loop
MESSAGES: Final = 128  # or log events purged by one command, about
PATIENCE_S: Final = 30.0  # until a verification or backup has ended, whose snapshot keeps the write-ahead log
PLACES: Final = 2000  # of the dispatch logs, read at once


class Purged(NamedTuple):
    """What a run took away."""

    conversations: int = 0
    messages: int = 0
    log_events: int = 0
    customers: int = 0
    orders: int = 0
    outbound_events: int = 0


class Purging:
    """`keep` makes a command's changes durable."""

    def __init__(self, path: Path, world: World, clock: Clock, keep: Callable[[Changes], Awaitable[None]]) -> None:
        self._path, self._world, self._clock, self._keep = path, world, clock, keep
        self._unswept = True  # a run before a stop may have got no further than the messages

    async def run(self) -> Purged:
        """Purge everything that is old enough now. Raises StorageError."""
        began, reader = time.monotonic(), Reader(self._path)
        try:
            conversations, messages = await self._messages(reader)
            self._unswept |= messages > 0
            logged = await self._logs(reader) if self._unswept else 0
            people, orders = await forgetting.customers(self._world, self._begin, self._keep)
            told = await forgetting.events(reader, self._world, self._begin, self._keep)
        finally:
            reader.close()
        purged = Purged(conversations, messages, logged, people, orders, told)
        if any(purged):
            await self._forget()
        self._unswept = False
        log("retention", **purged._asdict(), seconds=round(time.monotonic() - began, 3))
        return purged

    def _begin(self) -> Changes:
        return Changes(at=self._clock.now())

    async def _forget(self) -> None:
        if not await asyncio.to_thread(connections.empty_log, self._path, PATIENCE_S):
            log("purged_in_log", why="somebody reads an older state; later commits overwrite what the log still has")

    async def _messages(self, reader: Reader) -> tuple[int, int]:
        gone = messages = 0
        async for due in self._due():
            while due:
                began, changes = time.monotonic(), self._begin()
                found = await asyncio.to_thread(_oldest, reader, [thread.conversation.id for thread in due])
                for oldest in found:
                    thread = due.popleft()
                    if (count := self._purge(thread, oldest, changes)) > 0:
                        messages += count
                        if thread.conversation.id in self._world.threads:
                            due.append(thread)  # there may be more of it
                        else:
                            gone += 1
                await self._keep(changes)
                await asyncio.sleep(time.monotonic() - began)  # half of the time is the traffic's alone
        return gone, messages

    async def _due(self) -> AsyncIterator[deque[Thread]]:
        """The conversations with something to purge, some at a time."""
        threads = list(self._world.threads.values())
        for start in range(0, len(threads), LOOKED_AT):
            now = self._clock.now()
            yield deque(thread for thread in threads[start : start + LOOKED_AT] if self._is_due(thread, now))
            await asyncio.sleep(0)

    def _is_due(self, thread: Thread, now: float) -> bool:
        floor = self._world.floors.get(thread.conversation.shop_id)
        return floor is not None and retention.is_due(thread, retention.before(floor, now))

    def _purge(self, thread: Thread, oldest: list[Old], changes: Changes) -> int:
        """Decide anew: since the messages were read, anything may have happened to the conversation."""
        if self._world.threads.get(thread.conversation.id) is not thread:
            return 0
        moment = retention.before(self._world.floor_of(thread), changes.at)
        return retention.purge(self._world, thread, oldest, moment, changes)

    async def _logs(self, reader: Reader) -> int:
        events, after = 0, 0
        while True:
            began = time.monotonic()
            places, following = await asyncio.to_thread(reader.log_places, after, PLACES)
            if following is None:
                return events
            after = following
            stale = [place for place in places if retention.is_stale(self._world, place)]
            await asyncio.sleep(time.monotonic() - began)
            for start in range(0, len(stale), MESSAGES):
                began, changes = time.monotonic(), self._begin()
                events += retention.sweep(self._world, stale[start : start + MESSAGES], changes)
                await self._keep(changes)
                await asyncio.sleep(time.monotonic() - began)


def _oldest(reader: Reader, ids: list[str]) -> list[list[Old]]:
    """The oldest messages of the first of these conversations, so many that they are enough for one command."""
    found: list[list[Old]] = []
    left = MESSAGES
    for name in ids:
        if left <= 0:
            break
        found.append(reader.oldest(name, left + 1))
        left -= len(found[-1])
    return found
