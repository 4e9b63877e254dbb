"""DELIVERY: what was acknowledged arrives, once, on every device; nothing else does."""

import pytest

from suites.lab import Lab


@pytest.mark.promise("DELIVERY-1")
async def test_a_message_reaches_both_devices_of_its_agent_once(lab: Lab) -> None:
    shop = await lab.shop()
    first, second = await shop.desk(device="1"), await shop.desk(device="2")
    customer = await shop.customer()
    said = await customer.say("在吗")
    for desk in (first, second):
        await desk.sees(said)
    after = await customer.say("还在吗")
    for desk in (first, second):
        await desk.sees(after)
        assert desk.times_seen(said) == 1


@pytest.mark.promise("DELIVERY-2")
async def test_a_reply_reaches_its_customer_once(lab: Lab) -> None:
    shop = await lab.shop()
    desk, customer = await shop.desk(), await shop.customer()
    event = await desk.sees(await customer.say("有货吗"))
    sent = await desk.reply(event.conversation, "有的")
    assert sent.outcome == "ok"
    first = desk.last_text
    await customer.receives(first)
    await desk.reply(event.conversation, "还要别的吗")
    await customer.receives(desk.last_text)
    assert len(customer.got(first)) == 1
