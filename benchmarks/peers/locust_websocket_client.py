"""Locust with `websocket-client`, one greenlet a connection."""

from gevent.event import Event
from locust import User, task  # patches the standard library; `websocket` must come after it
from websocket import create_connection

from benchmarks.peers.paced import TEXT, finished, moments, now, record


class WebsocketClientUser(User):
    """Sends once a second and waits for the answer."""

    @task
    def play(self) -> None:
        """One customer's half minute."""
        ws = create_connection(str(self.host).replace("http", "ws"))
        for _ in moments():
            since = now()
            ws.send(TEXT)
            size = len(ws.recv())
            record(self, since, now(), size)
        ws.close()
        finished(self)
        Event().wait()
