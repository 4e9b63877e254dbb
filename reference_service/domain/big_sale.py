"""A big sale (618, Double 11): spare agents and its greeting come on and go off by schedule (R9.1, R9.2, BIGSALE-1).

Switched on, a sale is on from `since` on and before `until`; without `since` it is on at once, without `until` until it
is switched off. While it is on the rules give work to the spare pool, too, and the scene `big_sale` greets in place of
`welcome`. When it goes off, spares keep what they hold and get nothing new. The +300 % themselves need no switch: what
nobody can take waits in the queue, and what cannot be made durable fast enough is refused aloud (inbox.py, R9.3).
"""

import math
from typing import Annotated, Final

import msgspec

from reference_service.bounds import Moment
from reference_service.domain import staff
from reference_service.domain.changes import Changes
from reference_service.domain.configuring import setting
from reference_service.domain.happenings import SettingPut
from reference_service.domain.world import ShopFloor, World

CLOCK: Final = "big_sale"


class BigSale(msgspec.Struct, frozen=True):
    """The switch and the schedule; `spare_share` is how many spares for each regular agent are wanted (R9.1: 30 %)."""

    enabled: bool = False
    since: Moment | None = None
    until: Moment | None = None
    spare_share: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.3

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError("a sale ends after it begins")


def active(sale: BigSale, at: float) -> bool:
    """Whether the sale is on at a moment: its beginning belongs to it, its end does not."""
    begun = sale.since is None or sale.since <= at
    return sale.enabled and begun and (sale.until is None or at < sale.until)


def next_change(sale: BigSale, at: float) -> float | None:
    """When it goes on or off next after a moment; None: it stays as it is."""
    edges = [edge for edge in (sale.since, sale.until) if sale.enabled and edge is not None and edge > at]
    return min(edges, default=None)


def wanted(floor: ShopFloor) -> int:
    """How many spare agents the shop should have: its share of the regular ones, rounded up."""
    return math.ceil(staff.strength(floor) * setting(floor, BigSale).spare_share - 1e-9)  # 0.3 x 10 must not become 4


def have(floor: ShopFloor) -> int:
    """How many spare agents it has who may be given work."""
    people = (desk.person for desk in floor.desks.values())
    return sum(person.spare and person.certified and not person.disabled for person in people)


def put(world: World, happening: SettingPut, changes: Changes) -> None:
    """Another schedule is in force at once."""
    if happening.shape is BigSale:
        _turn(world, happening.floor, changes)


def strike(world: World, key: str, changes: Changes) -> None:
    """The clock of clockwork.py: a sale begins or ends."""
    floor = world.floors.get(key)
    if floor is not None:
        _turn(world, floor, changes)


def restore(world: World, now: float) -> None:
    """After a restart: whether a sale is on, and its clock; the queue moves when the first agent is back."""
    for floor in world.floors.values():
        sale = setting(floor, BigSale)
        floor.spares_on = active(sale, now)
        _set(world, floor, sale, now)


def _turn(world: World, floor: ShopFloor, changes: Changes) -> None:
    sale = setting(floor, BigSale)
    _set(world, floor, sale, changes.at)
    on = active(sale, changes.at)
    if on != floor.spares_on:
        staff.call_spares(floor, on, changes)


def _set(world: World, floor: ShopFloor, sale: BigSale, at: float) -> None:
    edge = next_change(sale, at)
    if edge is None:
        world.agenda.cancel(CLOCK, floor.shop.id)
    else:
        world.agenda.set(CLOCK, floor.shop.id, edge)
