"""GATEWAY-3: every item of a batch is handled, and one that nobody can read costs nobody else."""

from typing import Any, Final

import msgspec
import pytest

from suites.lab import Lab
from suites.letterbox import Letterbox, parsed, said

pytestmark = pytest.mark.promise("GATEWAY-3")
UNREADABLE: Final[dict[str, Any]] = {
    "an unknown tag": {"tag": "90999", "msg_id": "1::90999:1:1", "data": "{}"},
    "data that is no JSON": {"tag": "90014", "msg_id": "2::90014:1:1", "data": "{this is no JSON"},
    "data that is nothing": {"tag": "90014", "msg_id": "3::90014:1:1", "data": None},
    "data of another kind": {"tag": "90014", "msg_id": "4::90014:1:1", "data": [1, 2]},
    "no data": {"tag": "90014", "msg_id": "5::90014:1:1"},
    "no tag": {"msg_id": "6::90014:1:1", "data": "{}"},
    "no object": "在吗",
    "null": None,
}


async def test_every_item_of_a_batch_is_told_in_its_order(doudian: Lab) -> None:
    shop = await doudian.shop()
    one, other = await shop.customer(), await shop.customer()
    desk, box = await shop.desk(), Letterbox(shop)
    batch = [box.message(who, f"第{n}句 {doudian.mark()}", place=n) for n in range(1, 11) for who in (one, other)]
    assert await box.takes(box.request(*batch))
    for message in batch:
        await desk.sees(said(message))
    for who in (one, other):
        mine = [message.text for message in batch if message.conversation == who.conversation]
        assert [each.text for each in desk.events if each.kind == "message" and each.text in mine] == mine


@pytest.mark.parametrize("what", UNREADABLE)
async def test_one_item_that_cannot_be_read_does_not_cost_the_others(doudian: Lab, what: str) -> None:
    shop = await doudian.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    before, after = (box.message(customer, f"在吗 {doudian.mark()}") for _ in range(2))
    good = parsed(box.request(before, after))
    body = msgspec.json.encode([UNREADABLE[what], good[0], UNREADABLE[what], good[1], UNREADABLE[what]])
    assert await box.takes(box.signed(body, before, after)), f"{what} in a batch made the target refuse all of it"
    for message in (before, after):
        await desk.sees(said(message))
    assert [each.text for each in desk.events if each.kind == "message"] == [before.text, after.text]


async def test_an_item_twice_in_a_batch_is_told_once(doudian: Lab) -> None:
    shop = await doudian.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    message, last = (box.message(customer, f"在吗 {doudian.mark()}") for _ in range(2))
    assert await box.takes(box.request(message, message, last))
    await desk.sees(said(last))
    assert desk.times_seen(said(message)) == 1


async def test_a_batch_that_comes_again_with_one_item_more_tells_that_one(doudian: Lab) -> None:
    shop = await doudian.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    first, second, third = (box.message(customer, f"在吗 {doudian.mark()}") for _ in range(3))
    assert await box.takes(box.request(first, second))
    assert await box.takes(box.request(first, second, third))
    await desk.sees(said(third))
    assert [each.text for each in desk.events if each.kind == "message"] == [first.text, second.text, third.text]


async def test_a_customer_whose_platform_sends_a_bad_item_is_heard(doudian: Lab) -> None:
    shop = await doudian.shop()
    customer, desk = await shop.customer(), await shop.desk()
    await doudian.disturb(customer, bad_item=True)
    asked = await customer.say("在吗")
    assert (await desk.sees(asked)).text == asked.text
