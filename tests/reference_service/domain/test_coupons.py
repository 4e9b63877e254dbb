"""A VIP's coupon: from the order that makes them one, in the visit or at the next, once."""

from typing import Any

import msgspec
import pytest

from reference_service.domain.coupons import Coupon, CouponTemplates
from reference_service.domain.outbox import Answer
from reference_service.filtering.words import Word

TEMPLATES = CouponTemplates(vip=Coupon("尊贵的会员，您的优惠码：{code}", "VIP8"), regular=Coupon("{code}", "R1"))
WORDS = "尊贵的会员，您的优惠码：VIP8"


@pytest.fixture
def shop(stage: Any) -> Any:
    stage.put(TEMPLATES)
    return stage


def coupons(stage: Any, customer: str = "c1") -> list[str]:
    return [message.text for message in stage.thread(customer).visit if message.scene == "coupon"]


def test_it_is_said_in_the_open_conversation_at_the_very_order_and_the_agent_sees_it(shop: Any) -> None:
    desk = shop.agent()
    shop.write("c1", "m1")
    shop.order("c1", "o1")
    shop.order("c1", "o2", step="created")
    assert coupons(shop) == []
    shop.order("c1", "o2")
    assert coupons(shop) == [WORDS]
    assert [told["text"] for told in shop.told(desk, "message.created") if told["sender"] == "bot"] == [WORDS]
    assert [call.text for call in shop.calls] == [WORDS]


@pytest.mark.parametrize("lost", [False, True])
def test_never_again_for_further_orders_visits_or_when_the_grade_is_lost_and_won(shop: Any, lost: bool) -> None:
    shop.write("c1", "m1")
    for order in ("o1", "o2"):
        shop.order("c1", order)
    if lost:
        shop.order("c1", "o2", step="cancelled")
        assert shop.floor.customers["c1"].grade == "regular"
    shop.order("c1", "o3")
    shop.resolve(shop.thread("c1"))
    shop.write("c1", "m2")
    assert [call.text for call in shop.calls] == [WORDS]
    assert coupons(shop) == []


def test_who_becomes_a_vip_between_visits_gets_it_at_the_beginning_of_the_next(shop: Any) -> None:
    shop.write("c1", "m1")
    shop.resolve(shop.thread("c1"))
    for order in ("o1", "o2"):
        shop.order("c1", order)
    assert shop.calls == []
    shop.write("c1", "m2")
    shop.write("c1", "m3")
    assert coupons(shop) == [WORDS]


def test_who_is_waiting_gets_it_too(shop: Any) -> None:
    shop.write("c1", "m1")
    for order in ("o1", "o2"):
        shop.order("c1", order)
    assert (shop.thread("c1").conversation.state, coupons(shop)) == ("queued", [WORDS])


def test_a_stranger_who_bought_twice_gets_it_with_their_first_message(shop: Any) -> None:
    for order in ("o1", "o2"):
        shop.order("c1", order)
    shop.write("c1", "m1")
    assert coupons(shop) == [WORDS]


def test_without_a_template_nothing_is_said_until_there_is_one(stage: Any) -> None:
    for order in ("o1", "o2"):
        stage.order("c1", order)
    stage.write("c1", "m1")
    assert stage.calls == []
    stage.put(TEMPLATES)
    stage.resolve(stage.thread("c1"))
    stage.write("c1", "m2")
    assert coupons(stage) == [WORDS]


def test_what_the_platform_refused_is_said_again_at_the_next_visit_and_what_it_took_is_not(shop: Any) -> None:
    for order in ("o1", "o2"):
        shop.order("c1", order)
    shop.write("c1", "m1")
    shop.answer(shop.calls.pop(), Answer("refused", code=28001007))
    shop.resolve(shop.thread("c1"))
    shop.write("c1", "m2")
    assert coupons(shop) == [WORDS]
    shop.answer(shop.calls.pop(), Answer("ok", "p1"))
    shop.resolve(shop.thread("c1"))
    shop.write("c1", "m3")
    assert (coupons(shop), shop.calls) == ([], [])


def test_what_the_shops_own_filter_blocks_is_not_said_and_not_counted_as_said(shop: Any) -> None:
    shop.words(Word("优惠码"))
    for order in ("o1", "o2"):
        shop.order("c1", order)
    shop.write("c1", "m1")
    assert (coupons(shop), shop.floor.customers["c1"].customer.coupon) == ([], "")


def test_regular_customers_are_sent_nothing_by_itself(shop: Any) -> None:
    shop.order("c1", "o1")
    shop.write("c1", "m1")
    assert shop.calls == []


def test_a_text_must_say_where_its_code_stands() -> None:
    with pytest.raises(msgspec.ValidationError, match="where the code stands"):
        msgspec.convert({"text": "优惠", "code": "X"}, Coupon)
