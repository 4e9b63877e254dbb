"""Pushes to the target: signed, in order inside a conversation, cut, retried, disturbed, recorded."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from yarl import URL

from history.run import RunSpec
from history.writer import Writer
from simulators.douyin.conversation import Conversation
from simulators.douyin.lanes import Lanes
from simulators.douyin.retry import Again, GivenUp, next_step
from simulators.douyin.webhook_client import Outcome, WebhookClient
from simulators.faults.chain import chain, plan
from simulators.faults.fault import Plan
from simulators.faults.forge import forger, invented
from targets.platform import Message, Platform, Request

GRACE_S = 1.0  # what requests in flight may still take when the gateway stops


@dataclass
class Push:
    """One event on its way. Only customers' messages are recorded and disturbed."""

    conversation: Conversation
    message: Message
    recorded: bool
    plan: Plan
    attempts: int = 0
    request: Request | None = field(default=None, repr=False)  # kept: each attempt sends the same bytes


class Pusher:
    """Owns the lanes; a task lives only while a request is in flight."""

    def __init__(
        self,
        spec: RunSpec,
        platform: Platform,
        writer: Writer,
        client: WebhookClient,
        fresh_id: Callable[[], str],
    ) -> None:
        self.url: URL | None = None
        self.settings = spec.scenario.gateway
        self._app, self._forger = spec.app, forger(spec.app)
        self._platform, self._writer, self._client = platform, writer, client
        self._fresh_id = fresh_id
        self._faults, self._rng = chain(spec.scenario.faults), Random(spec.seed)
        self._lanes: Lanes[str, Push] = Lanes(self.settings.pushes_at_once)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    @property
    def pending(self) -> int:
        """Pushes that are neither acknowledged nor given up."""
        return self._lanes.waiting

    @property
    def full(self) -> bool:
        """Whether customers must wait before they send more."""
        return self._lanes.waiting >= self.settings.backlog

    def message(self, conversation: Conversation, message: Message) -> None:
        """Push a customer's message, disturbed as the scenario's faults want."""
        self._add(Push(conversation, message, True, plan(self._faults, self._rng)))

    def event(self, conversation: Conversation, message: Message) -> None:
        """Push an echo, enter, recall or read event."""
        self._add(Push(conversation, message, False, Plan()))

    async def close(self) -> None:
        """Start nothing more, and let what is in flight end for a moment."""
        self._stopped = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GRACE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _add(self, push: Push) -> None:
        self._lanes.add(push.conversation.id, push)
        self._start()

    def _start(self) -> None:
        while not self._stopped and (taken := self._lanes.take()):
            task = asyncio.create_task(self._fly(*taken))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _fly(self, lane: str, push: Push) -> None:
        """Push one after the other, for as long as there is something ready."""
        await self._step(lane, push)
        while not self._stopped and (taken := self._lanes.take()):
            await self._step(*taken)

    async def _step(self, lane: str, push: Push) -> None:
        if push.plan.hold_s:
            self._record("delayed", push, n=int(push.plan.hold_s * 1e6))
            self._rest(lane, push.plan.hold_s)
            push.plan = push.plan._replace(hold_s=0.0)
            return
        if push.plan.forged:
            push.plan = push.plan._replace(forged=False)
            await self._forge(push)
        taken = await self._push(push)
        now = asyncio.get_running_loop().time()
        match next_step(taken, push.attempts, self.settings.retry_s, now):
            case Again(at):
                self._rest(lane, at - now)
                return
            case GivenUp():
                self._record("undelivered", push, n=push.attempts)
            case _ if push.plan.doubled:
                self._record("doubled", push)
                await self._push(push)
        self._lanes.finish(lane)

    def _rest(self, lane: str, seconds: float) -> None:
        self._lanes.rest()
        asyncio.get_running_loop().call_later(seconds, self._wake, lane)

    def _wake(self, lane: str) -> None:
        self._lanes.wake(lane)
        self._start()

    async def _push(self, push: Push) -> bool:
        """One attempt; whether the target took it."""
        push.attempts += 1
        if push.request is None:
            push.request = self._platform.encode(push.message, self._app)
        if self.url is not None:  # written before the answer is awaited: a watermark may fall in between
            self._record("pushed", push, n=push.attempts)
        outcome = await self._client.post(self.url, push.request)
        if taken := self._taken(outcome):
            self._record("acknowledged", push, n=push.attempts)
        else:
            self._record("push_failed", push, n=push.attempts, note=_why(outcome))
        return taken

    async def _forge(self, push: Push) -> None:
        forged_id = self._fresh_id()
        request = self._platform.encode(invented(push.message, forged_id), self._forger)
        self._record("forged", push, message=forged_id)
        outcome = await self._client.post(self.url, request)
        if self._taken(outcome):
            self._record("forged_taken", push, message=forged_id)

    def _taken(self, outcome: Outcome) -> bool:
        return outcome.response is not None and self._platform.acknowledged(outcome.response)

    def _record(self, kind: str, push: Push, *, message: str = "", n: int = 0, note: str = "") -> None:
        if push.recorded:
            self._writer.add(
                kind,
                shop=push.conversation.shop.id,
                conversation=push.conversation.id,
                message=message or push.message.server_message_id,
                actor=push.conversation.customer,
                n=n,
                note=note,
            )


def _why(outcome: Outcome) -> str:
    return f"refused {outcome.response.status}" if outcome.response else outcome.failure
