"""Overload is told, never hidden, and so is its end (OVERLOAD-1, R9.3).

inbox   pushes of the shop were refused since the last look (inbox.py); the platform sends them again
queue   more wait than three times what the agents at work can hold at once (+300 %); over when it is half of that

Nothing is dropped in either: what is refused comes again, and what waits keeps its place.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import ClassVar, Final, Literal, cast

from reference_service.domain import happenings, routing
from reference_service.domain.changes import Changes
from reference_service.domain.dispatches import NoticeOverload
from reference_service.domain.dispatching import tell
from reference_service.domain.events import Account
from reference_service.domain.records import Record
from reference_service.domain.world import ShopFloor, World

What = Literal["inbox", "queue"]
BURST: Final = 3  # +300 %


class Overload(Record, kw_only=True):
    """What of a shop is overloaded, and since when; gone when it is over."""

    KEY: ClassVar[tuple[str, ...]] = ("shop_id", "what")

    shop_id: str
    what: What
    since: float


def is_on(was_on: bool, level: int, high: int, low: int) -> bool:
    """Whether something is overloaded at this level: from above `high` on, until it is no more than `low`."""
    return level > (low if was_on else high)


def inbox(world: World, refused: Mapping[Hashable, int], changes: Changes) -> None:
    """Tell each shop how many of its pushes were refused since the last call, and when none were any more."""
    numbers = {cast(Account, account)[:2]: number for account, number in refused.items()}
    for account, floor in world.accounts.items():
        if number := numbers.get(account, 0):
            _turn(floor, "inbox", True, changes)
            _notice(floor, NoticeOverload("inbox", False, number, len(floor.queue), changes.at), changes)
        elif "inbox" in floor.overloads:
            _turn(floor, "inbox", False, changes)
            _notice(floor, NoticeOverload("inbox", True, 0, len(floor.queue), changes.at), changes)


def queued(world: World, happened: happenings.Queued, changes: Changes) -> None:
    """One more waits."""
    _look(world.floor_of(happened.thread), changes)


def left(world: World, happened: happenings.Assigned | happenings.Resolved, changes: Changes) -> None:
    """Somebody may wait no more."""
    floor = world.floor_of(happened.thread)
    if "queue" in floor.overloads:
        _look(floor, changes)


def restore(world: World, overloads: Iterable[Overload]) -> None:
    """After a restart: what was told to have begun and not to be over."""
    for one in overloads:
        world.floors[one.shop_id].overloads[one.what] = one.since


def _look(floor: ShopFloor, changes: Changes) -> None:
    agents = [desk for desk in floor.desks.values() if desk.person.role == "agent" and routing.is_present(desk)]
    high = BURST * max(floor.shop.capacity, sum(desk.person.capacity for desk in agents))
    was_on = "queue" in floor.overloads
    if is_on(was_on, len(floor.queue), high, high // 2) is not was_on:
        _turn(floor, "queue", not was_on, changes)
        _notice(floor, NoticeOverload("queue", was_on, 0, len(floor.queue), changes.at), changes)


def _turn(floor: ShopFloor, what: What, on: bool, changes: Changes) -> None:
    if on and what not in floor.overloads:
        floor.overloads[what] = changes.at
        changes.keep(Overload(shop_id=floor.shop.id, what=what, since=changes.at))
    elif not on:
        changes.remove(Overload(shop_id=floor.shop.id, what=what, since=floor.overloads.pop(what)))


def _notice(floor: ShopFloor, notice: NoticeOverload, changes: Changes) -> None:
    for desk in floor.desks.values():  # connected or not: whoever heard of its begin must hear of its end
        tell(desk, notice, changes)
