"""All WebSocket connections of one Locust process, and the one greenlet that hands out what they received."""

import socket
import ssl
from collections import deque
from time import monotonic_ns
from typing import Any, Protocol

import gevent
from gevent.event import Event
from websockets.uri import WebSocketURI, parse_uri

from loadtests.clock import Clock
from loadtests.connection import Closed, Connection, Happened, Opened, Server
from loadtests.tls import trusting

BATCH = 100  # items handled before timers and sockets get their turn
HANDSHAKES = 64  # connections being opened at once: half of a usual listen queue, so that none waits a second for a SYN
LOOK_S = 1.0  # how often silent peers are looked for


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
    """Connections to one server, `url` = http(s)://host:port/path or ws(s)://…

    With TLS the server's certificate is checked against `ca_file` (PEM), or the system's authorities. `headers` go into
    the opening handshake. A peer that is silent for `ping_s` is pinged, and dropped after `pong_s` more; 0 = never.
    Raises OSError where the host has no address or the file cannot be read, ValueError for another scheme.

    Hub callbacks append to an inbox and wake the drain greenlet, which empties it, so Locust's events, the history and
    customers' code never run in the hub. What happened has the time at which its bytes were read, however long the
    inbox was.
    """

    def __init__(
        self,
        url: str,
        *,
        ca_file: str | None = None,
        headers: dict[str, str] | None = None,
        subprotocols: tuple[str, ...] = (),
        ping_s: float = 0.0,
        pong_s: float = 20.0,
    ) -> None:
        uri = websocket_uri(url)
        family, _, _, _, address = socket.getaddrinfo(uri.host, uri.port, type=socket.SOCK_STREAM)[0]
        tls = _context(ca_file) if uri.secure else None
        extra = tuple((headers or {}).items())
        self._inbox: deque[Happened] = deque()
        self._server = Server(uri, family, address, self._inbox.append, self._wake, tls, extra, subprotocols)
        self._hub = gevent.get_hub()
        self._resting = False
        self._idle = Event()
        self._idle.set()
        self._waiting: deque[Connection] = deque()
        self._opening: set[Connection] = set()
        self.connections: dict[Connection, None] = {}  # in the order in which they were asked for
        self.clock = Clock()
        self.drain = gevent.spawn(self._drain)
        self._keeper = gevent.spawn(self._keep_alive, int(ping_s * 1e9), int(pong_s * 1e9)) if ping_s else None

    def connect(self, owner: Owner) -> Connection:
        """Begin a connection, when fewer than HANDSHAKES are being opened; its owner is told when it is open or not."""
        connection = Connection(self._server, owner)
        self.connections[connection] = None
        self._idle.clear()
        self._waiting.append(connection)
        self._admit()
        return connection

    def close(self, timeout_s: float = 5.0) -> bool:
        """Close every connection and wait until all owners were told; False where some had to be aborted."""
        for connection in tuple(self.connections):
            connection.close()
        polite = bool(self._idle.wait(timeout_s))
        for connection in tuple(self.connections):
            connection.abort()
        self._idle.wait(1.0)
        gevent.killall([greenlet for greenlet in (self.drain, self._keeper) if greenlet])
        return polite

    def _admit(self) -> None:
        while self._waiting and len(self._opening) < HANDSHAKES:
            connection = self._waiting.popleft()
            if connection in self.connections:  # else it was given up before its turn
                self._opening.add(connection)
                connection.begin()

    def _wake(self) -> None:
        """In the hub, as a watcher's last act: let the drain greenlet run until it waits or blocks, then come back."""
        if self._resting and self._inbox:
            self.drain.switch()

    def _drain(self) -> None:
        inbox = self._inbox
        while True:
            while not inbox:
                self._resting = True
                self._hub.switch()
                self._resting = False
            for _ in range(BATCH):
                self._handle(*inbox.popleft())
                if not inbox:
                    break
            else:
                gevent.sleep(0)

    def _handle(self, connection: Connection, t: int, what: str | Opened | Closed) -> None:
        owner: Any = connection.owner
        if isinstance(what, str):
            owner.heard(connection, t, what)
            return
        self._opening.discard(connection)
        self._admit()
        if isinstance(what, Opened):
            owner.opened(connection, t)
        else:
            self.connections.pop(connection, None)
            if not self.connections:
                self._idle.set()
            owner.closed(connection, t, what)

    def _keep_alive(self, ping: int, pong: int) -> None:
        """Whoever is silent is pinged at every look until it answers or its time is up."""
        while True:
            gevent.sleep(LOOK_S)
            now = monotonic_ns()
            for connection in [each for each in self.connections if each.open and now - each.heard_at >= ping]:
                if now - connection.heard_at >= ping + pong:
                    connection.abort(f"no answer to a ping within {pong / 1e9:g} s")
                else:
                    connection.ping()


def websocket_uri(url: str) -> WebSocketURI:
    """The WebSocket address of a server given as http(s):// or ws(s)://; ValueError for any other scheme."""
    scheme, _, rest = url.partition("://")
    if scheme not in ("http", "ws", "https", "wss"):
        raise ValueError(f"{url}: customers connect by http://, https://, ws:// or wss://")
    return parse_uri(f"{'wss' if scheme in ('https', 'wss') else 'ws'}://{rest}")


def _context(ca_file: str | None) -> ssl.SSLContext:
    try:
        return trusting(ca_file)
    except (OSError, ssl.SSLError) as error:  # SSLError is an OSError whose text names no file
        raise OSError(f"{ca_file}: no CA certificates can be read ({error})") from error
