"""Locust with `websockets.sync`, one greenlet a connection, as a tutorial would do it."""

from gevent.event import Event
from locust import User, task  # patches the standard library; `websockets` must come after it
from websockets.sync.client import connect

from benchmarks.peers.paced import TEXT, finished, moments, now, record


class WebsocketsUser(User):
    """Sends once a second and waits for the answer."""

    @task
    def play(self) -> None:
        """One customer's half minute."""
        with connect(str(self.host).replace("http", "ws"), compression=None, ping_interval=None) as ws:
            for _ in moments():
                since = now()
                ws.send(TEXT)
                size = len(ws.recv())
                record(self, since, now(), size)
        finished(self)
        Event().wait()
