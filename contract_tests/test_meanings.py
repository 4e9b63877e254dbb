"""GATEWAY-7: echoes, recalls, read receipts and entries have their own meaning and are never a customer's message."""

import pytest

from contract_tests.lull import lull
from suites.desk import Desk
from suites.lab import Lab
from suites.letterbox import Letterbox

pytestmark = pytest.mark.promise("GATEWAY-7")


def _customers(desk: Desk) -> list[str | None]:
    return [each.text for each in desk.events if each.kind in ("message", "withheld") and each.sender == "customer"]


async def test_an_echo_of_our_own_reply_is_no_message_of_anybody(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, twin = await shop.customer(), await shop.desk(), await shop.desk(device="2")
    first = await customer.say("在吗")
    event = await desk.sees(first)
    await desk.reply(event.conversation, "在的")
    reply = desk.last_text
    await customer.receives(reply)
    await lab.settled()  # the platform has told the target of its own reply
    last = await lull(lab, customer)
    for device in (desk, twin):
        await device.sees(last)
        assert _customers(device) == [first.text, last.text]
        assert device.times_seen(reply) <= 1, "the echo was shown as one more message"
    assert len(customer.received) == 1, "the echo was answered, or sent once more"


async def test_what_somebody_wrote_in_the_platforms_own_app_is_no_customers_message(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    first = await customer.say("在吗")
    await desk.sees(first)
    elsewhere = box.message(customer, f"老板在手机上回复 {lab.mark()}", event="echo")
    assert await box.takes(box.request(elsewhere))
    last = await customer.say("有货吗")
    await desk.sees(last)
    assert _customers(desk) == [first.text, last.text]
    await lab.settled()
    assert customer.received == []


async def test_an_echo_before_any_message_makes_no_conversation(lab: Lab) -> None:
    shop = await lab.shop()
    silent, customer = await shop.customer(), await shop.customer()
    desk, box = await shop.desk(), Letterbox(shop)
    assert await box.takes(box.request(box.message(silent, f"欢迎光临 {lab.mark()}", event="echo")))
    first = await customer.say("在吗")
    event = await desk.sees(first)
    assert _customers(desk) == [first.text]
    assert {each.conversation for each in desk.events} == {event.conversation}


async def test_a_recall_takes_the_message_back_and_is_no_message(lab: Lab) -> None:
    lab.need("recall")
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    first = await customer.say("我的电话写错了")
    event = await desk.sees(first)
    await customer.recall(first.message)
    taken = await desk.until("recalled")
    assert (taken.conversation, taken.target_id) == (event.conversation, event.target_id)
    last = await customer.say("有货吗")
    await desk.sees(last)
    assert _customers(desk) == [first.text, last.text]


async def test_a_recalled_text_is_in_no_history(lab: Lab) -> None:
    lab.need("history", "recall")
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    first = await customer.say("我的电话写错了")
    event = await desk.sees(first)
    await customer.recall(first.message)
    await desk.until("recalled")
    texts = [each.text for each in await shop.history(event.conversation)]
    assert first.text not in texts


async def test_a_recall_of_what_nobody_knows_is_acknowledged_and_tells_nothing(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    assert await box.takes(box.request(box.message(customer, "", event="recall")))
    first = await customer.say("在吗")
    await desk.sees(first)
    assert _customers(desk) == [first.text]
    assert [each.kind for each in desk.events if each.kind == "recalled"] == []


async def test_a_read_receipt_is_no_message(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    first = await customer.say("在吗")
    event = await desk.sees(first)
    await desk.reply(event.conversation, "在的")
    got = await customer.receives(desk.last_text)
    await customer.read(got.index)
    await lab.settled()
    last = await customer.say("有货吗")
    await desk.sees(last)
    assert _customers(desk) == [first.text, last.text]


async def test_entering_says_nothing(lab: Lab) -> None:
    shop = await lab.shop()
    desk = await shop.desk()
    silent, customer = await shop.customer(), await shop.customer()
    await lab.settled()
    first = await customer.say("在吗")
    await desk.sees(first)
    assert _customers(desk) == [first.text]
    assert len({each.conversation for each in desk.events if each.kind == "assigned"}) <= 1, (
        "who only looked was queued"
    )
    assert silent.received == []
