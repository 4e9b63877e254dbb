"""Takes connections from a listening socket a few at a time, and survives having no descriptors left.

uvloop's own server takes all that wait in one turn of the loop: a flood then has every descriptor before the
doorkeeper can end one, and nothing says so.
"""

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from itertools import islice
from typing import Final

from simulators.douyin.doorkeeper import Doorkeeper

AT_ONCE: Final = 64  # connections taken in one turn of the loop
PAUSE_S: Final = 0.2  # with no descriptors left, until the next try
SCARCE: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Accepting:
    """Gives each connection of a listening socket to the doorkeeper; a TLS handshake may take as long as a head."""

    def __init__(
        self, listening: socket.socket, keeper: Doorkeeper, tls: ssl.SSLContext | None, tell: Callable[[str], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._listening, self._keeper, self._tls, self._tell = listening, keeper, tls, tell
        self._beginning: dict[asyncio.Task[None], socket.socket] = {}  # the oldest first
        self._resume: asyncio.TimerHandle | None = None
        self._loop.add_reader(listening, self._take)

    def close(self) -> None:
        """Take no more."""
        if self._resume:
            self._resume.cancel()
        self._loop.remove_reader(self._listening)
        for task in self._beginning:
            task.cancel()

    def _take(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, _address = self._listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                self._pause(error)
                return
            connection.setblocking(False)
            if self._tls:
                self._make_room(self._keeper.excess(connection.fileno()))
            task = self._loop.create_task(self._begin(connection))
            self._beginning[task] = connection
            task.add_done_callback(self._begun)

    def _make_room(self, excess: int) -> None:
        """End the oldest handshakes under way."""
        for task in tuple(islice(self._beginning, excess)):
            task.cancel()

    def _begun(self, task: asyncio.Task[None]) -> None:
        connection = self._beginning.pop(task)
        if task.cancelled():  # even before it began
            connection.close()

    async def _begin(self, connection: socket.socket) -> None:
        limit = self._keeper.patience_s if self._tls else None
        with contextlib.suppress(OSError):  # it went, or spoke no TLS we know
            await self._loop.connect_accepted_socket(
                self._keeper, connection, ssl=self._tls, ssl_handshake_timeout=limit
            )

    def _pause(self, error: OSError) -> None:
        if error.errno not in SCARCE:
            raise error
        self._tell(f"no connection can be taken: {error.strerror}; trying again every {PAUSE_S:g} s")
        self._loop.remove_reader(self._listening)
        self._resume = self._loop.call_later(PAUSE_S, self._loop.add_reader, self._listening, self._take)


@contextlib.asynccontextmanager
async def listening_on(host: str, port: int, backlog: int) -> AsyncIterator[socket.socket]:
    """A listening socket of the first address `host` has. Raises OSError; socket.gaierror where it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = found[0]
    with socket.create_server((address[0], port), family=family, backlog=backlog) as listening:
        listening.setblocking(False)
        yield listening
