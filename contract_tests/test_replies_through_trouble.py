"""GATEWAY-8: errors inside HTTP 200, rate limits, expired tokens and lost answers lose no reply and double none."""

import asyncio

import pytest

from contract_tests.lull import lull
from suites.desk import Desk
from suites.lab import Lab

pytestmark = pytest.mark.promise("GATEWAY-8")
DOUBT_S = 60.0  # how long a target may wait for an echo before it says that it is in doubt


async def _arrives_once(lab: Lab, platform_does: dict[str, bool], count: int = 1) -> Desk:
    """Replies while the platform does that to the first call: each reaches the customer once, in order."""
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    event = await desk.sees(await customer.say("在吗"))
    await lab.disturb(customer, **platform_does)
    texts = []
    for n in range(count):
        assert (await desk.reply(event.conversation, f"第{n}句")).outcome == "ok"
        texts.append(desk.last_text)
    for text in texts:
        await customer.receives(text)
    await lab.settled()  # with the echoes
    if "lost_answer" in platform_does:  # who sends again may be late with it
        await desk.sees(await lull(lab, customer))
    await desk.reply(event.conversation, "还有别的吗")
    await customer.receives(desk.last_text)
    assert [each.text for each in customer.received] == [*texts, desk.last_text]
    return desk


async def test_a_platform_that_is_busy_is_asked_again(lab: Lab) -> None:
    desk = await _arrives_once(lab, {"refuse_call": True})
    assert not [each for each in desk.events if each.kind in ("reply_failed", "in_doubt")]


async def test_a_busy_platform_does_not_change_the_order_of_replies(lab: Lab) -> None:
    await _arrives_once(lab, {"refuse_call": True}, count=4)


async def test_a_rate_limit_costs_no_reply(lab: Lab) -> None:
    desk = await _arrives_once(lab, {"limit_call": True}, count=3)
    assert not [each for each in desk.events if each.kind in ("reply_failed", "in_doubt")]


async def test_an_expired_token_is_renewed_and_costs_no_reply(lab: Lab) -> None:
    desk = await _arrives_once(lab, {"expire_token": True}, count=3)
    assert not [each for each in desk.events if each.kind in ("reply_failed", "in_doubt")]


async def test_a_lost_answer_is_settled_by_its_echo_and_not_sent_again(lab: Lab) -> None:
    desk = await _arrives_once(lab, {"lost_answer": True}, count=2)
    assert not [each for each in desk.events if each.kind in ("reply_failed", "in_doubt")]


async def test_where_answer_and_echo_are_lost_the_agent_is_told_of_the_doubt(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    event = await desk.sees(await customer.say("在吗"))
    await lab.disturb(customer, lost_both=True)
    await desk.reply(event.conversation, "在的")
    unsure = desk.last_text
    await desk.until("in_doubt", within=DOUBT_S)
    await desk.reply(event.conversation, "还有别的吗")
    await customer.receives(desk.last_text)
    assert 1 <= len(customer.got(unsure)) <= 2, "a double may be, marked as in doubt; none, or more, may not"


async def test_many_conversations_through_a_rate_limit_lose_nothing(lab: Lab) -> None:
    shop = await lab.shop()
    desk = await shop.desk()
    customers = [await shop.customer() for _ in range(8)]
    texts = {}
    for customer in customers:
        event = await desk.sees(await customer.say("在吗"))
        await lab.disturb(customer, limit_call=True)
        assert (await desk.reply(event.conversation, "在的")).outcome == "ok"
        texts[customer.id] = desk.last_text
    await asyncio.gather(*(customer.receives(texts[customer.id]) for customer in customers))
    await lab.settled()
    assert [[each.text for each in customer.received] for customer in customers] == [[t] for t in texts.values()]


async def test_doudians_errors_inside_200_lead_to_a_retry(doudian: Lab) -> None:
    for mishap in ("refuse_call", "limit_call", "expire_token", "lost_answer"):
        await _arrives_once(doudian, {mishap: True}, count=2)


async def test_a_reply_on_its_way_when_the_target_dies_arrives(lab: Lab) -> None:
    lab.need("restart")
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    event = await desk.sees(await customer.say("在吗"))
    await lab.disturb(customer, lost_answer=True)
    assert (await desk.reply(event.conversation, "在的")).outcome == "ok"
    await lab.restart("kill")
    await customer.receives(desk.last_text, within=DOUBT_S)
