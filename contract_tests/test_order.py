"""ORDER-1: one dense sequence per conversation in the order of acceptance, the same for all who read it."""

import asyncio

import pytest

from suites.desk import Desk
from suites.lab import Lab
from targets.interface import Event

pytestmark = pytest.mark.promise("ORDER-1")


def _talk(desk: Desk, conversation: str) -> list[Event]:
    kinds = ("message", "withheld")
    return [each for each in desk.events if each.kind in kinds and each.conversation == conversation]


async def test_a_customers_messages_keep_their_order_on_every_device(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, twin = await shop.customer(), await shop.desk(), await shop.desk(device="2")
    said = [await customer.say(f"第{n}句") for n in range(20)]
    for device in (desk, twin):
        last = await device.sees(said[-1])
        assert [each.text for each in _talk(device, last.conversation)] == [each.text for each in said]


async def test_the_numbers_of_a_conversation_are_dense_over_both_sides_and_equal_on_all_devices(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, twin = await shop.customer(), await shop.desk(), await shop.desk(device="2")
    event = await desk.sees(await customer.say("在吗"))
    if event.seq is None:
        pytest.skip("not offered: numbers of messages")
    for n in range(5):  # both sides at once
        await asyncio.gather(customer.say(f"问{n}"), desk.reply(event.conversation, f"答{n}"))
    await lab.settled()
    last = await customer.say("完了")
    numbers = []
    for device in (desk, twin):
        await device.sees(last)
        numbers.append([(each.seq, each.target_id, each.text) for each in _talk(device, event.conversation)])
    assert numbers[0] == numbers[1]
    assert [seq for seq, _, _ in numbers[0]] == list(range(1, 13))


async def test_history_says_the_same_as_the_devices_were_told(lab: Lab) -> None:
    lab.need("history")
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    event = await desk.sees(await customer.say("在吗"))
    for n in range(3):
        await asyncio.gather(customer.say(f"问{n}"), desk.reply(event.conversation, f"答{n}"))
    await lab.settled()
    await desk.sees(await customer.say("完了"))
    told = [(each.seq, each.sender, each.target_id, each.text) for each in _talk(desk, event.conversation)]
    kept = [(each.seq, each.sender, each.target_id, each.text) for each in await shop.history(event.conversation)]
    assert kept == told


async def test_a_clock_that_goes_back_changes_no_order(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    first = await customer.say("第一句")
    await lab.disturb(customer, back_s=3600.0)  # its create_time lies an hour before
    said = [first, await customer.say("第二句"), await customer.say("第三句")]
    event = await desk.sees(said[-1])
    assert [each.text for each in _talk(desk, event.conversation)] == [each.text for each in said]


async def test_a_push_that_is_held_back_keeps_the_order_of_its_conversation(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    await lab.disturb(customer, hold_s=0.3)
    said = [await customer.say(f"第{n}句") for n in range(3)]
    event = await desk.sees(said[-1])
    assert [each.text for each in _talk(desk, event.conversation)] == [each.text for each in said]


async def test_a_late_arrival_keeps_its_number_and_is_shown_at_the_platforms_place(lab: Lab) -> None:
    shop = await lab.shop()
    shop.api.need("listMessages")
    customer, desk = await shop.customer(), await shop.desk()
    first = await customer.say("第一句")
    await desk.sees(first)
    await lab.disturb(customer, late_s=60.0)  # goes behind its successor
    second = await customer.say("第二句")
    third = await customer.say("第三句")
    event = await desk.sees(second)
    assert [each.text for each in _talk(desk, event.conversation)] == [first.text, third.text, second.text]
    pages = {}
    for order in ("seq", "index"):
        answer = await shop.api("listMessages", conversation_id=event.conversation, query={"order": order})
        pages[order] = [(each["seq"], each["text"], each["late"]) for each in answer.body["items"]]
    assert pages["seq"] == [(1, first.text, False), (2, third.text, False), (3, second.text, True)]
    assert pages["index"] == [(1, first.text, False), (3, second.text, True), (2, third.text, False)]


async def test_what_colleagues_take_over_keeps_its_numbers(lab: Lab) -> None:
    lab.need("history", "transfer")
    shop = await lab.shop(agents=2)
    customer, desk = await shop.customer(), await shop.desk(agent=0)
    event = await desk.sees(await customer.say("在吗"))
    await desk.reply(event.conversation, "在的")
    colleague = await shop.desk(agent=1)
    await shop.transfer(event.conversation, to=1)
    await colleague.until("assigned")
    last = await customer.say("有货吗")
    told = await colleague.sees(last)
    if told.seq is None:
        pytest.skip("not offered: numbers of messages")
    assert told.seq == 3
    assert [each.seq for each in await shop.history(event.conversation, agent=1)] == [1, 2, 3]
