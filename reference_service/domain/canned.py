"""Canned responses: texts of the shop that agents send as they are (R2.1)."""

from typing import Final

import msgspec

from reference_service.domain.changes import Changes
from reference_service.domain.records import Record
from reference_service.domain.refusal import Refusal
from reference_service.domain.shelves import put, shelf
from reference_service.domain.world import ShopFloor, World
from reference_service.filtering import judging

MOST: Final = 1000


class CannedResponse(Record, kw_only=True):
    """A text to send; `tags` is a JSON list."""

    id: str
    number: int
    shop_id: str
    title: str
    text: str
    tags: str
    by: str
    at: float

    def tag_list(self) -> list[str]:
        """The tags it is found by."""
        return msgspec.json.decode(self.tags, type=list[str])


def add(
    world: World, floor: ShopFloor, title: str, text: str, tags: list[str], by: str, changes: Changes
) -> CannedResponse:
    """Add one. Raises Refusal blocked where the filter would change it (FILTER-1), too_many above 1000 a shop."""
    if judging.check(floor.words, text, "to_customer").text != text:
        raise Refusal("blocked", "the shop's own filter would not let it pass as it is")
    if len(shelf(floor, CannedResponse)) >= MOST:
        raise Refusal("too_many", f"at most {MOST} a shop")
    number = world.next_number("canned_responses", changes)
    made = CannedResponse(
        id=f"cr{number}",
        number=number,
        shop_id=floor.shop.id,
        title=title,
        text=text,
        tags=msgspec.json.encode(list(dict.fromkeys(tags))).decode(),
        by=by,
        at=changes.at,
    )
    put(floor, made, changes)
    return made
