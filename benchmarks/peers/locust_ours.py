"""Locust with golive's engine, as a scenario author uses it: callbacks, golive's clock and statistics."""

from gevent.event import Event
from locust import task

from benchmarks.peers.paced import SECONDS, TEXT, finished, moments, now, took
from loadtests.connection import Closed
from loadtests.websocket_user import WebSocketUser


class OursUser(WebSocketUser):
    """Sends once a second; the engine calls `on_message`."""

    def on_message(self, text: str, t: int) -> None:
        """An echo, whose bytes came at `t`."""
        self.report("echo", took(self.since, t), len(text))
        self.answers += 1
        if self.answers == SECONDS:
            self.close()

    def on_close(self, _: Closed) -> None:
        """Over; before the last answer it would be missing from the server's count."""
        finished(self)

    @task
    def play(self) -> None:
        """One customer's half minute."""
        self.answers = 0
        self.connect()
        for _ in moments(self.engine.clock.sleep_until):
            self.since = now()
            self.send(TEXT)
        Event().wait()
