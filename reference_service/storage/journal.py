"""The one writer: changes are committed in groups by a thread, and their effects released only after that.

add() -> waiting -> [one commit in the thread, FULL sync] -> release() in the loop -> whoever waited goes on
            ^------ what arrives meanwhile is the next group

A lone command is committed at once. Under load a commit begins at the earliest GATHER_S after the one before: a commit
costs the same for one command as for fifty (docs/performance.md).
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import apsw

from reference_service.domain.changes import Changes
from reference_service.storage import connections
from reference_service.storage.anchor import SYNC_S
from reference_service.storage.trail import Trail
from reference_service.storage.writing import write

GATHER_S = 0.003


class StorageError(Exception):
    """A commit failed; nothing after it can be promised any more."""


class Entry(NamedTuple):
    """One command's changes and who waits for their commit."""

    changes: Changes
    done: asyncio.Future[None]


class Journal:
    """Group commit. `release` is called in the event loop, in order of add(), for changes that are durable."""

    def __init__(
        self,
        path: Path,
        release: Callable[[Changes], None],
        failed: Callable[[Exception], None],
        trail: Trail | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._release = release
        self._failed = failed
        self._trail = trail
        self._error: Exception | None = None
        self._waiting: list[Entry] = []
        self._busy = False
        self.timed: Callable[[float], object] = lambda _: None  # gets the seconds of each commit
        self._began = 0.0  # the loop's time of the newest commit's begin
        self._groups: queue.SimpleQueue[list[Entry] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, args=(path,), name="journal", daemon=True)
        self._thread.start()

    def add(self, changes: Changes) -> asyncio.Future[None]:
        """Queue a command's changes; the future is done when they are durable and released, or has a StorageError."""
        done = self._loop.create_future()
        if self._error is not None:
            done.set_exception(StorageError(str(self._error)))
            return done
        self._waiting.append(Entry(changes, done))
        if not self._busy:
            self._busy = True
            self._soon()
        return done

    async def close(self) -> None:
        """Commit what waits and stop the thread."""
        if self._error is None:
            await self.add(Changes())
        self._groups.put(None)
        await asyncio.to_thread(self._thread.join)

    def _soon(self) -> None:
        """Begin the next group: at once where the last began long ago, and otherwise when GATHER_S have passed."""
        self._loop.call_at(self._began + GATHER_S, self._next)

    def _next(self) -> None:
        group, self._waiting = self._waiting, []
        self._busy = bool(group)
        if not group:
            return
        if any(entry.changes.writes for entry in group):
            self._began = self._loop.time()
            self._groups.put(group)
        else:
            self._committed(group)

    def _written(self, group: list[Entry]) -> None:
        self.timed(self._loop.time() - self._began)
        self._committed(group)

    def _committed(self, group: list[Entry]) -> None:
        settle(group, self._release)
        if self._waiting:
            self._soon()
        else:
            self._busy = False

    def _broken(self, group: list[Entry], error: Exception) -> None:
        self._error = error
        for entry in (*group, *self._waiting):
            if not entry.done.done():
                entry.done.set_exception(StorageError(str(error)))
        self._failed(error)

    def _write(self, path: Path) -> None:
        connection = connections.writer(path)
        group: list[Entry] | None = []
        try:
            while (group := self._following()) is not None:
                commit(connection, [entry.changes for entry in group], self._trail)
                self._loop.call_soon_threadsafe(self._written, group)
        except Exception as error:
            self._loop.call_soon_threadsafe(self._broken, group or [], error)
        if self._trail:
            with contextlib.suppress(OSError):  # what it would sync is anchored already, but for a power loss
                self._trail.close()
        connection.close()

    def _following(self) -> list[Entry] | None:
        while True:
            try:
                return self._groups.get(timeout=SYNC_S)
            except queue.Empty:
                if self._trail:
                    self._trail.rest()


def settle(group: list[Entry], release: Callable[[Changes], None]) -> None:
    """After the commit, and only then: let the effects out and wake who waited (GATEWAY-4)."""
    for entry in group:
        release(entry.changes)
        if not entry.done.done():
            entry.done.set_result(None)


def commit(connection: apsw.Connection, group: list[Changes], trail: Trail | None = None) -> None:
    """Write a group of changes in one transaction, with its link of the audit chain. Raises apsw.Error, OSError."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        net = write(connection, group)
        link = trail.append(connection, net) if trail else None
        connection.execute("COMMIT")
    except BaseException:
        if not connection.get_autocommit():
            connection.execute("ROLLBACK")
        raise
    if trail and link:
        trail.committed(link)
