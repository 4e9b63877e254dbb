"""INCIDENT-1: an incident opens a 15-minute clock and its emergency script; at least 10 scenes exist."""

import pytest

from contract_tests.dealings import Data, log, said_by_itself, scenes, supervisor, until, visit
from suites.api import Who
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("INCIDENT-1")
MINUTES_15 = 15 * 60.0
WORDS = "系统正在抢修，请稍候"


async def scene_names(shop: LabShop) -> list[str]:
    """The ids of all scenes."""
    return [each["script"]["id"] for each in (await shop.api("listEmergencyScripts")).body["items"]]


async def opened(shop: LabShop, **more: object) -> Data:
    """An incident that the second agent opened, while the first is on watch."""
    watching = {"watches": [{"person_id": shop.agents[0].id}], **more}
    await shop.api("putOnCall", body=watching)
    scene = (await scene_names(shop))[0]
    made = await shop.api("openIncident", who=shop.agents[1], body={"scene": scene, "note": "打不开"}, expect=201)
    return dict(made.body)


async def told(shop: LabShop, who: Who) -> list[str]:
    """What a person was told of incidents."""
    return [each["d"]["what"] for each in await log(shop, who, "incident.updated")]


async def test_there_are_ten_scenes_at_least_each_with_words_and_steps(lab: Lab) -> None:
    shop = await lab.shop()
    scripts = [each["script"] for each in (await shop.api("listEmergencyScripts")).body["items"]]
    assert len({each["id"] for each in scripts}) >= 10
    assert len({each["scene"] for each in scripts}) >= 10
    for each in scripts:
        assert each["text"].strip(), each["id"]
        assert [step for step in each["steps"] if step.strip()], each["id"]


async def test_it_tells_who_is_on_watch_and_is_due_after_15_minutes(lab: Lab) -> None:
    shop = await lab.shop(agents=2)
    desk = await shop.desk(0)
    incident = await opened(shop)
    assert (incident["state"], incident["told"], incident["due_at"] - incident["opened_at"]) == (
        "open",
        [shop.agents[0].id],
        MINUTES_15,
    )
    assert incident["script"]["id"] == (await scene_names(shop))[0]
    await desk.until(lambda event: b"incident.updated" in event.raw, "the incident")
    assert (await told(shop, shop.agents[0]), await told(shop, shop.agents[1])) == (["opened"], [])


async def test_not_acknowledged_in_time_it_is_breached_and_the_others_are_told(lab: Lab) -> None:
    lab.need_time(MINUTES_15)
    shop = await lab.shop(agents=2)
    boss = await supervisor(shop)
    incident = await opened(shop, escalation=[boss.id])
    await until(shop, incident["due_at"] - 5)
    assert (await shop.api("getIncident", incident_id=incident["id"])).body["breached_at"] is None
    assert await told(shop, boss.who) == []
    await until(shop, incident["due_at"])
    seen = (await shop.api("getIncident", incident_id=incident["id"])).body
    assert (seen["state"], seen["breached_at"]) == ("open", incident["due_at"])
    assert boss.id in seen["told"]
    assert (await told(shop, boss.who), await told(shop, shop.agents[0])) == (["breached"], ["opened", "breached"])


async def test_acknowledged_in_time_it_is_never_breached(lab: Lab) -> None:
    lab.need_time(MINUTES_15 + 3600)
    shop = await lab.shop(agents=2)
    incident = await opened(shop)
    await until(shop, incident["due_at"] - 5)
    await shop.api("acknowledgeIncident", who=shop.agents[0], incident_id=incident["id"])
    await lab.advance(3600)
    seen = (await shop.api("getIncident", incident_id=incident["id"])).body
    assert (seen["state"], seen["acknowledged_by"], seen["breached_at"]) == ("acknowledged", shop.agents[0].id, None)


async def test_only_who_was_told_takes_it_on_and_only_what_was_taken_on_ends(lab: Lab) -> None:
    shop = await lab.shop(agents=2)
    incident = await opened(shop)
    name = incident["id"]
    refused = await shop.api("acknowledgeIncident", who=shop.agents[1], incident_id=name, expect=409)
    assert refused.body["code"] == "not_on_call"
    end = {"outcome": "已恢复"}
    refused = await shop.api("resolveIncident", incident_id=name, body=end, expect=409)
    assert refused.body["code"] == "not_acknowledged"
    await shop.api("acknowledgeIncident", who=shop.agents[0], incident_id=name)
    over = (await shop.api("resolveIncident", who=shop.agents[0], incident_id=name, body=end)).body
    assert (over["state"], over["outcome"], over["resolved_by"]) == ("resolved", "已恢复", shop.agents[0].id)


async def test_its_script_is_told_once_a_visit_while_it_is_on(lab: Lab) -> None:
    shop = await lab.shop(agents=2)
    await scenes(shop)
    incident = await opened(shop)
    desk = await shop.desk(0)
    script = incident["script"]["id"]
    on = {"incident_id": incident["id"], "text": WORDS}
    await shop.api("activateScript", script_id=script, body=on)
    came = await visit(shop, desk)
    await came.customer.receives(WORDS)
    await desk.sees(await came.customer.say("还没好吗"))
    assert await said_by_itself(shop, came.conversation) == ["emergency"]
    await shop.api("acknowledgeIncident", who=shop.agents[0], incident_id=incident["id"])
    await shop.api("resolveIncident", who=shop.agents[0], incident_id=incident["id"], body={"outcome": "好了"})
    later = await visit(shop, desk)
    assert await said_by_itself(shop, later.conversation) == []
    active = [each for each in (await shop.api("listEmergencyScripts")).body["items"] if each["active"]]
    assert active == []


async def test_a_script_goes_off_by_itself_at_its_time(lab: Lab) -> None:
    lab.need_time(40)
    shop = await lab.shop()
    await scenes(shop)
    desk = await shop.desk()
    script = (await scene_names(shop))[0]
    on = (await shop.api("activateScript", script_id=script, body={"for_s": 40, "text": WORDS})).body["active"]
    await until(shop, on["until"] - 10)
    during = await visit(shop, desk)
    await during.customer.receives(WORDS)
    await until(shop, on["until"])
    after = await visit(shop, desk)
    assert await said_by_itself(shop, after.conversation) == []


async def test_an_unknown_scene_is_refused(lab: Lab) -> None:
    shop = await lab.shop()
    assert (await shop.api("openIncident", body={"scene": "no_such"}, expect=422)).body["code"] == "unknown_scene"
    assert (await shop.api("listIncidents")).body["items"] == []
