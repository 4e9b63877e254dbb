"""A locustfile for test_customer.py: one user plays the script named by GOLIVE_SCRIPT and prints what it saw."""

import json
import os
from typing import Any

from gevent.event import Event
from locust import task

from loadtests.customer import CustomerUser
from simulators.douyin.frames import Receive, ServerFrame


class Scripted(CustomerUser):
    """Plays once, then ends the run."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.called: list[str] = []
        self.replies = self.wanted = 0
        self.enough = Event()

    @task
    def play(self) -> None:
        """The script, line by line."""
        steps = json.loads(os.environ["GOLIVE_SCRIPT"])
        self.wanted = next((step[1] for step in steps if step[0] == "await_callbacks"), 0)
        saw = [getattr(self, name)(*arguments) for name, *arguments in steps]
        print("SAW", json.dumps(saw), flush=True)
        self.environment.runner.quit()

    def await_callbacks(self, replies: int) -> list[str]:
        """Wait for so many replies, each but the last answered from the callback; what was called meanwhile."""
        del replies
        self.enough.wait(10)
        return self.called

    def on_event(self, frame: ServerFrame) -> None:
        """Note it."""
        self.called.append(type(frame).__name__.lower())

    def on_reply(self, *_: Receive | float | None) -> None:
        """Speak, and once try to wait."""
        self.replies += 1
        if self.replies < self.wanted:
            self.say("还有")
        elif self.replies == self.wanted:
            self._texts.clear()
            try:
                self.recv(1)
            except RuntimeError as error:
                self.called.append(str(error).partition(":")[0])
            self.enough.set()
