"""TIER-1: three clocks a turn, once each, in order, never early; only a person's reply stops the human ones."""

import pytest

from contract_tests.dealings import answered, log, messages, scenes, supervisor, until, visit
from suites.api import Who
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("TIER-1")

WARN = 0.8
STEPS = [
    (30 * WARN, "tier.warning", "instant"),
    (30.0, "tier.breached", "instant"),
    (180 * WARN, "tier.warning", "professional"),
    (180.0, "tier.breached", "professional"),
    (300 * WARN, "tier.warning", "human"),
    (300.0, "tier.breached", "human"),
]


async def fired(shop: LabShop, who: Who = "") -> list[tuple[float, str, str]]:
    """The clocks that fired, as (seconds after the turn began, what, tier), in order."""
    shop.api.need("getResponseTiers")
    told = await log(shop, who or shop.agents[0], "tier.warning", "tier.breached")
    return [(round(each["d"]["at"] - each["d"]["since"], 3), each["t"], each["d"]["tier"]) for each in told]


async def test_the_clocks_of_a_turn_fire_once_each_in_order_and_never_early(lab: Lab) -> None:
    lab.need_time(3900)
    shop = await lab.shop()
    desk = await shop.desk()
    came = await visit(shop, desk)
    (said,) = await messages(shop, came.conversation)
    for number, (after_s, _, _) in enumerate(STEPS):
        await until(shop, said["created_at"] + after_s - 5)
        assert await fired(shop) == STEPS[:number]
        await until(shop, said["created_at"] + after_s)
        assert await fired(shop) == STEPS[: number + 1]
    await lab.advance(3600)
    assert await fired(shop) == STEPS
    told = await log(shop, shop.agents[0], "tier.breached")
    assert {each["d"]["since"] for each in told} == {said["created_at"]}
    await desk.until(lambda event: event.note == "human breached", "the last limit")


async def test_one_long_jump_fires_them_all_each_as_of_its_own_moment(lab: Lab) -> None:
    lab.need_time(3600)
    shop = await lab.shop()
    await visit(shop, await shop.desk())
    await lab.advance(3600)
    assert await fired(shop) == STEPS


async def test_a_persons_reply_stops_every_clock(lab: Lab) -> None:
    lab.need_time(3700)
    shop = await lab.shop()
    desk = await shop.desk()
    came = await visit(shop, desk)
    (said,) = await messages(shop, came.conversation)
    await until(shop, said["created_at"] + 100)
    await answered(desk, came)
    await lab.advance(3600)
    assert await fired(shop) == STEPS[:2]


async def test_a_note_among_agents_stops_no_clock(lab: Lab) -> None:
    lab.need_time(3600)
    shop = await lab.shop()
    came = await visit(shop, await shop.desk())
    body = {"client_msg_id": "n1", "text": "这位客户要退货", "private": True}
    await shop.api("reply", who=shop.agents[0], conversation_id=came.conversation, body=body)
    await lab.advance(3600)
    assert await fired(shop) == STEPS


async def test_an_automatic_message_stops_the_instant_clock_alone(lab: Lab) -> None:
    lab.need_time(3600)
    shop = await lab.shop()
    await scenes(shop, welcome="您好，欢迎光临")
    came = await visit(shop, await shop.desk())
    await came.customer.receives("欢迎光临")
    await lab.advance(3600)
    assert await fired(shop) == STEPS[2:]


async def test_the_next_turn_has_clocks_of_its_own(lab: Lab) -> None:
    lab.need_time(75)
    shop = await lab.shop()
    desk = await shop.desk()
    came = await visit(shop, desk)
    await answered(desk, came)
    await lab.advance(40)
    await desk.sees(await came.customer.say("那什么时候发货"))
    second = (await messages(shop, came.conversation))[-1]
    await lab.advance(35)
    assert await fired(shop) == STEPS[:2]
    told = await log(shop, shop.agents[0], "tier.warning", "tier.breached")
    assert {each["d"]["since"] for each in told} == {second["created_at"]}


async def test_supervisors_are_told_of_breaches_and_not_of_warnings(lab: Lab) -> None:
    lab.need_time(400)
    shop = await lab.shop()
    boss = await supervisor(shop)
    await visit(shop, await shop.desk())
    await lab.advance(400)
    assert await fired(shop, boss.who) == [step for step in STEPS if step[1] == "tier.breached"]


async def test_limits_that_do_not_rise_are_refused(lab: Lab) -> None:
    shop = await lab.shop()
    before = (await shop.api("getResponseTiers")).body
    await shop.api("putResponseTiers", body={"instant_s": 300, "professional_s": 180, "human_s": 200}, expect=422)
    await shop.api("putResponseTiers", body={"instant_s": 30, "professional_s": 180, "human_s": 180}, expect=422)
    assert (await shop.api("getResponseTiers")).body == before
