"""A Locust user of any WebSocket server, in two styles: wait for what comes, or be called when it comes."""

import os
from collections import deque
from time import monotonic_ns
from typing import Any, ClassVar

import gevent
from gevent.event import Event
from locust import User
from locust.env import Environment

from loadtests.assignment import refuse_far
from loadtests.connection import CONNECT_S, Closed, Connection, NotOpen
from loadtests.engine import Engine
from loadtests.tally import Statistics, statistics_of


class WebSocketUser(User):
    """`url` (ws, wss, http or https; Locust's host where it is "") must be on loopback or named in GOLIVE_ALLOW.

    Blocking: `connect`, `send`, `recv`, `close`. Callbacks: `on_open`, `on_message`, `on_close`; these run in the
    engine's drain greenlet, one after the other for all users of the process, so they may send but must not wait.
    Certificates are checked against the file named by GOLIVE_CA, or the system's authorities.
    """

    abstract = True
    url = ""
    kept = 1000  # texts that nobody takes; then the oldest goes
    headers: ClassVar[dict[str, str]] = {}  # of the opening handshake
    ping_s = 0.0  # a silent server is pinged after so long, and given up 20 s later; 0 = never

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.statistics: Statistics = statistics_of(environment)
        self.connection: Connection | None = None
        self._texts: deque[str] = deque(maxlen=self.kept)
        self._news = Event()

    @property
    def engine(self) -> Engine:
        """The connections of this process to this user's server."""
        return engine_of(self.environment, self.url or self.host or "", self.headers, self.ping_s)

    def connect(self, timeout_s: float = CONNECT_S) -> None:
        """Connect and wait until it is done; told to Locust as `connect`. Raises NotOpen with the reason."""
        began = monotonic_ns()
        self._texts.clear()
        self._news.clear()
        self.connection = self.engine.connect(self)
        self._wait(timeout_s)
        opened = self.connection is not None and self.connection.open
        self.report("connect", (monotonic_ns() - began) / 1e6, failure=None if opened else "not connected")
        if not opened:
            raise NotOpen(self._why or f"no connection within {timeout_s:g} s")

    def send(self, text: str) -> None:
        """Send a text. Raises NotOpen."""
        if self.connection is None:
            raise NotOpen("connect first")
        self.connection.send(text)

    def recv(self, timeout_s: float = 60.0) -> str | None:
        """The oldest text not taken yet, or None when none comes in time or the connection ends."""
        if not self._texts:
            self._news.clear()
            self._wait(timeout_s)
        return self._texts.popleft() if self._texts else None

    def close(self) -> None:
        """Close politely; it finishes by itself."""
        if self.connection:
            self.connection.close()

    def report(self, name: str, ms: float | None, size: int = 0, failure: str | None = None) -> None:
        """Tell Locust's statistics of something that took `ms`; names and failures are few and never hold an id."""
        self.statistics.add(name, ms, size, failure)

    def on_open(self) -> None:
        """The connection is ready."""

    def on_message(self, text: str, t: int) -> None:
        """A text came at `t` (ns). Where this is not overridden, `recv` gives it."""
        del t
        self._texts.append(text)
        self._news.set()

    def on_close(self, why: Closed) -> None:
        """The connection has ended."""

    def on_stop(self) -> None:
        """Locust ends the user."""
        self.close()

    _why = ""

    def opened(self, connection: Connection, t: int) -> None:
        """The engine: ready."""
        del t
        if connection is self.connection:
            self._news.set()
            self.on_open()

    def heard(self, connection: Connection, t: int, text: str) -> None:
        """The engine: a text."""
        if connection is self.connection:
            self.on_message(text, t)

    def closed(self, connection: Connection, t: int, why: Closed) -> None:
        """The engine: over."""
        del t
        if connection is self.connection:
            self.connection, self._why = None, why.reason or str(why.code)
            self._news.set()
            self.on_close(why)

    def _wait(self, timeout_s: float) -> None:
        if gevent.getcurrent() is self.engine.drain:
            raise RuntimeError("a callback must not wait: it would hold up every user of this process")
        self._news.wait(timeout_s)


def engine_of(environment: Environment, url: str, headers: dict[str, str], ping_s: float) -> Engine:
    """The process's engine for this server, made at the first call. Raises UsageError where the host is not allowed."""
    engines: dict[object, Engine] = environment.__dict__.setdefault("golive_engines", {})
    key = (url, tuple(headers.items()), ping_s)
    if key not in engines:
        refuse_far(url, os.environ.get("GOLIVE_ALLOW", ""))
        engines[key] = Engine(url, ca_file=os.environ.get("GOLIVE_CA"), headers=headers, ping_s=ping_s)
    return engines[key]
