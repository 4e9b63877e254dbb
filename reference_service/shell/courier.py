"""Carries out deliveries: signed, bounded in time and number for each webhook, to addresses that are permitted."""

import asyncio
import contextlib
import heapq
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import standardwebhooks

from reference_service.domain import addresses, announcing
from reference_service.domain.announcing import Delivery, Webhook
from reference_service.domain.changes import Changes
from reference_service.domain.shelves import shelf
from reference_service.domain.world import World
from reference_service.settings import Settings
from reference_service.shell.clock import Clock
from reference_service.shell.logs import log
from reference_service.shell.outward import outward, reason
from reference_service.storage.journal import StorageError


@dataclass(slots=True)
class Queue:
    """One webhook's deliveries by the moment they are due, how many are under way, and the timer for the next."""

    due: list[tuple[float, int, Delivery]] = field(default_factory=list)
    under_way: int = 0
    timer: asyncio.TimerHandle | None = None


class Courier:
    """Each attempt ends in a command that is durable before the next: what a kill cuts off is sent again."""

    def __init__(
        self,
        settings: Settings,
        world: World,
        clock: Clock,
        begin: Callable[[], Changes],
        kept: Callable[[Changes], Awaitable[None]],
        counts: Counter[str],
    ) -> None:
        self._settings, self._world, self._clock = settings, world, clock
        self._begin, self._kept = begin, kept
        self._counts = counts
        self._queues: dict[str, Queue] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._added = 0
        self._session = outward(settings.hosts, settings.events_at_once, settings.event_timeout_s)

    def add(self, delivery: Delivery) -> None:
        """Attempt a delivery when it is due."""
        queue = self._queues.setdefault(delivery.webhook_id, Queue())
        self._added += 1
        heapq.heappush(queue.due, (delivery.due, self._added, delivery))
        self._go_on(queue)

    async def close(self) -> None:
        """Give up what is under way; after the restart it is sent again."""
        for queue in self._queues.values():
            queue.due.clear()
            if queue.timer is not None:
                queue.timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    def _go_on(self, queue: Queue) -> None:
        if queue.timer is not None:
            queue.timer.cancel()
            queue.timer = None
        now = self._clock.real()
        while queue.due and queue.due[0][0] <= now and queue.under_way < self._settings.events_at_once_each:
            _, _, delivery = heapq.heappop(queue.due)
            queue.under_way += 1
            task = asyncio.get_running_loop().create_task(self._carry(queue, delivery))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if queue.due and queue.due[0][0] > now:
            queue.timer = asyncio.get_running_loop().call_later(queue.due[0][0] - now, self._go_on, queue)

    async def _carry(self, queue: Queue, delivery: Delivery) -> None:
        try:
            if (webhook := self._webhook(delivery)) is None:
                return
            why = await self._attempt(webhook, delivery)
            if self._webhook(delivery) is not webhook:
                return  # it was removed meanwhile, or its shop, or what it tells of was purged
            floor = self._world.floors[delivery.shop_id]
            changes = self._begin()
            if why:
                letter = announcing.failed(
                    floor, delivery, why, self._clock.real(), self._settings.event_plan_s, changes
                )
                log("event_not_delivered", id=delivery.id, why=why, dead=letter is not None)
                self._counts["dead" if letter else "failed"] += 1
            else:
                self._counts["delivered"] += 1
                announcing.delivered(floor, delivery, changes)
            with contextlib.suppress(StorageError):
                await self._kept(changes)
        finally:
            queue.under_way -= 1
            self._go_on(queue)

    def _webhook(self, delivery: Delivery) -> Webhook | None:
        floor = self._world.floors.get(delivery.shop_id)
        if floor is None or shelf(floor, Delivery).get(delivery.id) is not delivery:
            return None
        return shelf(floor, Webhook).get(delivery.webhook_id)

    async def _attempt(self, webhook: Webhook, delivery: Delivery) -> str:
        """One request; why it failed, "" where it did not."""
        if refused := addresses.refusal(webhook.url, self._settings.hosts):
            return refused
        now = datetime.now(UTC)
        signed = standardwebhooks.Webhook(webhook.secret).sign(delivery.event, now, delivery.body)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": delivery.event,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signed,
        }
        try:
            async with self._session.post(
                webhook.url, data=delivery.body.encode(), headers=headers, allow_redirects=False
            ) as answer:
                return "" if 200 <= answer.status < 300 else f"answered {answer.status}"
        except TimeoutError:
            return "no answer in time"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return reason(error)
