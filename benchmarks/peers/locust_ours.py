"""Locust with golive's engine."""

from gevent.event import Event
from locust import User, task

from benchmarks.peers.paced import SECONDS, TEXT, finished, moments, now, record
from loadtests.connection import Closed, Connection
from loadtests.engine import Engine

_engines: list[Engine] = []


class OursUser(User):
    """Sends once a second; the engine's drain greenlet calls `heard`."""

    def opened(self, _: Connection, __: int) -> None:
        """Connected."""
        self.ready.set()

    def heard(self, connection: Connection, t: int, text: str) -> None:
        """An echo, whose bytes came at `t`."""
        record(self, self.since, t, len(text))
        self.answers += 1
        if self.answers == SECONDS:
            connection.close()

    def closed(self, *_: Connection | int | Closed) -> None:
        """Over; before the last answer it would be missing from the server's count."""
        finished(self)

    @task
    def play(self) -> None:
        """One customer's half minute."""
        if not _engines:
            _engines.append(Engine(str(self.host)))
        self.ready, self.answers = Event(), 0
        connection = _engines[0].connect(self)
        self.ready.wait()
        for _ in moments():
            self.since = now()
            connection.send(TEXT)
        Event().wait()
