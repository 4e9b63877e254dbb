"""All WebSocket connections of one Locust process, and the one greenlet that hands out what they received."""

import socket
from typing import Any, Protocol
from urllib.parse import urlsplit

import gevent
from gevent.event import Event
from websockets.uri import WebSocketURI, parse_uri

from loadtests.connection import Closed, Connection, Opened

BATCH = 100  # items handled before timers and sockets get their turn


class Owner(Protocol):
    """Whoever a connection belongs to. All is called in the drain greenlet, in order; nothing may block."""

    def opened(self, connection: Connection, t: int) -> None:
        """The connection is ready, since `t` (ns)."""
        ...

    def heard(self, connection: Connection, t: int, text: str) -> None:
        """A text message came at `t` (ns)."""
        ...

    def closed(self, connection: Connection, t: int, why: Closed) -> None:
        """The connection ended at `t` (ns)."""
        ...


class Engine:
    """Connections to one server, `url` = http://host:port/path or ws://…; raises OSError where its name has no address.

    Hub callbacks append to an inbox; the drain greenlet empties it, so Locust's events, the history and customers' code
    never run in the hub. What happened has the time at which its bytes were read, however long the inbox was.
    """

    def __init__(self, url: str) -> None:
        self._uri = websocket_uri(url)
        info = socket.getaddrinfo(self._uri.host, self._uri.port, type=socket.SOCK_STREAM)[0]
        self._family, self._address = info[0], info[4]
        self._inbox: list[tuple[Connection, int, str | Opened | Closed]] = []
        self._filled = Event()
        self._idle = Event()
        self._idle.set()
        self.connections: set[Connection] = set()
        self.drain = gevent.spawn(self._drain)

    def connect(self, owner: Owner) -> Connection:
        """Begin a connection; its owner is told when it is open or has failed."""
        connection = Connection(self._uri, self._address, self._family, self._happened, owner)
        self.connections.add(connection)
        self._idle.clear()
        return connection

    def close(self, timeout_s: float = 5.0) -> bool:
        """Close every connection and wait until all owners were told; False where some had to be aborted."""
        for connection in tuple(self.connections):
            connection.close()
        polite = bool(self._idle.wait(timeout_s))
        for connection in tuple(self.connections):
            connection.abort()
        self._idle.wait(1.0)
        self.drain.kill()
        return polite

    def _happened(self, connection: Connection, t: int, what: str | Opened | Closed) -> None:
        self._inbox.append((connection, t, what))
        if len(self._inbox) == 1:
            self._filled.set()

    def _drain(self) -> None:
        while True:
            self._filled.wait()
            self._filled.clear()
            batch, self._inbox = self._inbox, []
            for place, item in enumerate(batch, 1):
                self._handle(*item)
                if place % BATCH == 0:
                    gevent.sleep(0)

    def _handle(self, connection: Connection, t: int, what: str | Opened | Closed) -> None:
        owner: Any = connection.owner
        if isinstance(what, str):
            owner.heard(connection, t, what)
        elif isinstance(what, Opened):
            owner.opened(connection, t)
        else:
            self.connections.discard(connection)
            if not self.connections:
                self._idle.set()
            owner.closed(connection, t, what)


def websocket_uri(url: str) -> WebSocketURI:
    """The WebSocket address of a server given as http:// or ws://; ValueError for TLS, which it does not speak."""
    scheme = urlsplit(url).scheme
    if scheme not in ("http", "ws"):
        raise ValueError(f"{url}: customers connect by plain http:// or ws:// (the simulated gateway runs beside them)")
    return parse_uri("ws" + url[len(scheme) :])
