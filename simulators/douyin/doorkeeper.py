"""Keeps connections at the door until their first request's head is whole, so that half-open ones cost next to nothing.

accepted ──▶ waiting ──head whole──▶ inside (a protocol of the server, which then sees all bytes)
                │
                ├─ time is up ─────▶ ended, with 408 where anything was said
                ├─ head too long ──▶ 431
                └─ descriptors are scarce: whoever waits longest goes
"""

import asyncio
from collections.abc import Callable
from itertools import islice
from typing import Final, cast

MAX_HEAD: Final = 32 * 1024  # bytes
TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
TOO_LONG: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
FULL: Final = "connections that asked nothing yet must go for new ones; raise the limit of open files (ulimit -n)"

Inside = Callable[[], asyncio.Protocol]


class Doorkeeper:
    """A protocol factory around another, `inside`. Connections wait `patience_s` seconds at most.

    From descriptor number `most` on, whoever waits longest must go for each new connection, and the new one where
    nobody waits: pushes to the target need descriptors, too. The system gives the lowest free number, so a number
    tells how many are in use.
    """

    def __init__(self, inside: Inside, patience_s: float, most: int, tell: Callable[[str], None]) -> None:
        self.inside, self.patience_s = inside, patience_s
        self._most, self._tell = most, tell
        self._waiting: dict[Caller, None] = {}  # in the order of their coming

    @property
    def waiting(self) -> int:
        """Connections that have not sent a whole head yet."""
        return len(self._waiting)

    def excess(self, descriptor: int) -> int:
        """How many connections too many there are, told by the newest one's number."""
        return max(0, descriptor - self._most + 1)

    def __call__(self) -> "Caller":
        """Called by the loop for each connection."""
        return Caller(self)

    def came(self, caller: "Caller", descriptor: int) -> bool:
        """Take a connection in; False where there is no room."""
        excess = self.excess(descriptor)
        if excess:
            self._tell(f"{self._most} files are open: {FULL}")
            if not self._waiting:
                return False
            for idle in tuple(islice(self._waiting, excess)):  # an end takes a turn of the loop, so excess can grow
                idle.leave()
        self._waiting[caller] = None
        return True

    def left(self, caller: "Caller") -> None:
        """It waits no more."""
        self._waiting.pop(caller, None)

    def close(self) -> None:
        """End all that wait."""
        for caller in tuple(self._waiting):
            caller.leave()


class Caller(asyncio.Protocol):
    """One connection that waits."""

    __slots__ = ("_head", "_keeper", "_timer", "_transport")

    def __init__(self, keeper: Doorkeeper) -> None:
        self._keeper = keeper
        self._head = b""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)
        if not self._keeper.came(self, transport.get_extra_info("socket").fileno()):
            self._transport.abort()
            return
        self._timer = asyncio.get_running_loop().call_later(self._keeper.patience_s, self._late)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if self._timer is None:  # on its way out
            return
        self._head = (self._head + data).lstrip(b"\r\n")
        if b"\r\n\r\n" in self._head or not (self._head[:1] or b"G").isalpha():  # no HTTP is answered at once, inside
            self._enter()
        elif len(self._head) > MAX_HEAD:
            self.leave(TOO_LONG)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the loop's signature
        """Called by the loop."""
        self._forget()

    def leave(self, word: bytes = b"") -> None:
        """End the connection, with an answer if there is one."""
        self._forget()
        if not word:
            self._transport.abort()
            return
        self._transport.write(word)
        self._transport.close()

    def _enter(self) -> None:
        self._forget()
        protocol = self._keeper.inside()
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        protocol.data_received(self._head)

    def _late(self) -> None:
        self.leave(TOO_SLOW if self._head else b"")

    def _forget(self) -> None:
        self._keeper.left(self)
        if self._timer:
            self._timer.cancel()
            self._timer = None
