"""A target that is not the gateway: any WebSocket server, here one that echoes.

locust -f loadtests/examples/echo.py -H ws://127.0.0.1:8765/echo --headless -u 20 -r 5 -t 60s
"""

from time import monotonic_ns

from locust import constant_pacing, task

from loadtests.connection import NotOpen
from loadtests.websocket_user import WebSocketUser


class Echo(WebSocketUser):
    """Connects once, then asks once a second and waits for the answer."""

    wait_time = constant_pacing(1)

    @task
    def ask(self) -> None:
        """One question. What went wrong shows among Locust's failures."""
        try:
            if not self.connection:
                self.connect()
            began = monotonic_ns()
            self.send("在吗？")
            answer = self.recv(timeout_s=5)
        except NotOpen:
            return
        self.report("answer", (monotonic_ns() - began) / 1e6, len(answer or ""), None if answer else "no answer")
