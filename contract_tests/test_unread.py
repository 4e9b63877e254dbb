"""UNREAD-1: the unread reminder fires once, in time, and not after a read."""

import pytest

from contract_tests.dealings import Data, answered, log, messages, until, visit
from suites.desk import Desk
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("UNREAD-1")
AFTER_S = 24.0  # short enough to be waited for where a target has no clock


async def beginning(lab: Lab, takes_s: float) -> tuple[LabShop, Desk]:
    """A shop that reminds of what was left unread, and its agent at a desk, for a test that takes so long."""
    lab.need_time(takes_s)
    shop = await lab.shop()
    await shop.api("putUnreadReminders", body={"unread_after_s": AFTER_S})
    return shop, await shop.desk()


async def reminders(shop: LabShop) -> list[Data]:
    """Those the agent was told of."""
    return [each["d"] for each in await log(shop, shop.agents[0], "unread.reminder")]


async def test_a_message_left_unread_is_reminded_of_at_its_time_and_once(lab: Lab) -> None:
    shop, desk = await beginning(lab, AFTER_S + 64)
    came = await visit(shop, desk)
    (said,) = await messages(shop, came.conversation)
    await until(shop, said["created_at"] + AFTER_S - 5)
    assert await reminders(shop) == []
    await until(shop, said["created_at"] + AFTER_S)
    told = await desk.until("unread")
    assert (told.conversation, told.seq) == (came.conversation, said["seq"])
    await lab.advance(64)
    due = said["created_at"] + AFTER_S
    wanted = {
        "conversation_id": came.conversation,
        "seq": said["seq"],
        "unread": 1,
        "at": pytest.approx(due, abs=0.001),
    }
    assert await reminders(shop) == [wanted]


async def test_the_clock_runs_from_the_first_unread_message_and_counts_those_after(lab: Lab) -> None:
    shop, desk = await beginning(lab, AFTER_S)
    came = await visit(shop, desk)
    first = (await messages(shop, came.conversation))[0]
    await until(shop, first["created_at"] + AFTER_S / 2)
    await desk.sees(await came.customer.say("有人吗"))
    await until(shop, first["created_at"] + AFTER_S)
    (told,) = await reminders(shop)
    assert (told["seq"], told["unread"]) == (first["seq"], 2)


async def test_what_was_read_in_time_is_not_reminded_of(lab: Lab) -> None:
    shop, desk = await beginning(lab, 3 * AFTER_S)
    came = await visit(shop, desk)
    await shop.api("readConversation", who=shop.agents[0], conversation_id=came.conversation, body={"seq": 1})
    await lab.advance(3 * AFTER_S)
    assert await reminders(shop) == []


async def test_what_was_answered_in_time_is_not_reminded_of(lab: Lab) -> None:
    shop, desk = await beginning(lab, 3 * AFTER_S)
    came = await visit(shop, desk)
    await answered(desk, came)
    await lab.advance(3 * AFTER_S)
    assert await reminders(shop) == []


async def test_a_message_after_the_read_one_has_a_clock_of_its_own(lab: Lab) -> None:
    shop, desk = await beginning(lab, 2 * AFTER_S)
    came = await visit(shop, desk)
    await shop.api("readConversation", who=shop.agents[0], conversation_id=came.conversation, body={"seq": 1})
    await lab.advance(AFTER_S / 2)
    await desk.sees(await came.customer.say("还有一个问题"))
    second = (await messages(shop, came.conversation))[1]
    await until(shop, second["created_at"] + AFTER_S - 5)
    assert await reminders(shop) == []
    await until(shop, second["created_at"] + AFTER_S)
    (told,) = await reminders(shop)
    assert (told["seq"], told["unread"]) == (second["seq"], 1)
