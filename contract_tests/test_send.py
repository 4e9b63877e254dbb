"""SEND-1: the same client id is one message, whichever connection retries it; with another text it is refused."""

import asyncio
from uuid import uuid4

import pytest

from suites.lab import Lab

pytestmark = pytest.mark.promise("SEND-1")


async def test_a_reply_retried_on_the_same_connection_is_one_message(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    event = await desk.sees(await customer.say("在吗"))
    first = await desk.reply(event.conversation, "在的")
    text, name = desk.last_text, desk.last_id
    again = await desk.reply(event.conversation, text, client_id=name, exact=True)
    assert (first.outcome, again.outcome, again.target_id) == ("ok", "ok", first.target_id)
    await desk.reply(event.conversation, "还有别的吗")
    await customer.receives(desk.last_text)
    assert len(customer.got(text)) == 1
    assert desk.times_seen(text) <= 1  # a system need not tell devices of replies


async def test_a_reply_retried_after_its_connection_was_cut_is_one_message(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    text, name = f"在的 {lab.mark()}", uuid4().hex
    event = await desk.sees(await customer.say("在吗"))
    sending = asyncio.create_task(desk.reply(event.conversation, text, client_id=name, exact=True))
    await customer.receives(text)  # so it came; its answer may be lost
    await desk.cut()
    await sending
    back = await desk.again()
    assert (await back.reply(event.conversation, text, client_id=name, exact=True)).outcome == "ok"
    await back.reply(event.conversation, "还有别的吗")
    await customer.receives(back.last_text)
    assert len(customer.got(text)) == 1


async def test_a_reply_retried_on_the_other_device_is_one_message(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, twin = await shop.customer(), await shop.desk(), await shop.desk(device="2")
    event = await desk.sees(await customer.say("在吗"))
    first = await desk.reply(event.conversation, "在的")
    text, name = desk.last_text, desk.last_id
    again = await twin.reply(event.conversation, text, client_id=name, exact=True)
    assert (again.outcome, again.target_id) == ("ok", first.target_id)
    last = await twin.reply(event.conversation, "还有别的吗")
    assert last.outcome == "ok"
    await customer.receives(twin.last_text)
    assert len(customer.got(text)) == 1
    after = await customer.say("好的")
    for device in (desk, twin):
        await device.sees(after)
        assert device.times_seen(text) <= 1


async def test_the_same_reply_from_every_device_in_one_moment_is_one_message(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desks = await shop.customer(), [await shop.desk(device=device) for device in "1234"]
    desk = desks[0]
    event = await desk.sees(await customer.say("在吗"))
    text, name = f"在的 {lab.mark()}", uuid4().hex
    every = [each.reply(event.conversation, text, client_id=name, exact=True) for each in desks]
    sent = await asyncio.gather(*every)
    assert {each.outcome for each in sent} == {"ok"}
    assert len({each.target_id for each in sent}) == 1
    await customer.receives(text)
    await desk.reply(event.conversation, "还有别的吗")
    await customer.receives(desk.last_text)
    assert len(customer.got(text)) == 1


async def test_the_same_client_id_with_another_text_is_refused_and_nothing_is_sent(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    event = await desk.sees(await customer.say("在吗"))
    assert (await desk.reply(event.conversation, "在的")).outcome == "ok"
    first, name = desk.last_text, desk.last_id
    other = await desk.reply(event.conversation, "便宜点", client_id=name)
    assert other.outcome == "failed", "another text went under a client id that was used"
    refused = desk.last_text
    await desk.reply(event.conversation, "还有别的吗")
    await customer.receives(desk.last_text)
    assert (len(customer.got(first)), customer.got(refused)) == (1, [])


async def test_a_reply_retried_after_a_restart_is_one_message(lab: Lab) -> None:
    lab.need("restart")
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    event = await desk.sees(await customer.say("在吗"))
    first = await desk.reply(event.conversation, "在的")
    text, name = desk.last_text, desk.last_id
    await customer.receives(text)
    await lab.restart("kill")
    await desk.closed()
    back = await desk.again()
    again = await back.reply(event.conversation, text, client_id=name, exact=True)
    assert (again.outcome, again.target_id) == ("ok", first.target_id)
    other = await back.reply(event.conversation, "便宜点", client_id=name)
    assert other.outcome == "failed"
    await back.reply(event.conversation, "还有别的吗")
    await customer.receives(back.last_text)
    assert len(customer.got(text)) == 1


async def test_the_contracts_call_and_its_frame_share_client_ids(lab: Lab) -> None:
    shop = await lab.shop()
    shop.api.need("reply")
    customer, desk = await shop.customer(), await shop.desk()
    event = await desk.sees(await customer.say("在吗"))
    await desk.reply(event.conversation, "在的")
    where, who = event.conversation, desk.agent
    body = {"client_msg_id": desk.last_id, "text": desk.last_text}
    again = await shop.api("reply", who=who, body=body, expect=200, conversation_id=where)
    assert again.body["client_msg_id"] == desk.last_id
    refused = await shop.api("reply", who=who, body=body | {"text": "别的"}, expect=409, conversation_id=where)
    assert refused.body["code"] == "client_msg_id_reused"
    await desk.reply(event.conversation, "还有别的吗")
    await customer.receives(desk.last_text)
    assert len(customer.received) == 2
