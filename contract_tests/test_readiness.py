"""READY-1: go-live is refused until the R1 and R2 checklists are complete."""

import time

import pytest

from contract_tests.dealings import CHINA_S, DAY_S, Data, at_ten, now
from contract_tests.test_trial import passed
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("READY-1")
LINES = {
    "enterprise_qualification",
    "category_certificates",
    "business_hours",
    "after_sale_policy",
    "service_promises",
    "staffing",
    "auto_replies",
    "message_reminders",
    "trial",
}
LICENCE, FOOD = "91330106MA2", "JY1"


async def missing(shop: LabShop) -> set[str]:
    """The lines of the checklist that are not met."""
    told = (await shop.api("getReadiness")).body
    assert {each["id"] for each in told["items"]} == LINES
    lines = {each["id"] for each in told["items"] if not each["ok"]}
    assert told["ready"] is (not lines)
    assert all(each["missing"]["zh"] and each["missing"]["en"] for each in told["items"] if not each["ok"])
    return lines


async def refused(shop: LabShop) -> set[str]:
    """What go-live says is missing."""
    told = (await shop.api("goLive", expect=409)).body
    assert told["code"] == "not_ready"
    return {each["id"] for each in told["missing"]}


def day(moment: float) -> str:
    """A date in China."""
    return time.strftime("%Y-%m-%d", time.gmtime(moment + CHINA_S))


async def certificate(shop: LabShop, expires_on: str) -> None:
    """Submit a certificate for food, and let the operator verify it."""
    body = {"certificates": [{"category": "food", "number": FOOD, "expires_on": expires_on}]}
    await shop.api("changeShop", body=body)
    decision = {"number": FOOD, "verified": True}
    await shop.api("decideCertificate", who="operator", shop_id=shop.target.target_id, category="food", body=decision)


async def licence(shop: LabShop, verified: bool = True) -> None:
    """The operator's decision on the enterprise's licence."""
    decision = {"number": LICENCE, "verified": verified}
    await shop.api("decideQualification", who="operator", shop_id=shop.target.target_id, body=decision)


async def prepared(lab: Lab) -> LabShop:
    """A shop with everything but the trial."""
    shop = await lab.shop(agents=2, capacity=100)
    moment = await now(shop)
    profile: Data = {
        "qualification_number": LICENCE,
        "categories": ["general", "food"],
        "after_sale_policy": "七天无理由退货",
        "service_promises": ["48 小时发货"],
        "expected_concurrent": 30,
    }
    await shop.api("changeShop", body=profile)
    await certificate(shop, day(moment + 400 * DAY_S))
    await licence(shop)
    scene = {"enabled": True, "text": "您好"}
    await shop.api("putAutoReplies", body=dict.fromkeys(("off_hours", "queueing", "unread"), scene))
    await shop.api("putBusinessHours", body={})
    await shop.api("putUnreadReminders", body={})
    return shop


async def test_a_new_shop_is_refused_with_every_line_of_the_checklist(lab: Lab) -> None:
    shop = await lab.shop()
    assert await missing(shop) == LINES
    assert await refused(shop) == LINES
    assert (await shop.api("getShop")).body["phase"] == "setup"


async def test_with_everything_and_a_passed_trial_it_goes_live_once(lab: Lab) -> None:
    shop = await prepared(lab)
    assert await refused(shop) == {"trial"}
    await passed(shop)
    assert await missing(shop) == set()
    live = (await shop.api("goLive")).body
    assert (live["phase"], live["live_at"]) == ("live", pytest.approx(await now(shop), abs=10))
    assert (await shop.api("goLive", expect=409)).body["code"] == "already_live"


async def test_each_line_that_is_taken_back_is_missing_again(lab: Lab) -> None:
    shop = await prepared(lab)
    scene = {"enabled": True, "text": "您好"}
    steps: list[tuple[str, str, Data]] = [
        ("changeShop", "after_sale_policy", {"after_sale_policy": "  "}),
        ("changeShop", "service_promises", {"service_promises": []}),
        ("changeShop", "category_certificates", {"categories": ["general", "food", "books"]}),
        ("putAutoReplies", "auto_replies", {"off_hours": scene, "queueing": scene}),
    ]
    lines = {"trial"}
    for operation, line, body in steps:
        await shop.api(operation, body=body)
        lines.add(line)
        assert await missing(shop) == lines, line
    assert await refused(shop) == lines


async def test_a_certificate_holds_through_its_last_day_in_china_and_not_longer(lab: Lab) -> None:
    shop = await prepared(lab)
    ten = await at_ten(shop)
    for expires, lines in ((ten, {"trial"}), (ten - DAY_S, {"trial", "category_certificates"})):
        await certificate(shop, day(expires))
        assert await missing(shop) == lines
    await certificate(shop, day(ten))
    await lab.advance(14 * 3600)
    assert await missing(shop) == {"trial", "category_certificates"}


async def test_a_licence_counts_once_the_operator_has_verified_this_very_number(lab: Lab) -> None:
    shop = await prepared(lab)
    await licence(shop, verified=False)
    assert "enterprise_qualification" in await missing(shop)
    await licence(shop)
    assert "enterprise_qualification" not in await missing(shop)
    await shop.api("changeShop", body={"qualification_number": "91330106MA3"})
    assert "enterprise_qualification" in await refused(shop)
    old = {"number": LICENCE, "verified": True}
    await shop.api("decideQualification", who="operator", shop_id=shop.target.target_id, body=old, expect=409)


async def test_one_certified_agent_is_needed_for_fifteen_consultations(lab: Lab) -> None:
    shop = await prepared(lab)
    for expected, short in ((1, False), (30, False), (31, True)):
        await shop.api("changeShop", body={"expected_concurrent": expected})
        assert ("staffing" in await missing(shop)) is short, expected
    await shop.api("changeShop", body={"expected_concurrent": 30})
    await shop.api("changeAgent", agent_id=shop.agents[0].id, body={"certified": False})
    assert "staffing" in await refused(shop)
