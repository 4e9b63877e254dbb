"""Going live: refused until the checklist is complete, then recorded with who and when (READY-1).

A shop is in `setup`, in its `trial`, or `live`. The phase never stops a message: whatever the platform pushes is taken
and served in every phase, because nothing acknowledged may be lost; it only marks what the shop may be counted on for.
"""

from typing import ClassVar, Literal

from reference_service.domain import happenings, trials
from reference_service.domain.changes import Changes
from reference_service.domain.readiness import Item, checklist
from reference_service.domain.records import Person, Record
from reference_service.domain.refusal import Refusal
from reference_service.domain.shelves import put, shelf
from reference_service.domain.world import ShopFloor

Phase = Literal["setup", "trial", "live"]


class Live(Record, kw_only=True):
    """A shop is live since `at`, by the word of a person."""

    KEY: ClassVar[tuple[str, ...]] = ("shop_id",)

    shop_id: str
    at: float
    by: str


def phase(floor: ShopFloor) -> Phase:
    """How far a shop is; live it stays."""
    if shelf(floor, Live):
        return "live"
    trial = trials.newest(floor)
    return "trial" if trial is not None and trial.state == "running" else "setup"


def go_live(floor: ShopFloor, by: Person, changes: Changes) -> list[Item]:
    """Go live; returns what is missing, and where anything is, nothing has happened. Raises Refusal already_live."""
    if shelf(floor, Live):
        raise Refusal("already_live")
    missing = [item for item in checklist(floor, changes.at) if item.missing is not None]
    if not missing:
        live = Live(shop_id=floor.shop.id, at=changes.at, by=by.id)
        put(floor, live, changes)
        changes.tell(happenings.WentLive(floor, live))
    return missing
