"""BIGSALE-1: templates and spare agents come on and go off by schedule; +300 % is buffered, not dropped."""

import asyncio
from functools import partial

import pytest

from contract_tests.dealings import Data, conversation, now, said_by_itself, scenes, until, visit
from suites.desk import Desk
from suites.lab import Lab, LabShop
from targets.interface import Event

pytestmark = pytest.mark.promise("BIGSALE-1")
SALE, WELCOME = "大促期间咨询较多，会按顺序回复您", "欢迎光临本店"


async def planned(lab: Lab, agents: int = 2) -> tuple[LabShop, Data]:
    """A short sale that begins soon."""
    lab.need_time(80)
    shop = await lab.shop(agents=agents)
    await scenes(shop, big_sale=SALE, welcome=WELCOME)
    begin = await now(shop) + 40
    sale = {"enabled": True, "since": begin, "until": begin + 40}
    await shop.api("putBigSale", body=sale)
    return shop, sale


async def test_its_greeting_comes_on_and_goes_off_by_schedule(lab: Lab) -> None:
    shop, sale = await planned(lab)
    desk = await shop.desk()
    moments = (
        (sale["since"] - 10, "welcome", False),
        (sale["since"], "big_sale", True),
        (sale["until"] - 10, "big_sale", True),
        (sale["until"], "welcome", False),
    )
    for moment, scene, active in moments:
        await until(shop, moment)
        assert (await shop.api("getBigSale")).body["active"] is active
        came = await visit(shop, desk)
        await came.customer.receives(SALE if active else WELCOME)
        assert await said_by_itself(shop, came.conversation) == [scene]


async def test_spare_agents_get_work_only_while_it_is_on_and_keep_what_they_hold(lab: Lab) -> None:
    shop, sale = await planned(lab)
    await shop.api("changeAgent", agent_id=shop.agents[1].id, body={"spare": True})
    spare = await shop.desk(1)
    waiting = await shop.customer()
    said = await waiting.say("在吗")
    assert (await conversation(shop, waiting))["state"] == "queued"
    await until(shop, sale["since"] - 10)
    assert (await conversation(shop, waiting))["state"] == "queued"
    await until(shop, sale["since"])
    await spare.sees(said)  # the moment it begins, without anybody doing anything
    await until(shop, sale["until"])
    assert (await conversation(shop, waiting))["agent_id"] == shop.agents[1].id
    late = await shop.customer()
    await late.say("还在吗")
    assert (await conversation(shop, late))["state"] == "queued"


async def test_without_a_schedule_the_switch_alone_decides(lab: Lab) -> None:
    lab.need("clock")
    shop = await lab.shop()
    await scenes(shop, big_sale=SALE)
    assert (await shop.api("getBigSale")).body["active"] is False
    assert (await shop.api("putBigSale", body={"enabled": True})).body["active"] is True
    await lab.advance(30 * 86_400)
    assert (await shop.api("getBigSale")).body["active"] is True
    assert (await shop.api("putBigSale", body={"enabled": False})).body["active"] is False


async def test_the_spares_wanted_are_the_named_share_of_the_regular_agents(lab: Lab) -> None:
    shop = await lab.shop(agents=4)
    await shop.api("changeAgent", agent_id=shop.agents[3].id, body={"spare": True})
    for share, wanted in ((0.3, 1), (0.34, 2), (1, 3), (0, 0)):
        seen = (await shop.api("putBigSale", body={"spare_share": share})).body
        assert (seen["spares"], seen["spares_wanted"]) == (1, wanted), share


async def test_four_times_what_the_agents_can_hold_waits_in_order_and_none_is_dropped(lab: Lab) -> None:
    capacity, crowd = 5, 20
    shop = await lab.shop(agents=1, capacity=capacity)
    await shop.api("putBigSale", body={"enabled": True})
    desk = await shop.desk()
    customers = [await shop.customer() for _ in range(crowd)]
    said = [await customer.say("在吗") for customer in customers]
    await lab.settled()
    queue = (await shop.api("getQueues")).body
    assert queue["waiting"] == crowd - capacity
    places = [each["conversation_id"] for each in queue["places"]]
    assert [each["waits_since"] for each in queue["places"]] == sorted(each["waits_since"] for each in queue["places"])
    await desk.until(lambda _: len(given(desk)) == capacity, "as many customers as they can hold")
    for place, one in enumerate([*given(desk), *places]):
        await desk.until(partial(_assigned, one), f"customer {place + 1} of {crowd}")
        assert (await desk.resolve(one)).outcome == "ok"
    assert given(desk)[capacity:] == places
    assert {event.platform_id for event in desk.events if event.sender == "customer"} == {one.message for one in said}
    assert (await shop.api("getQueues")).body["waiting"] == 0


def given(desk: Desk) -> list[str]:
    """The conversations that a desk was given, in their order."""
    return [event.conversation for event in desk.events if event.kind == "assigned"]


def _assigned(conversation: str, event: Event) -> bool:
    return (event.kind, event.conversation) == ("assigned", conversation)


async def test_a_crowd_at_one_moment_is_taken_whole(lab: Lab) -> None:
    crowd = 60
    shop = await lab.shop(agents=1, capacity=1)
    customers = [await shop.customer() for _ in range(crowd)]
    await asyncio.gather(*(customer.say("在吗") for customer in customers))
    await lab.settled()
    assert (await shop.api("getQueues")).body["waiting"] == crowd
    listed = (await shop.api("listConversations", query={"limit": 1000})).body["items"]
    assert {each["customer"]["open_id"] for each in listed} == {customer.open_id for customer in customers}


async def test_a_sale_that_ends_before_it_begins_is_refused(lab: Lab) -> None:
    shop = await lab.shop()
    before = (await shop.api("getBigSale")).body
    await shop.api("putBigSale", body={"enabled": True, "since": 2000, "until": 2000}, expect=422)
    assert (await shop.api("getBigSale")).body == before
