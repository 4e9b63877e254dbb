"""VIP-1: a repeat buyer is a VIP from the order that makes them one, and gets their own coupon template."""

import pytest

from contract_tests.dealings import Data, Visit, answered, messages, visit
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("VIP-1")
COUPON = {"text": "会员专享：{code}", "code": "V8"}
TOLD = "会员专享：V8"


async def order(shop: LabShop, open_id: str, number: str, status: str = "paid", **more: object) -> Data:
    """A step of an order; the customer as they are then."""
    body = {"id": number, "status": status, "amount": 5000, **more}
    await shop.api("importOrder", open_id=open_id, body=body, expect=(200, 201))
    return await known(shop, open_id)


async def known(shop: LabShop, open_id: str) -> Data:
    """The customer's profile."""
    return dict((await shop.api("getCustomer", open_id=open_id)).body)


async def coupons(shop: LabShop, came: Visit) -> list[str]:
    """The coupons of a conversation."""
    return [each["text"] for each in await messages(shop, came.conversation) if each["scene"] == "coupon"]


async def test_the_second_order_makes_a_vip_and_not_the_first(lab: Lab) -> None:
    shop = await lab.shop()
    came = await visit(shop, await shop.desk())
    open_id = came.customer.open_id
    assert (await known(shop, open_id))["grade"] == "new"
    assert (await order(shop, open_id, "T1"))["grade"] == "regular"
    assert (await order(shop, open_id, "T1", "finished"))["grade"] == "regular"  # the same order again
    assert (await order(shop, open_id, "T2", "created"))["grade"] == "regular"  # not paid yet
    seen = await order(shop, open_id, "T2", "paid")
    assert (seen["grade"], seen["bought"], seen["spent"]) == ("vip", 2, 10000)


async def test_a_cancelled_or_wholly_refunded_order_makes_nobody_a_vip(lab: Lab) -> None:
    shop = await lab.shop()
    open_id = (await visit(shop, await shop.desk())).customer.open_id
    await order(shop, open_id, "T1")
    await order(shop, open_id, "T2", "cancelled")
    refund = {"id": "R1", "status": "done", "amount": 5000}
    assert (await order(shop, open_id, "T3", "finished", refund=refund))["grade"] == "regular"
    part = {"id": "R2", "status": "done", "amount": 4999}
    assert (await order(shop, open_id, "T4", "finished", refund=part))["grade"] == "vip"


async def test_who_becomes_a_vip_is_sent_the_vips_coupon_at_once_and_once(lab: Lab) -> None:
    shop = await lab.shop()
    await shop.api("putCouponTemplates", body={"vip": COUPON, "regular": {"text": "满减{code}", "code": "R1"}})
    desk = await shop.desk()
    came = await visit(shop, desk)
    seen = await order(shop, came.customer.open_id, "T1")
    assert (seen["coupon"]["code"], seen["coupon_sent"]) == ("R1", False)
    seen = await order(shop, came.customer.open_id, "T2")
    assert (seen["coupon"], seen["coupon_sent"]) == (COUPON, True)
    await came.customer.receives(TOLD)
    told = await desk.sees(TOLD)
    assert told.sender == "bot"
    await order(shop, came.customer.open_id, "T3")
    await answered(desk, came)
    assert await coupons(shop, came) == [TOLD]
    assert len(came.customer.got(TOLD)) == 1


async def test_who_became_one_while_away_gets_it_at_the_beginning_of_their_next_visit(lab: Lab) -> None:
    shop = await lab.shop()
    await shop.api("putCouponTemplates", body={"vip": COUPON})
    desk = await shop.desk()
    came = await visit(shop, desk)
    await answered(desk, came)
    assert (await desk.resolve(came.conversation)).outcome == "ok"
    for number in ("T1", "T2"):
        await order(shop, came.customer.open_id, number)
    assert await coupons(shop, came) == []
    await desk.sees(await came.customer.say("又来了"))
    await came.customer.receives(TOLD)
    assert await coupons(shop, came) == [TOLD]


async def test_a_regular_customer_is_sent_none(lab: Lab) -> None:
    shop = await lab.shop()
    await shop.api("putCouponTemplates", body={"vip": COUPON})
    desk = await shop.desk()
    came = await visit(shop, desk)
    await order(shop, came.customer.open_id, "T1")
    await answered(desk, came)
    assert await coupons(shop, came) == []
    assert (await known(shop, came.customer.open_id))["coupon_sent"] is False


async def test_from_then_on_the_dedicated_agent_takes_them(lab: Lab) -> None:
    shop = await lab.shop(agents=2)
    await shop.api("changeAgent", agent_id=shop.agents[1].id, body={"level": "dedicated"})
    first = await shop.desk(0)
    came = await visit(shop, first)
    await answered(first, came)
    assert (await first.resolve(came.conversation)).outcome == "ok"
    dedicated = await shop.desk(1)
    for number in ("T1", "T2"):
        await order(shop, came.customer.open_id, number)
    await dedicated.sees(await came.customer.say("又来了"))
    assert first.times_seen("又来了") == 0
