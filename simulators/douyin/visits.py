"""What a customer's coming sets off: the entry event, their order's story, and old pushes again when they come back."""

import asyncio
from random import Random
from time import time

from history.run import RunSpec
from simulators.douyin.conversation import Conversation
from simulators.douyin.orders import ORDER, Step, story
from simulators.douyin.pusher import Pusher
from simulators.douyin.switchboard import Switchboard


class Visits:
    """Draws from the run's seed and the conversation alone, so that each customer's story is the same every time."""

    def __init__(self, spec: RunSpec, board: Switchboard, pusher: Pusher) -> None:
        self._spec, self._board, self._pusher = spec, board, pusher
        self._rng = Random(f"{spec.seed}/visits")
        self._came: set[str] = set()

    def begins(self, conversation: Conversation, *, fresh: bool) -> None:
        """A customer said hello; `fresh` where they know nothing of before."""
        if fresh:
            self._pusher.event(conversation, self._board.entered(conversation, time()))
        if conversation.id not in self._came:
            self._came.add(conversation.id)
            self._order(conversation)
        elif self._rng.random() < self._spec.scenario.faults.repush:
            self._pusher.push_again(conversation)

    def _order(self, conversation: Conversation) -> None:
        settings = self._spec.scenario.gateway
        rng = Random(f"{self._spec.seed}/order/{conversation.id}")
        if rng.random() >= settings.order_share:
            return
        for step in story(ORDER + 2 * len(self._came), settings.order_step_s, rng):
            asyncio.get_running_loop().call_later(step.after_s, self._tell, conversation, step)

    def _tell(self, conversation: Conversation, step: Step) -> None:
        event_id = self._board.fresh_id("order")
        self._pusher.event(conversation, conversation.event("order", event_id, "", 0, time(), step.order))
