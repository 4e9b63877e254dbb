"""A locustfile for test_websocket_user.py: one plain user plays GOLIVE_SCRIPT and prints what its steps gave."""

import json
import os
from typing import Any, ClassVar

from locust import task

from loadtests.connection import Closed, NotOpen
from loadtests.websocket_user import WebSocketUser


class Plain(WebSocketUser):
    """Plays once, then ends the run."""

    headers: ClassVar[dict[str, str]] = {"X-Who": "plain"}

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.called: list[str] = []

    @task
    def play(self) -> None:
        """The script, line by line."""
        saw = [self._step(*step) for step in json.loads(os.environ["GOLIVE_SCRIPT"])]
        print("SAW", json.dumps([*saw, self.called]), flush=True)
        self.environment.runner.quit()

    def on_open(self) -> None:
        """Note it."""
        self.called.append("open")

    def on_close(self, why: Closed) -> None:
        """Note it."""
        self.called.append(f"closed {why.code} {why.reason}")

    def _step(self, name: str, *arguments: Any) -> Any:
        try:
            return getattr(self, name)(*arguments)
        except NotOpen as error:
            return f"NotOpen: {error}"
