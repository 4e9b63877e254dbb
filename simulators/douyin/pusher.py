"""Pushes to the target: signed, in order inside a conversation, cut, retried, disturbed, recorded."""

import asyncio
from collections import deque
from collections.abc import Callable
from random import Random

from yarl import URL

from history.run import RunSpec
from history.writer import Writer
from simulators.douyin.conversation import Conversation
from simulators.douyin.flight import Flight, Push, alone, fits
from simulators.douyin.lanes import Lanes
from simulators.douyin.late import Latecomers
from simulators.douyin.letters import Letters
from simulators.douyin.retry import Again, GivenUp, next_step
from simulators.douyin.webhook_client import Outcome, WebhookClient
from simulators.faults.chain import chain, idle, plan
from simulators.faults.fault import UNTOUCHED, Plan
from targets.platform import Message, Platform

GRACE_S = 1.0  # what requests in flight may still take when the gateway stops


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
        self._platform, self._writer, self._client = platform, writer, client
        self._letters = Letters(spec, platform, fresh_id)
        self._faults, self._rng = chain(spec.scenario.faults), Random(spec.seed)
        self._idle = idle(spec.scenario.faults)
        self._wanted: dict[str, Plan] = {}  # by conversation: what somebody asked to be done to its next message
        self._lanes: Lanes[str, Push] = Lanes(self.settings.pushes_at_once)
        self._late = Latecomers(self._add)
        self._again: deque[Flight] = deque()  # rested, and wait for a place
        self._most = self.settings.batch if platform.batches else 1
        self._gathering: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    @property
    def pending(self) -> int:
        """Pushes that are neither acknowledged nor given up."""
        return self._lanes.waiting + len(self._late)

    @property
    def full(self) -> bool:
        """Whether customers must wait before they send more."""
        return self._lanes.waiting >= self.settings.backlog

    def want(self, conversation: str, wanted: Plan) -> None:
        """Do this to the conversation's next message, whatever the scenario's faults say."""
        self._wanted[conversation] = wanted

    def message(self, conversation: Conversation, message: Message) -> None:
        """Push a customer's message, disturbed as the scenario's faults want."""
        made = UNTOUCHED if self._idle else plan(self._faults, self._rng)
        if self._wanted:
            made = self._wanted.pop(conversation.id, made)
        if made is UNTOUCHED:
            self._add(Push(conversation, message, True))
            self._late.release(conversation.id)
        else:
            self._touched(conversation, message, made)

    def event(self, conversation: Conversation, message: Message) -> None:
        """Push an echo, enter, recall, read or order event, where the platform tells such."""
        if message.event not in self._platform.tells:
            return
        if message.event == "recall":  # of a message the target cannot know yet, it could make nothing
            self._late.release(conversation.id)
        self._add(Push(conversation, message, False))

    def push_again(self, conversation: Conversation) -> None:
        """Push the last messages that the target took once more."""
        for message in conversation.taken:
            push = Push(conversation, message, True, attempts=1, again=True)
            self._record("doubled", push, note="repush")
            self._add(push)

    async def close(self) -> None:
        """Start nothing more, and let what is in flight end for a moment."""
        self._stopped = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GRACE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _touched(self, conversation: Conversation, message: Message, made: Plan) -> None:
        if made.back_s:
            message = message._replace(created_ms=message.created_ms - int(made.back_s * 1000))
        rest = made._replace(back_s=0.0, late_s=0.0)
        push = Push(conversation, message, True, UNTOUCHED if rest == UNTOUCHED else rest)
        if made.late_s:
            self._record("delayed", push, n=int(made.late_s * 1e6), note="behind its successor")
            self._late.hold(push, made.late_s)
            return
        self._add(push)
        self._late.release(conversation.id)

    def _add(self, push: Push) -> None:
        self._lanes.add(push.conversation.id, push)
        self._go()

    def _go(self) -> None:
        """Start what is ready: now, or where several may go together, a moment later."""
        if self._most == 1:
            self._start()
        elif self._gathering is None and not self._stopped:
            self._gathering = asyncio.get_running_loop().call_later(self.settings.batch_s, self._gathered)

    def _gathered(self) -> None:
        self._gathering = None
        self._start()

    def _start(self) -> None:
        while not self._stopped and (flight := self._next()):
            task = asyncio.create_task(self._fly(flight))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _next(self) -> Flight | None:
        if self._again and self._lanes.resume(len(self._again[0].lanes)):
            return self._again.popleft()
        taken = self._lanes.take()
        if taken is None:
            return None
        if self._most == 1 or not fits(taken[1]):
            return alone(taken[1])
        (lane, behind), *others = self._lanes.take_more(taken[0], self._most - 1, fits)
        together = [(lane, [taken[1], *behind]), *others]
        pushes = tuple(push for _, items in together for push in items)
        return Flight(pushes, tuple((each, len(items)) for each, items in together))

    async def _fly(self, flight: Flight) -> None:
        """Push one after the other, for as long as there is something ready."""
        await self._step(flight)
        while self._most == 1 and not self._stopped and (ready := self._next()):
            await self._step(ready)
        if self._most > 1 and (self._lanes.ready or self._again):
            self._go()

    async def _step(self, flight: Flight) -> None:
        first = flight.first
        if first.plan.hold_s:
            self._record("delayed", first, n=int(first.plan.hold_s * 1e6))
            self._rest(flight, first.plan.hold_s)
            first.plan = first.plan._replace(hold_s=0.0)
            return
        if first.plan.forged:
            first.plan = first.plan._replace(forged=False)
            await self._forge(first)
        taken = await self._push(flight)
        now = asyncio.get_running_loop().time()
        match next_step(taken, flight.attempts, self.settings.retry_s, now):
            case Again(at):
                self._rest(flight, at - now)
                return
            case GivenUp():
                for push in flight.pushes:
                    self._record("" if push.again else "undelivered", push, n=push.attempts)
            case _:
                for push in flight.pushes:
                    if push.recorded and not push.again:
                        push.conversation.taken.append(push.message)
                if first.plan is not UNTOUCHED:
                    await self._repeat(flight, first)
        for lane, count in flight.lanes:
            self._lanes.finish(lane, count)

    def _rest(self, flight: Flight, seconds: float) -> None:
        self._lanes.rest(len(flight.lanes))
        asyncio.get_running_loop().call_later(seconds, self._wake, flight)

    def _wake(self, flight: Flight) -> None:
        self._again.append(flight)
        self._start()

    async def _push(self, flight: Flight) -> bool:
        """One attempt; whether the target took it."""
        if flight.request is None:
            flight.request = self._letters.request(flight)
        flight.attempts += 1
        for push in flight.pushes:
            push.attempts += 1
            if self.url is not None:  # written before the answer is awaited: a watermark may fall in between
                self._record("pushed", push, n=push.attempts)
        outcome = await self._client.post(self.url, flight.request)
        taken = self._taken(outcome)
        for push in flight.pushes:
            if taken:
                self._record("acknowledged", push, n=push.attempts)
            else:
                self._record("push_failed", push, n=push.attempts, note=_why(outcome))
        return taken

    async def _repeat(self, flight: Flight, first: Push) -> None:
        """What follows a push that was taken; a refusal of it is not tried again."""
        if first.plan.doubled:
            self._record("doubled", first)
            await self._push(flight)
        if first.plan.conflicting:
            self._record("doubled", first, note="conflict")
            await self._push(Flight(flight.pushes, flight.lanes, request=self._letters.conflicting(first)))

    async def _forge(self, push: Push) -> None:
        forged_id, request = self._letters.forged(push)
        self._record("forged", push, message=forged_id)
        outcome = await self._client.post(self.url, request)
        if self._taken(outcome):
            self._record("forged_taken", push, message=forged_id)

    def _taken(self, outcome: Outcome) -> bool:
        return outcome.response is not None and self._platform.acknowledged(outcome.response)

    def _record(self, kind: str, push: Push, *, message: str = "", n: int = 0, note: str = "") -> None:
        if push.recorded and kind:
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
