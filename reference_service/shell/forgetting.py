"""What a purge takes beside conversations: customers unseen for long, and outbound events of what went (RETAIN-1)."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Final, TypeVar

from reference_service.domain import announcing, forgetting, retention
from reference_service.domain.announcing import DeadLetter, Delivery
from reference_service.domain.changes import Changes
from reference_service.domain.world import World
from reference_service.storage.reader import Reader

AT_ONCE: Final = 128  # customers, orders or events that one command takes away
LOOKED_AT: Final = 2000  # records between two breaths of the event loop

T = TypeVar("T")
Keep = Callable[[Changes], Awaitable[None]]


async def customers(world: World, begin: Callable[[], Changes], keep: Keep) -> tuple[int, int]:
    """Forget customers and orders, shop by shop; how many of each. Raises StorageError."""
    people = orders = 0
    for floor in list(world.floors.values()):
        moment = forgetting.before(floor, begin().at)
        due = [one async for one in _each(floor.customers.values()) if forgetting.is_due(one, moment)]
        threads = floor.threads.values() if due else ()
        talking = {thread.conversation.customer async for thread in _each(threads)}  # who begins now is due no more
        for start in range(0, len(due), AT_ONCE):
            began, changes = time.monotonic(), begin()
            gone = forgetting.forget(floor, due[start : start + AT_ONCE], talking, moment, changes)
            people, orders = people + gone[0], orders + gone[1]
            await _kept(keep, changes, began)
        nobodys = [one async for one in _each(floor.orders.values()) if forgetting.is_nobodys(one, moment)]
        for start in range(0, len(nobodys), AT_ONCE):
            began, changes = time.monotonic(), begin()
            still = [one for one in nobodys[start : start + AT_ONCE] if forgetting.is_nobodys(one, moment)]
            orders += forgetting.drop(floor, still, changes)
            await _kept(keep, changes, began)
    return people, orders


async def events(reader: Reader, world: World, begin: Callable[[], Changes], keep: Keep) -> int:
    """Take outbound events that tell of what was purged, given up or waiting; how many. Raises StorageError."""
    gone = 0
    for record in (DeadLetter, Delivery):
        after: int | None = 0
        while after is not None:
            places, after = await asyncio.to_thread(reader.event_places, record, after, LOOKED_AT)
            stale = [place for place in places if retention.tells_of_purged(world, place)]
            for start in range(0, len(stale), AT_ONCE):
                began, changes = time.monotonic(), begin()
                gone += announcing.forget(world, stale[start : start + AT_ONCE], changes)
                await _kept(keep, changes, began)
    return gone


async def _each(records: Iterable[T]) -> AsyncIterator[T]:
    for place, one in enumerate(list(records), 1):
        yield one
        if place % LOOKED_AT == 0:
            await asyncio.sleep(0)


async def _kept(keep: Keep, changes: Changes, began: float) -> None:
    await keep(changes)
    await asyncio.sleep(time.monotonic() - began)  # half of the time is the traffic's alone
