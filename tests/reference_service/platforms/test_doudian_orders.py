"""Trade and after-sale items of Doudian's push: every tag, every form, and what they do not say."""

from typing import Any

import msgspec
import pytest

from reference_service.domain.events import Account, Ordered
from reference_service.platforms import doudian

OURS = Account("doudian", "4463798001", "key")
BIG = 4712345680779753833  # beyond 2^53
ORDER = {"p_id": BIG, "s_ids": [BIG], "shop_id": 4463798001, "order_type": 0, "biz": 2}


def parsed(*items: Any) -> Any:
    return doudian.parse({"app-id": "key"}, msgspec.json.encode(items))


def only(tag: Any, data: Any, **named: Any) -> Any:
    (event,) = parsed({"tag": tag, "msg_id": "m1", "data": data} | named).events
    return event


@pytest.mark.parametrize(
    ("tag", "step"),
    [("100", "created"), (101, "paid"), ("102", "shipped"), ("103", "finished"), ("106", "cancelled")],
)
def test_trade_tags_are_steps_and_name_the_buyer_only_where_our_gateway_does(tag: Any, step: Any) -> None:
    assert only(tag, ORDER) == Ordered(OURS, "m1", str(BIG), "", step)
    ours = ORDER | {"golive_im_user_id": "73"}
    assert only(tag, msgspec.json.encode(ours).decode()) == Ordered(OURS, "m1", str(BIG), "73", step)


@pytest.mark.parametrize(
    ("tag", "step"),
    [(200, "asked"), ("201", "agreed"), (202, "agreed"), (204, "refused"), (205, "refused"), ("206", "done")],
)
def test_after_sale_tags_are_steps_of_a_refund(tag: Any, step: Any) -> None:
    data = {"aftersale_id": BIG + 1, "p_id": BIG, "s_id": BIG, "shop_id": 4463798001}
    assert only(tag, data) == Ordered(OURS, "m1", str(BIG), case=str(BIG + 1), refund=step)


def test_amounts_are_read_where_the_platform_tells_them_and_nowhere_else() -> None:
    assert only("101", ORDER | {"pay_amount": 1999}).amount == 1999
    assert only("100", ORDER | {"pay_amount": 1999}).amount is None
    assert only("206", ORDER | {"refund_amount": 999}).refunded == 999
    assert only("201", ORDER | {"refund_amount": 999}).refunded is None
    assert only("101", ORDER | {"pay_amount": -1}).amount is None


def test_the_message_id_has_two_spellings() -> None:
    (event,) = parsed({"tag": 100, "msgId": "x", "data": ORDER}).events
    assert event.message == "x"


@pytest.mark.parametrize(
    "data", [{"shop_id": 1}, {"p_id": 1}, {"shop_id": 1, "p_id": 0}, {"shop_id": 1, "p_id": ""}, "no JSON", [], 7, None]
)
def test_an_item_without_shop_or_order_is_told_unread_and_costs_only_itself(data: Any) -> None:
    pushed = parsed({"tag": "101", "msg_id": "m1", "data": data}, {"tag": "102", "msg_id": "m2", "data": ORDER})
    assert [event.message for event in pushed.events] == ["m2"]
    assert (len(pushed.unread), pushed.ignored) == (1, [])
