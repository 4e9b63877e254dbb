"""SCORE-1: an agent's score equals its formula (speed, satisfaction, conversion) over the history."""

import pytest

from contract_tests import formulas
from contract_tests.dealings import Data, Visit, answered, at_ten, messages, until, visit
from contract_tests.formulas import Person
from suites.desk import Desk
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("SCORE-1")


async def waited(shop: LabShop, desk: Desk, came: Visit, after_s: float) -> float:
    """Answer so long after the customer's message; how long they really waited."""
    begin = (await messages(shop, came.conversation))[-1]["created_at"]
    await until(shop, begin + after_s)
    await answered(desk, came)
    return float((await messages(shop, came.conversation))[-1]["created_at"] - begin)


async def rate(shop: LabShop, came: Visit, stars: int) -> None:
    """The customer gives stars."""
    await shop.api("rate", body={"conversation_id": came.conversation, "stars": stars}, expect=201)


async def order(shop: LabShop, came: Visit, number: str) -> float:
    """The customer begins an order; when."""
    body = {"id": number, "status": "created"}
    made = await shop.api("importOrder", open_id=came.customer.open_id, body=body, expect=201)
    return float(made.body["created_at"])


async def scores(shop: LabShop) -> dict[str, Data]:
    """The dashboard's line of each agent."""
    return {each["agent_id"]: each for each in (await shop.api("metricsSummary")).body["agents"]}


async def test_a_score_is_its_formula_over_what_happened(lab: Lab) -> None:
    shop = await lab.shop()
    await at_ten(shop)
    desk = await shop.desk()
    quick, slow, third = [await visit(shop, desk) for _ in range(3)]
    waits = [await waited(shop, desk, came, after_s) for came, after_s in ((quick, 20), (slow, 90), (third, 200))]
    await desk.sees(await quick.customer.say("还有一个问题"))
    waits.append(await waited(shop, desk, quick, 100))
    for came, stars in ((quick, 5), (slow, 3), (third, 4)):
        await rate(shop, came, stars)
    await order(shop, quick, "T1")
    await order(shop, quick, "T2")  # a customer converts once
    (line,) = (await scores(shop)).values()
    person = Person(waits, [5, 3, 4], served=3, ordered=1)
    wanted = formulas.score(person)
    assert wanted is not None
    assert 20 < wanted < 80, "neither end of any part"
    assert line == {
        "agent_id": shop.agents[0].id,
        "rounds": 4,
        "response_s": pytest.approx(sum(waits) / 4, abs=1e-3),
        "ratings": 3,
        "satisfaction": pytest.approx(2 / 3),
        "served": 3,
        "ordered": 1,
        "conversion": pytest.approx(1 / 3),
        "score": pytest.approx(wanted, abs=1e-3),
    }


async def test_only_an_order_within_a_day_after_the_reply_counts(lab: Lab) -> None:
    shop = await lab.shop()
    await at_ten(shop)
    desk = await shop.desk()
    before, within, after = [await visit(shop, desk) for _ in range(3)]
    placed = await order(shop, before, "T1")
    for came in (before, within, after):
        await answered(desk, came)
    first = {came: (await messages(shop, came.conversation))[-1]["created_at"] for came in (before, within, after)}
    assert placed < first[before]
    await until(shop, first[within] + 86_400 - 60)
    assert await order(shop, within, "T2") < first[within] + 86_400
    await until(shop, first[after] + 86_400)
    assert await order(shop, after, "T3") >= first[after] + 86_400
    (line,) = (await scores(shop)).values()
    assert (line["served"], line["ordered"], line["conversion"]) == (3, 1, pytest.approx(1 / 3))


async def test_what_one_agent_did_is_not_another_agents(lab: Lab) -> None:
    shop = await lab.shop(agents=2, capacity=1)
    await at_ten(shop)
    first = await shop.desk(0)
    mine = await visit(shop, first)
    second = await shop.desk(1)
    theirs = await visit(shop, second)
    for desk, came, stars in ((first, mine, 5), (second, theirs, 1)):
        await answered(desk, came)
        await rate(shop, came, stars)
    await order(shop, mine, "T1")
    found = await scores(shop)
    ones = [(found[agent.id]["satisfaction"], found[agent.id]["conversion"]) for agent in shop.agents]
    assert ones == [(1.0, 1.0), (0.0, 0.0)]
    assert [round(found[agent.id]["score"]) for agent in shop.agents] == [100, 40]


async def test_a_score_that_would_rest_on_nothing_is_none(lab: Lab) -> None:
    shop = await lab.shop()
    desk = await shop.desk()
    came = await visit(shop, desk)
    await answered(desk, came)
    (line,) = (await scores(shop)).values()
    assert (line["rounds"], line["ratings"], line["satisfaction"], line["score"]) == (1, 0, None, None)
