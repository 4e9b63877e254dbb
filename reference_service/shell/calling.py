"""Carries out the outbox's calls: bounded, with token refresh, each outcome a command of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from reference_service.domain.changes import Call, Changes
from reference_service.domain.events import PlatformName
from reference_service.domain.outbox import Answer
from reference_service.domain.records import Shop
from reference_service.domain.world import World
from reference_service.platforms.api import Api, PlatformError
from reference_service.shell.clock import Clock
from reference_service.shell.logs import log

RENEW_BEFORE_S = 60.0


class Caller:
    """Runs calls as tasks. `answered` takes each outcome; `kept` makes changed tokens durable."""

    def __init__(
        self,
        apis: Mapping[PlatformName, Api],
        world: World,
        clock: Clock,
        at_once: int,
        answered: Callable[[Call, Answer], Awaitable[None]],
        kept: Callable[[Changes], Awaitable[None]],
    ) -> None:
        self._apis = apis
        self._world = world
        self._clock = clock
        self._answered = answered
        self._kept = kept
        self._places = asyncio.Semaphore(at_once)
        self._renewals: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, call: Call) -> None:
        """Begin a call."""
        task = asyncio.get_running_loop().create_task(self._run(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Let calls under way end for a moment, then give them up; recovery treats those as lost answers."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2.0)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, call: Call) -> None:
        async with self._places:
            floor = self._world.floors.get(call.shop_id)
            if floor is None:
                return
            answer = await self._attempt(floor.shop, call)
        await self._answered(call, answer)

    async def _attempt(self, shop: Shop, call: Call) -> Answer:
        api = self._apis.get(shop.platform)
        if api is None or not shop.access_token:
            return Answer("refused", words="the shop has no platform token")
        if shop.token_until - self._clock.real() < RENEW_BEFORE_S:
            await self._renew(api, shop, shop.access_token)
        used = shop.access_token
        attempt = api.recall if call.recalls else api.send
        answer = await attempt(shop, call)
        if answer.outcome == "expired" and await self._renew(api, shop, used):
            answer = await attempt(shop, call)
        return answer

    async def _renew(self, api: Api, shop: Shop, used: str) -> bool:
        async with self._renewals.setdefault(shop.id, asyncio.Lock()):
            if shop.access_token != used:
                return True  # another call has renewed it meanwhile
            try:
                granted = await api.refresh(shop)
            except PlatformError as error:
                log("token_refresh_failed", shop=shop.id, why=str(error))
                return False
            shop.access_token, shop.refresh_token = granted.access_token, granted.refresh_token
            shop.token_until = self._clock.real() + granted.lasts_s
            changes = Changes()
            changes.keep(shop)
            await self._kept(changes)
            return True
