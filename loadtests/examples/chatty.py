"""The same by callbacks: a customer who answers each reply at once, five times, without ever waiting in a task.

locust -f loadtests/examples/chatty.py -H http://127.0.0.1:8899 --headless -u 20 -r 5 -t 60s
"""

from typing import Any

from gevent.event import Event
from locust import task

from loadtests.customer import CustomerUser
from simulators.douyin.frames import Recalled, Receive, ServerFrame


class Chatty(CustomerUser):
    """Callbacks run one after the other for all customers of the process: they may `say`, but must not wait."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.heard_so_far = 0
        self.content = Event()

    @task
    def chat(self) -> None:
        """One visit."""
        self.heard_so_far = 0
        self.content.clear()
        self.say("在吗？想问一下这款的尺码")
        self.content.wait(60)
        self.rate(5 if self.content.is_set() else 2)
        self.leave()

    def on_reply(self, *_: Receive | float | None) -> None:
        self.heard_so_far += 1
        self.say("好的，还有一个问题") if self.heard_so_far < 5 else self.content.set()

    def on_event(self, frame: ServerFrame) -> None:
        if isinstance(frame, Recalled):
            self.say("刚才撤回了什么？")
