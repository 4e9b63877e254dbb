"""AUTO-1: each auto-reply scene fires when it should, once, and counts as a bot's."""

import pytest

from contract_tests.dealings import (
    answered,
    conversation,
    log,
    messages,
    now,
    said_by_itself,
    scenes,
    until,
    visit,
)
from suites.lab import Lab

pytestmark = pytest.mark.promise("AUTO-1")

WELCOME = "欢迎光临本店，请问有什么可以帮您"
QUEUEING = "正在为您排队，请稍候"
CLOSING = "本次会话即将结束"
UNREAD = "刚才的回复您看到了吗"


async def test_a_welcome_comes_at_a_visits_first_message_and_not_at_its_second(lab: Lab) -> None:
    shop = await lab.shop()
    await scenes(shop, welcome=WELCOME)
    desk = await shop.desk()
    came = await visit(shop, desk)
    await came.customer.receives(WELCOME)
    await desk.sees(await came.customer.say("有货吗"))
    await answered(desk, came)
    assert await said_by_itself(shop, came.conversation) == ["welcome"]
    assert len(came.customer.got(WELCOME)) == 1


async def test_a_new_visit_is_welcomed_anew(lab: Lab) -> None:
    shop = await lab.shop()
    await scenes(shop, welcome=WELCOME)
    desk = await shop.desk()
    came = await visit(shop, desk)
    await came.customer.receives(WELCOME)
    await answered(desk, came)
    assert (await desk.resolve(came.conversation)).outcome == "ok"
    await desk.sees(await came.customer.say("又来了"))
    await lab.settled()
    await answered(desk, came)
    assert await said_by_itself(shop, came.conversation) == ["welcome", "welcome"]
    assert len(came.customer.got(WELCOME)) == 2


async def test_a_shop_that_switched_nothing_on_says_nothing(lab: Lab) -> None:
    shop = await lab.shop()
    await scenes(shop)
    desk = await shop.desk()
    came = await visit(shop, desk)
    await answered(desk, came)
    assert await said_by_itself(shop, came.conversation) == []


async def test_who_begins_to_wait_is_told_so_once(lab: Lab) -> None:
    shop = await lab.shop()
    await scenes(shop, queueing=QUEUEING)
    customer = await shop.customer()
    await customer.say("在吗")
    await customer.receives(QUEUEING)
    await customer.say("有人吗")
    waiting = await conversation(shop, customer)
    assert waiting["state"] == "queued"
    assert await said_by_itself(shop, waiting["id"]) == ["queueing"]


async def test_who_need_not_wait_is_not_told_of_a_queue(lab: Lab) -> None:
    shop = await lab.shop()
    await scenes(shop, queueing=QUEUEING)
    desk = await shop.desk()
    came = await visit(shop, desk)
    await answered(desk, came)
    assert await said_by_itself(shop, came.conversation) == []


async def test_a_customer_who_left_a_reply_unread_is_asked_once_at_its_time(lab: Lab) -> None:
    lab.need_time(90)
    shop = await lab.shop()
    await scenes(shop, unread=UNREAD)
    await shop.api("putUnreadReminders", body={"customer_after_s": 25})
    desk = await shop.desk()
    came = await visit(shop, desk)
    await answered(desk, came)
    replied = (await messages(shop, came.conversation))[-1]["created_at"]
    await until(shop, replied + 20)
    assert await said_by_itself(shop, came.conversation) == []
    await until(shop, replied + 25)
    await came.customer.receives(UNREAD)
    await until(shop, replied + 90)
    assert await said_by_itself(shop, came.conversation) == ["unread"]


async def test_a_customer_who_has_read_the_reply_is_not_asked(lab: Lab) -> None:
    lab.need_time(75)
    shop = await lab.shop()
    await scenes(shop, unread=UNREAD)
    await shop.api("putUnreadReminders", body={"customer_after_s": 25})
    desk = await shop.desk()
    came = await visit(shop, desk)
    await answered(desk, came)
    await came.customer.read(came.customer.received[-1].index)
    await desk.until(lambda event: (event.kind, event.sender) == ("read", "customer"), "the customer's read mark")
    await lab.advance(75)
    assert await said_by_itself(shop, came.conversation) == []


async def test_a_visit_that_fell_silent_is_closed_with_a_word(lab: Lab) -> None:
    lab.need_time(60)
    shop = await lab.shop()
    await scenes(shop, closing=CLOSING)
    await shop.api("putAutoClose", body={"after_s": 60})
    desk = await shop.desk()
    came = await visit(shop, desk)
    await answered(desk, came)
    replied = (await messages(shop, came.conversation))[-1]["created_at"]
    await until(shop, replied + 50)
    assert (await conversation(shop, came.customer))["state"] == "open"
    await until(shop, replied + 60)
    await came.customer.receives(CLOSING)
    assert (await conversation(shop, came.customer))["state"] == "resolved"
    assert await said_by_itself(shop, came.conversation) == ["closing"]


async def test_a_customer_who_waits_for_an_answer_is_not_closed_away(lab: Lab) -> None:
    lab.need_time(90)
    shop = await lab.shop()
    await scenes(shop, closing=CLOSING)
    await shop.api("putAutoClose", body={"after_s": 60})
    came = await visit(shop, await shop.desk(), "我要退货，怎么办？")
    await lab.advance(90)
    assert (await conversation(shop, came.customer))["state"] == "open"
    assert await said_by_itself(shop, came.conversation) == []


async def test_what_a_shop_says_by_itself_is_no_persons_answer(lab: Lab) -> None:
    lab.need_time(400)
    shop = await lab.shop()
    shop.api.need("getResponseTiers")
    await scenes(shop, welcome=WELCOME)
    desk = await shop.desk()
    came = await visit(shop, desk)
    await came.customer.receives(WELCOME)
    asked = (await messages(shop, came.conversation))[0]["created_at"]
    await until(shop, asked + 400)
    broken = [each["d"]["tier"] for each in await log(shop, shop.agents[0], "tier.breached")]
    assert broken == ["professional", "human"]  # the welcome stopped only the instant clock
    assert await now(shop) >= asked + 400
