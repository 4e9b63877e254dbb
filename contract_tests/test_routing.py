"""ROUTE-6, ROUTE-7: who gets nothing, whose conversations move on once, and who meets their last agent again."""

import pytest

from contract_tests.dealings import answered, log, visit
from contract_tests.lull import lull
from contract_tests.test_resume import QUICK
from suites.lab import Lab, LabShop
from suites.labs import Labs


async def given(shop: LabShop, agent: int) -> list[str]:
    """The conversations that an agent was given so far."""
    told = await log(shop, shop.agents[agent], "conversation.assigned")
    return [each["d"]["conversation_id"] for each in told]


@pytest.mark.promise("ROUTE-6")
@pytest.mark.parametrize("absent", ["away", "offline"])
async def test_who_is_not_at_work_gets_nothing(lab: Lab, absent: str) -> None:
    shop = await lab.shop(agents=2)
    out = await shop.desk(0)
    await out.availability("away" if absent == "away" else "offline")
    working = await shop.desk(1)
    for _ in range(3):
        await visit(shop, working)
    assert [event.kind for event in out.events if event.kind in ("assigned", "message")] == []


@pytest.mark.promise("ROUTE-6")
async def test_with_nobody_at_work_a_customer_waits_and_whoever_comes_back_takes_them(lab: Lab) -> None:
    shop = await lab.shop()
    desk = await shop.desk()
    await desk.availability("away")
    customer = await shop.customer()
    said = await customer.say("在吗")
    await lull(lab, customer)
    await lab.settled()
    assert desk.times_seen(said) == 0
    await desk.availability("online")
    await desk.sees(said)


@pytest.mark.promise("ROUTE-6")
async def test_who_is_not_certified_gets_nothing_until_they_are(lab: Lab) -> None:
    shop = await lab.shop(agents=1)
    new = (await shop.api("createAgent", body={"name": "测试新人"}, expect=201)).body
    assert (new["certified"], new["online"]) == (False, False)
    await shop.api("changeAgent", agent_id=shop.agents[0].id, body={"certified": False})
    desk = await shop.desk()
    customer = await shop.customer()
    said = await customer.say("在吗")
    await lab.settled()
    assert await given(shop, 0) == []
    assert desk.times_seen(said) == 0
    await shop.api("changeAgent", agent_id=shop.agents[0].id, body={"certified": True})
    await desk.sees(said)


@pytest.mark.promise("ROUTE-6")
async def test_another_shops_agent_gets_nothing(lab: Lab) -> None:
    shop, other = await lab.shop(), await lab.shop()
    stranger = await other.desk()
    customer = await shop.customer()
    said = await customer.say("在吗")
    await lab.settled()
    own = await shop.desk()
    await own.sees(said)
    assert [event.kind for event in stranger.events if event.kind in ("assigned", "message")] == []


@pytest.mark.promise("ROUTE-6")
async def test_who_goes_offline_hands_each_of_their_conversations_on_once(lab: Lab) -> None:
    shop = await lab.shop(agents=2)
    leaving = await shop.desk(0)
    came = [await visit(shop, leaving) for _ in range(3)]
    staying = await shop.desk(1)
    await leaving.availability("offline")
    for each in came:
        await staying.sees(each.said)
        await staying.sees(await each.customer.say("还在吗"))
        await answered(staying, each)
    assigned = [event.conversation for event in staying.events if event.kind == "assigned"]
    assert sorted(assigned) == sorted(each.conversation for each in came)
    released = [event.conversation for event in leaving.events if event.kind == "released"]
    assert sorted(released) == sorted(assigned)


@pytest.mark.promise("ROUTE-6")
async def test_who_goes_on_a_break_keeps_what_they_have(lab: Lab) -> None:
    shop = await lab.shop(agents=2)
    resting = await shop.desk(0)
    came = await visit(shop, resting)
    other = await shop.desk(1)
    await resting.availability("away")
    await resting.sees(await came.customer.say("还在吗"))
    await visit(shop, other)
    assert other.times_seen(came.said) == 0
    assert [event.kind for event in resting.events if event.kind == "released"] == []


@pytest.mark.promise("ROUTE-6")
async def test_whose_last_device_stays_away_longer_than_the_resume_window_hands_on_once(labs: Labs) -> None:
    lab = await labs(service=QUICK)
    shop = await lab.shop(agents=2)
    lost = await shop.desk(0)
    came = [await visit(shop, lost) for _ in range(2)]
    staying = await shop.desk(1)
    await lost.cut()
    for each in came:
        await staying.sees(each.said)
        await staying.sees(await each.customer.say("还在吗"))
    assigned = [event.conversation for event in staying.events if event.kind == "assigned"]
    assert sorted(assigned) == sorted(each.conversation for each in came)


@pytest.mark.promise("ROUTE-6")
async def test_with_a_second_device_at_work_nothing_is_handed_on(labs: Labs) -> None:
    lab = await labs(service=QUICK)
    shop = await lab.shop(agents=3)
    first, second = await shop.desk(0, "1"), await shop.desk(0, "2")
    came = await visit(shop, first)
    cut = await shop.desk(1)
    fresh = await visit(shop, cut)
    await first.cut()
    await cut.cut()
    other = await shop.desk(2)
    await other.sees(fresh.said)  # that one's window is over, and so is the other's
    await second.sees(await came.customer.say("还在吗"))
    assert other.times_seen(came.said) == 0


@pytest.mark.promise("ROUTE-7")
async def test_a_returning_customer_meets_their_last_agent_though_a_colleague_has_less_to_do(lab: Lab) -> None:
    shop = await lab.shop(agents=2)
    last = await shop.desk(0)
    came = await visit(shop, last)
    await answered(last, came)
    assert (await last.resolve(came.conversation)).outcome == "ok"
    for _ in range(2):
        await visit(shop, last)
    idle = await shop.desk(1)
    said = await came.customer.say("又来了")
    await last.sees(said)
    assert idle.times_seen(said) == 0


@pytest.mark.promise("ROUTE-7")
async def test_a_last_agent_who_is_not_able_is_passed_over(lab: Lab) -> None:
    shop = await lab.shop(agents=2, capacity=1)
    last = await shop.desk(0)
    came = await visit(shop, last)
    await answered(last, came)
    assert (await last.resolve(came.conversation)).outcome == "ok"
    await visit(shop, last)  # and now they have no room
    other = await shop.desk(1)
    said = await came.customer.say("又来了")
    await other.sees(said)
    assert last.times_seen(said) == 0


@pytest.mark.promise("ROUTE-7")
async def test_it_is_the_last_agent_and_not_the_first(lab: Lab) -> None:
    shop = await lab.shop(agents=2)
    first = await shop.desk(0)
    came = await visit(shop, first)
    second = await shop.desk(1)
    await first.availability("offline")
    await second.sees(came.said)
    await answered(second, came)
    assert (await second.resolve(came.conversation)).outcome == "ok"
    await first.availability("online")
    said = await came.customer.say("又来了")
    await second.sees(said)
    assert first.times_seen(said) == 0
