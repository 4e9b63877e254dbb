"""Which customers and orders a shop lets go, and which it must not (RETAIN-1)."""

from typing import Any

import pytest

from reference_service.domain import configuring, forgetting
from reference_service.domain.changes import Changes
from reference_service.domain.customers import Customer, Known
from reference_service.domain.events import Ordered
from reference_service.domain.orders import Purchase
from reference_service.domain.retention import DAY_S, EventPlace, Retention, tells_of_purged

KEPT_S = 1095 * DAY_S
TICK = 2**-20


@pytest.fixture
def buyer(stage: Any) -> Known:
    """A customer who bought twice and never wrote."""
    stage.order("c1", "o1")
    stage.order("c1", "o2")
    known: Known = stage.floor.customers["c1"]
    return known


def due(stage: Any, known: Known, at: float) -> bool:
    return forgetting.is_due(known, forgetting.before(stage.floor, at))


def test_who_was_seen_exactly_as_long_ago_as_is_kept_stays_and_a_tick_later_goes(stage: Any, buyer: Known) -> None:
    assert (due(stage, buyer, stage.now + KEPT_S), due(stage, buyer, stage.now + KEPT_S + TICK)) == (False, True)


def test_a_legal_hold_of_the_shop_and_a_conversation_keep_everybody(stage: Any, buyer: Known) -> None:
    configuring.put(stage.floor, Retention(legal_hold=True), Changes())
    assert not due(stage, buyer, stage.now + 10 * KEPT_S)
    configuring.put(stage.floor, Retention(customer_days=180), Changes())
    assert due(stage, buyer, stage.now + 181 * DAY_S)
    stage.write("c1", "m1")
    assert not due(stage, buyer, stage.now + 181 * DAY_S)


def test_they_go_with_all_their_orders_and_nobody_elses(stage: Any, buyer: Known) -> None:
    stage.order("c2", "o3")
    changes, late = Changes(), stage.now + KEPT_S + 1
    assert forgetting.forget(stage.floor, [buyer], (), forgetting.before(stage.floor, late), changes) == (1, 2)
    assert changes.removed == [(Customer, ("s1", "c1")), (Purchase, ("s1", "o1")), (Purchase, ("s1", "o2"))]
    assert (list(stage.floor.customers), list(stage.floor.orders)) == (["c2"], ["o3"])


def test_who_came_back_since_or_has_an_older_conversation_that_is_kept_stays(stage: Any, buyer: Known) -> None:
    late = stage.now + KEPT_S + 1
    moment, changes = forgetting.before(stage.floor, late), Changes()
    assert forgetting.forget(stage.floor, [buyer], {"c1"}, moment, changes) == (0, 0)
    stage.now = late
    stage.order("c1", "o3")
    assert forgetting.forget(stage.floor, [buyer], (), moment, changes) == (0, 0)
    assert (changes.removed, len(stage.floor.orders)) == ([], 3)


def test_an_order_of_nobody_goes_once_it_has_not_moved_for_as_long(stage: Any) -> None:
    stage.event(Ordered(stage.account("s1"), "", "o1", "", step="paid"))
    nobodys, late = stage.floor.orders["o1"], stage.now + KEPT_S
    assert not forgetting.is_nobodys(nobodys, forgetting.before(stage.floor, late))
    assert forgetting.is_nobodys(nobodys, forgetting.before(stage.floor, late + TICK))
    stage.order("c1", "o1")
    assert not forgetting.is_nobodys(nobodys, forgetting.before(stage.floor, late + TICK))


def test_an_event_tells_of_what_was_purged_where_its_message_conversation_or_customer_is_gone(stage: Any) -> None:
    stage.write("c1", "m1")
    stage.thread("c1").conversation.purged_to = 1
    gone = {
        "a kept message": ("cv1", 2, None),
        "a purged message": ("cv1", 1, None),
        "a conversation and its customer": ("cv1", None, "c1"),
        "a conversation that is gone": ("cv9", None, "c1"),
        "a customer": (None, None, "c1"),
        "a customer who is gone": (None, None, "c9"),
        "an incident": (None, None, None),
    }
    found = {name: tells_of_purged(stage.world, EventPlace("evt1-wh1", "s1", *about)) for name, about in gone.items()}
    assert [name for name, is_gone in found.items() if is_gone] == [
        "a purged message",
        "a conversation that is gone",
        "a customer who is gone",
    ]
