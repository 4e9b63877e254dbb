"""Orders: whichever way their steps arrive, once or often, the state is the furthest that was told."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain import orders
from reference_service.domain.events import Ordered
from reference_service.domain.grades import Account
from reference_service.domain.orders import Purchase
from reference_service.domain.records import Conflict


def told(stage: Any, step: Any = None, order: str = "o1", message: str = "", **more: Any) -> Any:
    named = {"customer": "c1", **more}
    return stage.event(Ordered(stage.account("s1"), message, order, step=step, **named))


def paid(stage: Any, *numbers: str, fen: int = 100, customer: str = "c1") -> None:
    for number in numbers:
        told(stage, "paid", number, amount=fen, customer=customer)


def state(stage: Any) -> Any:
    """Everything that the orders made of the shop, but the moments."""
    shown = {
        name: (order.customer, order.step, order.amount, order.cases()) for name, order in stage.floor.orders.items()
    }
    return shown, {name: (known.account, known.grade) for name, known in stage.floor.customers.items()}


STORY: list[dict[str, Any]] = [
    {"step": "created"},
    {"step": "paid", "amount": 500},
    {"step": "shipped"},
    {"case": "r1", "refund": "asked"},
    {"case": "r1", "refund": "agreed"},
    {"case": "r1", "refund": "done", "refunded": 200},
]


def test_steps_in_every_order_lead_to_the_same_state(new_stage: Any) -> None:
    ends = []
    for steps in permutations(STORY):
        stage = new_stage()
        for step in steps:
            told(stage, **step)
        ends.append(state(stage))
    assert ends[0][1] == {"c1": (Account(1, 1, 300, 0), "regular")}
    assert all(end == ends[0] for end in ends)


@given(st.lists(st.sampled_from(range(len(STORY))), min_size=12, max_size=30))
def test_steps_told_again_change_nothing(new_stage: Any, plays: list[int]) -> None:
    once, often = new_stage(), new_stage()
    for number in dict.fromkeys(plays):
        told(once, **STORY[number])
    for number in plays:
        told(often, **STORY[number])
    assert state(often) == state(once)


def test_the_same_push_again_is_known_by_its_message_and_order_and_writes_nothing(stage: Any) -> None:
    assert told(stage, "paid", message="p1") == "taken"
    assert told(stage, "paid", message="p1") == "again"
    assert stage.all[-1].rows == []
    assert told(stage, "paid", order="o2", message="p1") == "taken"


def test_the_same_push_with_other_words_is_recorded_as_a_conflict_and_not_believed(stage: Any) -> None:
    told(stage, "paid", message="p1", amount=100)
    assert told(stage, "paid", message="p1", amount=999) == "conflict"
    assert [record for record, _ in stage.all[-1].rows] == [Conflict]
    assert stage.floor.customers["c1"].account.spent == 100


def test_a_customer_is_a_vip_from_the_very_order_that_makes_them_one(stage: Any) -> None:
    paid(stage, "o1")
    told(stage, "created", "o2")
    assert stage.floor.customers["c1"].grade == "regular"
    told(stage, "paid", "o2")
    assert stage.floor.customers["c1"].grade == "vip"


@pytest.mark.parametrize(
    ("steps", "counts"),
    [
        ([{"step": "created"}], None),
        ([{"step": "paid", "amount": 500}], 500),
        ([{"step": "finished", "amount": 500}], 500),
        ([{"step": "paid"}], -1),
        ([{"step": "paid", "amount": 0}], 0),
        ([{"step": "paid", "amount": 500}, {"step": "cancelled"}], None),
        ([{"step": "paid", "amount": 500}, {"case": "r", "refund": "agreed", "refunded": 500}], 500),
        ([{"step": "paid", "amount": 500}, {"case": "r", "refund": "done", "refunded": 499}], 1),
        ([{"step": "paid", "amount": 500}, {"case": "r", "refund": "done", "refunded": 500}], None),
        ([{"step": "paid", "amount": 500}, {"case": "r", "refund": "done"}], None),
        ([{"step": "paid"}, {"case": "r", "refund": "done", "refunded": 1}], None),
        (
            [
                {"step": "paid", "amount": 500},
                {"case": "r", "refund": "done", "refunded": 250},
                {"case": "q", "refund": "done", "refunded": 250},
            ],
            None,
        ),
    ],
)
def test_what_counts_as_bought_and_what_the_shop_keeps_of_it(stage: Any, steps: Any, counts: int | None) -> None:
    for step in steps:
        told(stage, **step)
    assert orders.kept(stage.floor.orders["o1"]) == counts


def test_a_vip_whose_orders_are_given_back_is_none_any_more(stage: Any) -> None:
    paid(stage, "o1", "o2")
    told(stage, order="o2", case="r", refund="done")
    assert stage.floor.customers["c1"].grade == "regular"


def test_an_order_without_a_buyer_waits_until_somebody_names_them(stage: Any) -> None:
    told(stage, "paid", customer="", amount=700)
    assert stage.floor.customers == {}
    told(stage, "shipped", customer="c7")
    assert stage.floor.customers["c7"].account == Account(1, 1, 700, 0)


def test_an_order_stays_with_the_buyer_first_named(stage: Any) -> None:
    told(stage, "paid", customer="c1")
    told(stage, "shipped", customer="c2")
    assert (stage.floor.orders["o1"].customer, list(stage.floor.customers)) == ("c1", ["c1"])


def test_a_strangers_order_makes_them_known_and_only_in_this_shop(stage: Any) -> None:
    other = stage.shop("s2")
    told(stage, "paid")
    (known,) = stage.floor.customers.values()
    assert (known.customer.visits, known.customer.first_seen, known.grade) == (0, 1000.0, "regular")
    assert (other.customers, other.orders) == ({}, {})


def test_an_order_of_another_app_or_an_unknown_shop_is_ignored(stage: Any) -> None:
    ours = stage.account("s1")
    for account in (ours._replace(app="another"), ours._replace(open_id="nobody")):
        assert stage.event(Ordered(account, "p1", "o1", "c1", "paid")) == "ignored"
    assert stage.floor.orders == {}


def test_every_move_is_kept_with_its_customer(stage: Any) -> None:
    told(stage, "paid")
    assert {record.__name__ for record, _ in stage.all[-1].rows} == {"Purchase", "Customer"}
    assert [row[:4] for record, row in stage.all[-1].rows if record is Purchase] == [("s1", "o1", "c1", "paid")]
