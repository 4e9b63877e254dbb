"""SYNC-2: after quiet, every device shows what a fresh device would: messages, unread counts, read marks, assignee."""

import pytest

from suites.desk import Desk
from suites.lab import Lab, LabShop
from targets.interface import Held, Read

pytestmark = pytest.mark.promise("SYNC-2")


async def _fresh(shop: LabShop, agent: int = 0) -> dict[str, Held]:
    return {each.conversation: each for each in (await shop.state(agent)).held}


async def _talk(shop: LabShop, desk: Desk, count: int) -> str:
    customer = await shop.customer()
    said = [await customer.say(f"第{n}句") for n in range(count)]
    return (await desk.sees(said[-1])).conversation


async def test_a_fresh_device_shows_what_nobody_has_read(lab: Lab) -> None:
    lab.need("state")
    shop = await lab.shop()
    desk = await shop.desk()
    one, other = await _talk(shop, desk, 3), await _talk(shop, desk, 1)
    assert await _fresh(shop) == {one: Held(one, 3, 3, 0), other: Held(other, 1, 1, 0)}


async def test_a_read_mark_of_one_device_is_every_devices(lab: Lab) -> None:
    lab.need("state", "read")
    shop = await lab.shop()
    desk, twin = await shop.desk(), await shop.desk(device="2")
    conversation = await _talk(shop, desk, 4)
    assert (await shop.act(Read(conversation, 3))).outcome == "ok"
    for device in (desk, twin):
        told = await device.until("read")
        assert told.conversation == conversation
    assert await _fresh(shop) == {conversation: Held(conversation, 4, 1, 3)}


async def test_a_read_mark_never_goes_back(lab: Lab) -> None:
    lab.need("state", "read")
    shop = await lab.shop()
    desk = await shop.desk()
    conversation = await _talk(shop, desk, 4)
    for seq in (4, 2):
        await shop.act(Read(conversation, seq))
    assert await _fresh(shop) == {conversation: Held(conversation, 4, 0, 4)}


async def test_a_read_mark_survives_a_restart(lab: Lab) -> None:
    lab.need("state", "read", "restart")
    shop = await lab.shop()
    desk = await shop.desk()
    conversation = await _talk(shop, desk, 4)
    await shop.act(Read(conversation, 2))
    before = await _fresh(shop)
    await lab.restart("kill")
    await desk.closed()
    await desk.again()
    assert await _fresh(shop) == before == {conversation: Held(conversation, 4, 2, 2)}


async def test_a_device_that_was_cut_and_one_that_was_not_end_with_the_same_messages(lab: Lab) -> None:
    lab.need("history", "state")
    shop = await lab.shop()
    customer, desk, twin = await shop.customer(), await shop.desk(), await shop.desk(device="2")
    event = await desk.sees(await customer.say("在吗"))
    await twin.sees("在吗")
    await twin.cut()
    await customer.say("有货吗")
    await desk.reply(event.conversation, "有的")
    await customer.receives(desk.last_text)
    await lab.settled()
    back = await twin.again()
    last = await customer.say("完了")
    for device in (desk, back):
        await device.sees(last)
    shown = {desk: _shown(desk), back: _shown(twin) + _shown(back)}
    kept = [(each.target_id, each.text) for each in await shop.history(event.conversation)]
    assert shown == {desk: kept, back: kept}


async def test_who_has_a_conversation_is_the_same_for_devices_and_a_fresh_one(lab: Lab) -> None:
    lab.need("state", "transfer")
    shop = await lab.shop(agents=2)
    desk = await shop.desk(agent=0)
    conversation = await _talk(shop, desk, 2)
    colleague = await shop.desk(agent=1)
    await shop.transfer(conversation, to=1)
    await colleague.until("assigned")
    await desk.until("released")
    assert (await _fresh(shop, 0), list(await _fresh(shop, 1))) == ({}, [conversation])
    assert (await colleague.resolve(conversation)).outcome == "ok"
    await colleague.until("released")
    assert (await _fresh(shop, 0), await _fresh(shop, 1)) == ({}, {})


def _shown(desk: Desk) -> list[tuple[str, str | None]]:
    return [(each.target_id, each.text) for each in desk.events if each.kind in ("message", "withheld")]
