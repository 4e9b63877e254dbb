"""Customers and orders that a shop has no reason to keep any more (RETAIN-1); pure.

A customer goes with all their orders once nothing was heard of them for the shop's `customer_days` and no conversation
of theirs is kept; an order that nobody told whose it is goes once it has not moved for as long.
"""

from collections.abc import Container, Sequence

from reference_service.domain.changes import Changes
from reference_service.domain.configuring import setting
from reference_service.domain.customers import Known
from reference_service.domain.orders import Purchase
from reference_service.domain.retention import DAY_S, Retention
from reference_service.domain.world import ShopFloor


def before(floor: ShopFloor, now: float) -> float:
    """Who was last seen before this moment may go; 0 under a legal hold of the shop."""
    kept = setting(floor, Retention)
    return 0.0 if kept.legal_hold else now - kept.customer_days * DAY_S


def is_due(known: Known, moment: float) -> bool:
    """Whether nothing was heard of a customer since a moment."""
    return known.thread is None and known.last_seen() < moment


def is_nobodys(order: Purchase, moment: float) -> bool:
    """Whether nobody's order has not moved since a moment."""
    return not order.customer and order.updated_at < moment


def forget(
    floor: ShopFloor, gone: Sequence[Known], talking: Container[str], moment: float, changes: Changes
) -> tuple[int, int]:
    """Take away those customers who are still due, but for those `talking`, of whom a conversation is kept.

    How many went, and how many orders with them.
    """
    due = [one for one in gone if is_due(one, moment) and one.customer.open_id not in talking]
    due = [one for one in due if floor.customers.get(one.customer.open_id) is one]
    for known in due:
        del floor.customers[known.customer.open_id]
        changes.remove(known.customer)
    return len(due), sum(drop(floor, list(known.orders.values()), changes) for known in due)


def drop(floor: ShopFloor, orders: Sequence[Purchase], changes: Changes) -> int:
    """Take orders away; how many there were."""
    there = [order for order in orders if floor.orders.get(order.id) is order]
    for order in there:
        del floor.orders[order.id]
        changes.remove(order)
    return len(there)
