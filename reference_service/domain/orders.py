"""Orders as the platform or the shop's own system tells them, step by step, in whatever order the steps arrive.

    created < paid < shipped < finished < cancelled         of an order
    asked < refused < agreed < done                         of each of its refunds

A step told counts only where it leads further, so the state is the furthest step told, however often and in whichever
order: nothing goes back.
"""

from collections.abc import Iterable
from typing import ClassVar, Final

import msgspec

from reference_service.domain.changes import Changes
from reference_service.domain.customers import Known, know
from reference_service.domain.events import Ordered, OrderStep, RefundStep
from reference_service.domain.grades import Account
from reference_service.domain.happenings import BecameVip, OrderMoved
from reference_service.domain.records import Record
from reference_service.domain.world import ShopFloor

STEPS: Final[tuple[OrderStep, ...]] = ("created", "paid", "shipped", "finished", "cancelled")
REFUND_STEPS: Final[tuple[RefundStep, ...]] = ("asked", "refused", "agreed", "done")


class Refund(msgspec.Struct, array_like=True):
    """One after-sale case; the amount is in fen, None where nobody told it."""

    step: RefundStep
    amount: int | None = None


class Purchase(Record, kw_only=True):
    """One order. Nobody may have told whose it is (`customer` is "") or what was paid (`amount` is -1, else fen)."""

    KEY: ClassVar[tuple[str, ...]] = ("shop_id", "id")

    shop_id: str
    id: str
    customer: str
    step: OrderStep
    amount: int
    created_at: float  # when it was first heard of
    updated_at: float
    refunds: str = "{}"  # JSON: the id of each after-sale case and its Refund

    def cases(self) -> dict[str, Refund]:
        """The refunds, by the id of their case."""
        return _cases.decode(self.refunds)


_cases = msgspec.json.Decoder(dict[str, Refund])


def move(floor: ShopFloor, event: Ordered, changes: Changes) -> bool:
    """Bring an order as far as this step says; False where it was there already.

    Whose order it is and what was paid is believed of whoever tells it first.
    """
    order = floor.orders.get(event.order)
    before = order and msgspec.structs.astuple(order)
    if order is None:
        order = floor.orders[event.order] = _first_heard(floor, event, changes.at)
    _lead_on(order, event)
    if before == msgspec.structs.astuple(order):
        return False
    order.updated_at = changes.at
    changes.keep(order)
    known = know(floor, order.customer, changes) if order.customer else None
    if known is not None:
        was = known.grade
        place(known, order)
        if known.grade == "vip" and was != "vip":
            changes.tell(BecameVip(floor, known))
        known.customer.last_seen = max(known.customer.last_seen, changes.at)
        changes.keep(known.customer)
    changes.tell(OrderMoved(floor, order, known))
    return True


def place(known: Known, order: Purchase) -> None:
    """Count an order among a customer's."""
    known.orders[order.id] = order
    known.account = account(known.orders.values())


def put_back(floor: ShopFloor, order: Purchase) -> None:
    """After a restart: an order among the shop's, and its customer's."""
    floor.orders[order.id] = order
    if order.customer:
        place(floor.customers[order.customer], order)


def account(orders: Iterable[Purchase]) -> Account:
    """The orders in sum."""
    total, bought, spent, unknown = 0, 0, 0, 0
    for order in orders:
        total += 1
        left = kept(order)
        if left is None:
            continue
        bought += 1
        spent += max(left, 0)
        unknown += left < 0
    return Account(total, bought, spent, unknown)


def kept(order: Purchase) -> int | None:
    """What the shop keeps of an order that counts as bought, in fen, -1 where unknown; None where it does not count.

    It counts when it is paid for and neither cancelled nor wholly refunded. A finished refund is of the whole where its
    amount, or the order's, is unknown: nobody becomes a VIP by a guess.
    """
    if order.step in ("created", "cancelled"):
        return None
    back = [refund.amount for refund in order.cases().values() if refund.step == "done"]
    if not back:
        return order.amount
    known = [amount for amount in back if amount is not None]
    if len(known) < len(back) or order.amount < 0 or sum(known) >= order.amount:
        return None
    return order.amount - sum(known)


def _first_heard(floor: ShopFloor, event: Ordered, at: float) -> Purchase:
    return Purchase(
        shop_id=floor.shop.id, id=event.order, customer="", step="created", amount=-1, created_at=at, updated_at=at
    )


def _lead_on(order: Purchase, event: Ordered) -> None:
    order.customer = order.customer or event.customer
    if order.amount < 0 and event.amount is not None:
        order.amount = event.amount
    if event.step and STEPS.index(event.step) > STEPS.index(order.step):
        order.step = event.step
    if event.refund:
        cases = order.cases()
        case = cases.setdefault(event.case, Refund(event.refund))
        if REFUND_STEPS.index(event.refund) > REFUND_STEPS.index(case.step):
            case.step = event.refund
        if case.amount is None:
            case.amount = event.refunded
        order.refunds = msgspec.json.encode(cases).decode()
