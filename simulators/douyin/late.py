"""Pushes that are kept back until their conversation's next message has gone before them."""

import asyncio
from collections.abc import Callable

from simulators.douyin.flight import Push


class Latecomers:
    """At most one a conversation: a second one is no successor, and goes behind it. `add` puts a push in its lane."""

    def __init__(self, add: Callable[[Push], None]) -> None:
        self._add = add
        self._held: dict[str, tuple[Push, asyncio.TimerHandle]] = {}

    def __len__(self) -> int:
        """How many are kept back."""
        return len(self._held)

    def hold(self, push: Push, seconds: float) -> None:
        """Keep a push back until `release`, or for so long."""
        lane = push.conversation.id
        if lane in self._held:
            self._add(push)
            self.release(lane)
            return
        self._held[lane] = push, asyncio.get_running_loop().call_later(seconds, self.release, lane)

    def release(self, lane: str) -> None:
        """Let the conversation's late push go, where there is one."""
        if self._held and (held := self._held.pop(lane, None)):
            push, timer = held
            timer.cancel()
            self._add(push)
