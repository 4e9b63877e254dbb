"""What a shop must prove: that it is an enterprise, and extra certificates of special categories (R1.1).

The shop submits a number, the operator verifies that number; another number must be verified anew.
"""

import datetime
from typing import ClassVar, Final, Literal

from reference_service.domain.changes import Changes
from reference_service.domain.records import Record
from reference_service.domain.refusal import Refusal
from reference_service.domain.shelves import put, shelf
from reference_service.domain.world import ShopFloor

Category = Literal[
    "general", "beauty", "food", "health_food", "baby_food", "alcohol", "medical_device", "jewelry", "books", "pets"
]
CERTIFICATES: Final[dict[Category, tuple[str, str]]] = {  # which categories need one, and its name
    "beauty": ("化妆品经营备案凭证", "cosmetics filing certificate"),
    "food": ("食品经营许可证", "food business licence"),
    "health_food": ("保健食品经营许可及批准证书", "health food licence and approval"),
    "baby_food": ("婴幼儿配方食品经营许可证", "infant formula licence"),
    "alcohol": ("酒类经营许可证", "alcohol licence"),
    "medical_device": ("医疗器械经营备案凭证", "medical device filing certificate"),
    "jewelry": ("珠宝玉石检测资质", "jewelry testing certificate"),
    "books": ("出版物经营许可证", "publications licence"),
    "pets": ("宠物用品及饲料经营资质", "pet goods and feed certificate"),
}
CHINA: Final = datetime.timezone(datetime.timedelta(hours=8))

Standing = Literal["submitted", "verified", "rejected"]


class Qualification(Record, kw_only=True):
    """The enterprise's licence."""

    KEY: ClassVar[tuple[str, ...]] = ("shop_id",)

    shop_id: str
    number: str
    submitted_at: float
    state: Standing = "submitted"
    decided_at: float | None = None
    why: str = ""


class Certificate(Record, kw_only=True):
    """One category's extra certificate; it holds through the day `expires_on` (YYYY-MM-DD) in China."""

    KEY: ClassVar[tuple[str, ...]] = ("shop_id", "category")

    shop_id: str
    category: Category
    number: str
    expires_on: str
    submitted_at: float
    state: Standing = "submitted"
    decided_at: float | None = None
    why: str = ""

    def holds(self, now: float) -> bool:
        """Verified and not expired."""
        return self.state == "verified" and now < over_at(self.expires_on)


def over_at(expires_on: str) -> float:
    """The first moment after a date in China, Unix seconds. Raises ValueError for what is no date."""
    day = datetime.datetime.strptime(expires_on, "%Y-%m-%d").replace(tzinfo=CHINA)
    return (day + datetime.timedelta(days=1)).timestamp()


def submit(floor: ShopFloor, number: str, changes: Changes) -> None:
    """Submit the licence's number; the same one again changes nothing."""
    known = shelf(floor, Qualification).get("")
    if known is None or known.number != number:
        put(floor, Qualification(shop_id=floor.shop.id, number=number, submitted_at=changes.at), changes)


def submit_certificate(floor: ShopFloor, category: Category, number: str, expires_on: str, changes: Changes) -> None:
    """Submit a category's certificate; the same one again changes nothing."""
    known = shelf(floor, Certificate).get(category)
    if known is not None and (known.number, known.expires_on) == (number, expires_on):
        return
    made = Certificate(
        shop_id=floor.shop.id, category=category, number=number, expires_on=expires_on, submitted_at=changes.at
    )
    put(floor, made, changes)


def decide(
    floor: ShopFloor,
    submitted: Qualification | Certificate | None,
    number: str,
    verified: bool,
    why: str,
    changes: Changes,
) -> None:
    """The operator's word on what was submitted under this number. Raises Refusal not_found, number_changed."""
    if submitted is None:
        raise Refusal("not_found", "nothing was submitted")
    if submitted.number != number:
        raise Refusal("number_changed", "another number was submitted meanwhile")
    submitted.state, submitted.decided_at, submitted.why = "verified" if verified else "rejected", changes.at, why
    put(floor, submitted, changes)
