"""SYNC-1: a device that comes back is told exactly what it missed, in order; never a silent gap."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from suites.customer import Customer, Said
from suites.desk import Desk
from suites.lab import Lab, LabShop
from targets.interface import Edit, Recall

if TYPE_CHECKING:
    from suites.labs import Labs

pytestmark = pytest.mark.promise("SYNC-1")
PURGED_S = 182 * 86400.0
QUICK = ("--resume-window", "1.5")  # of the bundled reference; longer than it takes to say three sentences
MORE_THAN_A_PAGE = 1_050  # the contract's largest page has 1000


def _texts(*desks: Desk) -> list[str | None]:
    return [each.text for desk in desks for each in desk.events if each.kind == "message"]


async def _open(lab: Lab, agents: int = 1) -> tuple[LabShop, Customer, Desk, str]:
    shop = await lab.shop(agents=agents)
    customer, desk = await shop.customer(), await shop.desk()
    return shop, customer, desk, (await desk.sees(await customer.say("在吗"))).conversation


async def _told_all(desk: Desk, back: Desk, said: Sequence[Said]) -> None:
    """Both connections together told all of it once, in order, and the second nothing of the first's."""
    await back.sees(said[-1])
    assert _texts(desk, back) == [each.text for each in said]


async def test_a_cut_device_gets_exactly_what_it_missed(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    said = [await customer.say(f"第{n}句") for n in range(3)]
    await desk.sees(said[-1])
    await desk.cut()
    said += [await customer.say(f"第{n}句") for n in range(3, 8)]
    await lab.settled()
    back = await desk.again()
    said.append(await customer.say("完了"))
    await _told_all(desk, back, said)


async def test_a_device_that_missed_nothing_is_told_nothing_again(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    said = [await customer.say("在吗")]
    await desk.sees(said[-1])
    await desk.cut()
    back = await desk.again()
    said.append(await customer.say("完了"))
    await _told_all(desk, back, said)


@pytest.mark.parametrize("moment", ["before the push", "during the push", "after the acknowledgement"])
async def test_a_device_cut_at_any_moment_of_a_push_loses_nothing(lab: Lab, moment: str) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    said = [await customer.say("在吗")]
    await desk.sees(said[-1])
    if moment == "before the push":
        await desk.cut()
        said.append(await customer.say("有货吗"))
    elif moment == "during the push":
        twin = await shop.desk(device="2")
        said.append(await customer.say("有货吗"))
        await twin.sees(said[-1])  # the other device may be told of it by now, or not
        await desk.cut()
    else:
        said.append(await customer.say("有货吗"))
        await lab.settled()
        await desk.cut()
    back = await desk.again()
    said.append(await customer.say("完了"))
    await _told_all(desk, back, said)


async def test_a_device_that_flickers_while_customers_write_loses_nothing(lab: Lab) -> None:
    shop = await lab.shop()
    customers = [await shop.customer() for _ in range(3)]
    desks = [await shop.desk()]
    said: list[Said] = []

    async def write(customer: Customer) -> None:
        said.extend([await customer.say(f"第{n}句") for n in range(12)])

    writing = asyncio.gather(*map(write, customers))
    while not writing.done():
        await desks[-1].cut()
        desks.append(await desks[-1].again())
    await writing
    await lab.settled()
    last = await customers[0].say("完了")
    await desks[-1].sees(last)
    assert sorted(str(text) for text in _texts(*desks)) == sorted(each.text for each in (*said, last))


async def test_what_a_device_missed_while_the_target_was_killed_is_told(lab: Lab) -> None:
    lab.need("restart")
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    said = [await customer.say("在吗")]
    await desk.sees(said[-1])
    await desk.cut()
    said.append(await customer.say("有货吗"))
    await lab.settled()
    await lab.restart("kill")
    said.append(await customer.say("还在吗"))
    back = await desk.again()
    said.append(await customer.say("完了"))
    await _told_all(desk, back, said)


async def test_two_devices_cut_at_different_times_end_with_the_same(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, twin = await shop.customer(), await shop.desk(), await shop.desk(device="2")
    said = [await customer.say("在吗")]
    await desk.sees(said[-1])
    await desk.cut()
    said.append(await customer.say("有货吗"))
    await twin.sees(said[-1])
    await twin.cut()
    said.append(await customer.say("几天到"))
    await lab.settled()
    backs = [await desk.again(), await twin.again()]
    said.append(await customer.say("完了"))
    for before, back in zip((desk, twin), backs, strict=True):
        await _told_all(before, back, said)


async def test_past_the_window_a_device_starts_afresh_and_still_has_no_gap(labs: "Labs") -> None:
    lab = await labs(service=QUICK)
    shop, customer, desk, conversation = await _open(lab, agents=2)
    colleague = await shop.desk(agent=1)
    await desk.cut()
    missed = [await customer.say(f"第{n}句") for n in range(3)]
    assert (await colleague.until("assigned")).conversation == conversation  # so the window of the other is over
    back = await desk.again()
    assert (await back.until("released")).conversation == conversation
    assert not back.device.resumed, "resumed, though its conversations are somebody else's already"
    assert [back.times_seen(each) for each in missed] == [1, 1, 1]
    last = await customer.say("完了")
    await colleague.sees(last)
    assert back.times_seen(last) == 0


async def test_a_device_that_knows_more_than_a_restored_target_starts_afresh(lab: Lab) -> None:
    lab.may("restore")
    shop, customer, desk, _ = await _open(lab)
    shop.api.need("makeBackup", "restoreBackup")
    kept = (await shop.api("makeBackup", who="operator")).body["id"]
    lost = await customer.say("备份之后的一句")
    await desk.sees(lost)
    await shop.api("restoreBackup", who="operator", body={"id": kept}, expect=204)
    await desk.closed()
    back = await desk.again()
    last = await customer.say("完了")
    await back.sees(last)
    assert not back.device.resumed, "a place was resumed that the restored target has not reached yet"
    assert _texts(back)[-1] == last.text


async def test_where_the_log_was_purged_it_says_so(lab: Lab) -> None:
    lab.need("clock", "contract")
    lab.may("purge")
    shop, _, desk, conversation = await _open(lab)
    shop.api.need("sync", "runRetention")
    assert (await desk.resolve(conversation)).outcome == "ok"
    await lab.advance(PURGED_S)
    await shop.api("runRetention", who="operator")
    told = (await shop.api("sync", who=desk.agent, query={"since": 0})).body
    assert told["limited"], "events are gone, and whoever asks for them is not told so"


async def test_a_gap_larger_than_a_page_is_told_whole_and_in_order(lab: Lab) -> None:
    shop = await lab.shop()
    customers, desk = [await shop.customer() for _ in range(5)], await shop.desk()
    for customer in customers:
        await desk.sees(await customer.say("在吗"))
    await desk.cut()
    each = MORE_THAN_A_PAGE // len(customers)
    said: dict[str, list[Said]] = {customer.id: [] for customer in customers}

    async def write(customer: Customer) -> None:
        for n in range(each):
            said[customer.id].append(await customer.say(f"第{n}句"))

    await asyncio.gather(*map(write, customers))
    await lab.settled()
    back = await desk.again()
    last = await customers[0].say("完了")
    await back.sees(last, within=30.0)
    told = _texts(back)
    assert len(told) == MORE_THAN_A_PAGE + 1
    for customer in customers:
        mine = [one.text for one in said[customer.id]]
        assert [text for text in told if text in set(mine)] == mine


async def test_a_recall_during_a_gap_is_told(lab: Lab) -> None:
    lab.need("recall")
    _, customer, desk, _ = await _open(lab)
    regretted = await customer.say("我的电话写错了")
    event = await desk.sees(regretted)
    await desk.cut()
    await customer.recall(regretted.message)
    last = await customer.say("完了")
    await lab.settled()
    back = await desk.again()
    taken = await back.until("recalled")
    await back.sees(last)
    assert taken.target_id == event.target_id


async def test_a_message_written_and_recalled_during_a_gap_does_not_stand_there(lab: Lab) -> None:
    lab.need("recall")
    _, customer, desk, _ = await _open(lab)
    await desk.cut()
    regretted = await customer.say("我的电话写错了")
    await customer.recall(regretted.message)
    last = await customer.say("完了")
    await lab.settled()
    back = await desk.again()
    await back.sees(last)
    if back.times_seen(regretted):
        await back.until("recalled")


async def test_an_edit_during_a_gap_is_told(lab: Lab) -> None:
    lab.need("edit")
    shop, customer, desk, conversation = await _open(lab)
    twin = await shop.desk(device="2")
    await lab.disturb(customer, refuse_call=True)  # so that the second waits behind the first, and may still be edited
    await desk.reply(conversation, "第一句")
    first = desk.last_text
    sent = await desk.reply(conversation, "第二句")
    await twin.sees(desk.last_text)
    await twin.cut()
    better = f"第二句改过了 {lab.mark()}"
    assert (await shop.act(Edit(conversation, sent.target_id, better))).outcome == "ok"
    await customer.receives(first)
    await customer.receives(better)
    back = await twin.again()
    edited = await back.until("edited")
    assert (edited.target_id, edited.text) == (sent.target_id, better)
    assert customer.got("第二句 ") == []


async def test_a_recall_of_ones_own_during_a_gap_is_told_to_the_other_device(lab: Lab) -> None:
    lab.need("recall")
    shop, customer, desk, conversation = await _open(lab)
    twin = await shop.desk(device="2")
    sent = await desk.reply(conversation, "发错了")
    await customer.receives(desk.last_text)
    await lab.settled()
    await twin.sees(desk.last_text)
    await twin.cut()
    assert (await shop.act(Recall(conversation, sent.target_id))).outcome == "ok"
    await customer.sees_recalled(customer.received[-1].message)
    await desk.until("recalled")
    back = await twin.again()
    assert (await back.until("recalled")).target_id == sent.target_id


async def test_a_transfer_during_a_gap_is_told_to_both_agents(lab: Lab) -> None:
    lab.need("transfer")
    shop, customer, desk, conversation = await _open(lab, agents=2)
    colleague, twin = await shop.desk(agent=1), await shop.desk(agent=1, device="2")
    await desk.cut()
    await twin.cut()
    await shop.transfer(conversation, to=1)
    asked = await customer.say("有货吗")
    await colleague.sees(asked)
    before, after = await desk.again(), await twin.again()
    assert (await before.until("released")).conversation == conversation
    assert (await after.until("assigned")).conversation == conversation
    await after.sees(asked)
    last = await customer.say("完了")
    await after.sees(last)
    await colleague.sees(last)
    assert (before.times_seen(asked), before.times_seen(last)) == (0, 0)
