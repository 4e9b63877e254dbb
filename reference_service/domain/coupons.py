"""Coupons: a template for each grade; whoever becomes a VIP is sent theirs, once (R3.2, VIP-1).

It is said in the conversation that is open at that moment, or at the beginning of the next visit; again only where the
platform, or the shop's own filter, refused it.
"""

from typing import Annotated, Final

import msgspec

from reference_service.domain import speaking
from reference_service.domain.changes import Changes
from reference_service.domain.configuring import setting
from reference_service.domain.customers import Known
from reference_service.domain.grades import Grade
from reference_service.domain.happenings import Opened, OrderMoved, ReplySettled
from reference_service.domain.world import ShopFloor, Thread, World

SCENE: Final = "coupon"
PLACE: Final = "{code}"


class Coupon(msgspec.Struct, frozen=True):
    """The words, with {code} where the code stands, and the code. Raises ValueError where it stands nowhere."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]

    def __post_init__(self) -> None:
        if PLACE not in self.text:
            raise ValueError(f"the text must say where the code stands: {PLACE}")

    def words(self) -> str:
        """As the customer reads it."""
        return self.text.replace(PLACE, self.code)


class CouponTemplates(msgspec.Struct, frozen=True):
    """A shop's templates by grade; a grade without one gets none. Only the VIPs' is sent by itself."""

    new: Coupon | None = None
    regular: Coupon | None = None
    vip: Coupon | None = None


def template(floor: ShopFloor, grade: Grade) -> Coupon | None:
    """The template for a grade."""
    found: Coupon | None = getattr(setting(floor, CouponTemplates), grade)
    return found


def ordered(world: World, happened: OrderMoved, changes: Changes) -> None:
    """From the very order that makes a VIP, where they are in a visit."""
    known = happened.known
    if known is not None and known.thread is not None and known.thread.conversation.state != "resolved":
        _offer(world, known, known.thread, changes)


def opened(world: World, happened: Opened, changes: Changes) -> None:
    """At the next visit otherwise."""
    if happened.thread.known is not None:
        _offer(world, happened.thread.known, happened.thread, changes)


def settled(_: World, happened: ReplySettled, changes: Changes) -> None:
    """What the platform refused was not offered: the next visit tries again."""
    known, message = happened.thread.known, happened.message
    if message.scene == SCENE and message.status == "failed" and known and known.customer.coupon == message.id:
        known.customer.coupon = ""
        changes.keep(known.customer)


def _offer(world: World, known: Known, thread: Thread, changes: Changes) -> None:
    coupon = template(world.floor_of(thread), "vip") if known.grade == "vip" and not known.customer.coupon else None
    message = speaking.say(world, thread, coupon.words(), SCENE, changes) if coupon else None
    if message is not None:
        known.customer.coupon = message.id
        changes.keep(known.customer)
