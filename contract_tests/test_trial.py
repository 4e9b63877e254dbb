"""TRIAL-1: the 48-hour trial checks response speed and satisfaction by itself and says why it failed."""

import pytest

from contract_tests.dealings import Data, Visit, answered, at_ten, until, visit
from suites.desk import Desk
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("TRIAL-1")
FEWEST, AVERAGE_S, HOURS_48 = 30, 60.0, 48 * 3600.0


async def start(shop: LabShop) -> Data:
    """Begin a trial at ten in the morning."""
    await at_ten(shop)
    return dict((await shop.api("startTrial", expect=201)).body)


async def serve(shop: LabShop, customers: int, wait_s: float = 0.0) -> tuple[Desk, list[Visit]]:
    """So many customers ask, and are answered so much later."""
    desk = await shop.desk()
    came = [await visit(shop, desk) for _ in range(customers)]
    if wait_s:
        await shop.lab.advance(wait_s)
    for each in came:
        await answered(desk, each)
    return desk, came


async def rate(shop: LabShop, came: list[Visit], stars: list[int]) -> None:
    """Each of them gives stars."""
    for each, given in zip(came, stars, strict=True):
        await shop.api("rate", body={"conversation_id": each.conversation, "stars": given}, expect=201)


async def ended(shop: LabShop, trial: Data) -> Data:
    """The trial after its 48 hours."""
    await until(shop, trial["until"] - 5)
    assert (await shop.api("getTrial")).body["state"] == "running"
    await until(shop, trial["until"])
    return dict((await shop.api("getTrial")).body)


async def passed(shop: LabShop) -> Data:
    """Run a trial that passes; as it is at its end."""
    trial = await start(shop)
    _, came = await serve(shop, FEWEST)
    await rate(shop, came, [5] * FEWEST)
    return await ended(shop, trial)


def why(trial: Data) -> list[str]:
    """The codes of its reasons, each of which has words in both languages."""
    assert all(each["text"]["zh"] and each["text"]["en"] for each in trial["reasons"])
    return [each["code"] for each in trial["reasons"]]


async def test_a_fast_and_satisfying_trial_passes_at_its_end_by_itself(lab: Lab) -> None:
    shop = await lab.shop(capacity=100)
    trial = await passed(shop)
    assert (trial["state"], why(trial), trial["until"] - trial["from"]) == ("passed", [], HOURS_48)
    figures = trial["figures"]
    assert (figures["answered_rounds"], figures["ratings"], figures["satisfied"], figures["csat"]) == (30, 30, 30, 1.0)
    assert 0 <= figures["average_response_s"] < AVERAGE_S


async def test_a_slow_one_fails_for_that(lab: Lab) -> None:
    shop = await lab.shop(capacity=100)
    trial = await start(shop)
    _, came = await serve(shop, FEWEST, wait_s=AVERAGE_S)
    await rate(shop, came, [5] * FEWEST)
    found = await ended(shop, trial)
    assert (found["state"], why(found)) == ("failed", ["too_slow"])
    assert found["figures"]["average_response_s"] >= AVERAGE_S


async def test_exactly_95_percent_satisfied_is_not_above_it(lab: Lab) -> None:
    shop = await lab.shop(capacity=100)
    trial = await start(shop)
    _, came = await serve(shop, 40)
    await rate(shop, came, [5] * 37 + [4] + [3] * 2)
    found = await ended(shop, trial)
    assert (found["figures"]["satisfied"], found["figures"]["ratings"]) == (38, 40)
    assert (found["state"], why(found)) == ("failed", ["not_satisfied"])


async def test_one_unsatisfied_of_thirty_is_still_above_95_percent(lab: Lab) -> None:
    shop = await lab.shop(capacity=100)
    trial = await start(shop)
    _, came = await serve(shop, FEWEST)
    await rate(shop, came, [5] * (FEWEST - 1) + [1])
    found = await ended(shop, trial)
    assert (found["state"], why(found)) == ("passed", [])


async def test_with_too_few_to_judge_it_fails_and_says_so(lab: Lab) -> None:
    shop = await lab.shop(capacity=100)
    trial = await start(shop)
    _, came = await serve(shop, FEWEST - 1)
    await rate(shop, came, [5] * (FEWEST - 1))
    found = await ended(shop, trial)
    assert (found["state"], why(found)) == ("failed", ["too_few_rounds", "too_few_ratings"])


async def test_what_comes_after_its_end_changes_nothing_and_another_may_begin(lab: Lab) -> None:
    shop = await lab.shop(capacity=100)
    trial = await start(shop)
    assert (await shop.api("startTrial", expect=409)).body["code"] == "trial_running"
    before = await ended(shop, trial)
    _, came = await serve(shop, 2)
    await rate(shop, came, [1, 1])
    assert (await shop.api("getTrial")).body == before
    again = (await shop.api("startTrial", expect=201)).body
    assert (again["number"], again["state"]) == (before["number"] + 1, "running")


async def test_a_shop_without_a_trial_has_none(lab: Lab) -> None:
    shop = await lab.shop()
    assert (await shop.api("getTrial")).body["state"] == "none"
