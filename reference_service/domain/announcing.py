"""Outbound events: what happens becomes deliveries, tried by a fixed plan, at last a dead letter (EVENTS-1, R10.2).

    announced -> waiting --2xx--> gone
                    ^  |--anything else--> waiting, later by the plan; after the plan a dead letter
                    +-- redelivered <------------------------------------------------+

At least once: a delivery goes only after its success is durable, and carries the same id at every attempt. In no order.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from reference_service.domain.announcements import ANNOUNCED, body
from reference_service.domain.changes import Changes
from reference_service.domain.records import Record
from reference_service.domain.retention import EventPlace, next_run
from reference_service.domain.shelves import put, shelf, take_away
from reference_service.domain.world import ShopFloor, World

CLOCK: Final = "dead_letters"
JOB: Final = "dead_letters"
MOST_WEBHOOKS: Final = 10  # of a shop
MOST_WAITING: Final = 10_000  # deliveries of one webhook; what comes beyond is counted as missed and shown so


class Webhook(Record, kw_only=True):
    """Where a shop wants to hear of what; `events` is a JSON list of types."""

    id: str
    number: int
    shop_id: str
    url: str
    events: str
    secret: str  # whsec_...
    created_at: float
    missed: int = 0  # events not kept because too many were waiting

    def wants(self, kind: str) -> bool:
        """Whether it is subscribed to this type."""
        return f'"{kind}"' in self.events


class Delivery(Record, kw_only=True):
    """One event on its way to one webhook. `due` is real Unix seconds, whatever the business's clock says."""

    id: str
    shop_id: str
    webhook_id: str
    event: str  # its id, the same for every webhook that hears of it
    number: int  # of the event, rising
    type: str
    body: str
    at: float
    attempt: int = 0
    due: float = 0.0


class DeadLetter(Record, kw_only=True):
    """A delivery that was given up, and why its last attempt failed."""

    id: str
    shop_id: str
    webhook_id: str
    event: str
    number: int
    type: str
    body: str
    at: float
    attempt: int
    dead_at: float
    why: str


def subscribe(
    world: World, floor: ShopFloor, url: str, events: Sequence[str], secret: str, changes: Changes
) -> Webhook:
    """Add a webhook of a shop that has fewer than MOST_WEBHOOKS."""
    number = world.next_number("webhooks", changes)
    webhook = Webhook(
        id=f"wh{number}",
        number=number,
        shop_id=floor.shop.id,
        url=url,
        events=msgspec.json.encode(sorted(set(events))).decode(),
        secret=secret,
        created_at=changes.at,
    )
    put(floor, webhook, changes)
    return webhook


def unsubscribe(floor: ShopFloor, webhook: Webhook, letters: Iterable[DeadLetter], changes: Changes) -> None:
    """Remove a webhook, what waits for it, and its dead letters."""
    take_away(floor, webhook, changes)
    for delivery in [one for one in shelf(floor, Delivery).values() if one.webhook_id == webhook.id]:
        take_away(floor, delivery, changes)
    for letter in letters:
        changes.remove(letter)
    floor.undelivered.pop(webhook.id, None)


def announce(world: World, happened: Any, changes: Changes) -> None:
    """A delivery for each webhook of the shop that wants to hear of what happened (ANNOUNCED)."""
    announced = ANNOUNCED.get(type(happened))
    if announced is None:
        return
    floor: ShopFloor = happened.floor if hasattr(happened, "floor") else world.floor_of(happened.thread)
    webhooks = floor.shelves.get(Webhook)
    if not webhooks:
        return
    announcement = announced(happened)
    wanting = [one for one in shelf(floor, Webhook).values() if one.wants(announcement.type)]
    if not wanting:
        return
    number, told = world.next_number("events", changes), body(announcement, changes.at)
    for webhook in wanting:
        if floor.undelivered[webhook.id] >= MOST_WAITING:
            webhook.missed += 1
            changes.keep(webhook)
            continue
        delivery = Delivery(
            id=f"evt{number}-{webhook.id}",
            shop_id=floor.shop.id,
            webhook_id=webhook.id,
            event=f"evt{number}",
            number=number,
            type=announcement.type,
            body=told,
            at=changes.at,
        )
        _wait(floor, delivery, changes)


def delivered(floor: ShopFloor, delivery: Delivery, changes: Changes) -> None:
    """The other side has it."""
    take_away(floor, delivery, changes)
    floor.undelivered[delivery.webhook_id] -= 1


def forget(world: World, places: Iterable[EventPlace], changes: Changes) -> int:
    """Take away events about what was purged, whether they wait or were given up; how many."""
    gone = 0
    for place in places:
        floor = world.floors.get(place.shop_id)
        if floor is None:
            continue
        gone += 1
        if (delivery := shelf(floor, Delivery).get(place.id)) is None:
            changes.removed.append((DeadLetter, (place.id,)))
        else:
            delivered(floor, delivery, changes)
            delivery.body = ""  # the courier has it until it is due
    return gone


def failed(
    floor: ShopFloor, delivery: Delivery, why: str, now: float, plan: Sequence[float], changes: Changes
) -> DeadLetter | None:
    """An attempt failed: the next is due after the plan's pause; after the last of them it is a dead letter."""
    delivery.attempt += 1
    if delivery.attempt <= len(plan):
        delivery.due = now + plan[delivery.attempt - 1]
        changes.keep(delivery)
        changes.announced.append(delivery)
        return None
    delivered(floor, delivery, changes)
    kept = {name: getattr(delivery, name) for name in Delivery.__struct_fields__ if name != "due"}
    letter = DeadLetter(**kept, dead_at=changes.at, why=why)
    changes.keep(letter)
    return letter


def redeliver(floor: ShopFloor, letters: Iterable[DeadLetter], changes: Changes) -> None:
    """Begin anew with dead letters, under the ids they had."""
    for letter in letters:
        changes.remove(letter)
        kept = {name: getattr(letter, name) for name in Delivery.__struct_fields__ if name not in ("due", "attempt")}
        _wait(floor, Delivery(**kept), changes)


def restore(world: World, changes: Changes) -> None:
    """After a restart: what was waiting is on its way again; and the daily clock of the dead letters."""
    for floor in world.floors.values():
        for delivery in shelf(floor, Delivery).values():
            floor.undelivered[delivery.webhook_id] += 1
            changes.announced.append(delivery)
    world.agenda.set(CLOCK, "", next_run(changes.at))


def strike(world: World, key: str, changes: Changes) -> None:
    """Begin a day's run."""
    world.agenda.set(CLOCK, key, next_run(changes.at))
    changes.jobs.append(JOB)


def _wait(floor: ShopFloor, delivery: Delivery, changes: Changes) -> None:
    put(floor, delivery, changes)
    floor.undelivered[delivery.webhook_id] += 1
    changes.announced.append(delivery)
