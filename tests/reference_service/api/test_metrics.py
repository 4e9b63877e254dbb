"""The dashboard over the whole service: what happened is what it says."""

from typing import Any

import pytest


async def figures(service: Any, headers: dict[str, str], query: str = "") -> dict[str, Any]:
    told = await service.http.get(f"/api/v1/metrics/summary{query}", headers=headers)
    assert told.status_code == 200, told.text
    found: dict[str, Any] = told.json()
    return found


async def test_a_visit_answered_rated_and_resolved_is_counted_once_in_its_period_only(
    service: Any, platform: Any
) -> None:
    admin = await service.shop(authorization_code="code")
    agent, headers = await service.agent(admin)
    device = await service.device(headers)
    before = service.engine.clock.now()
    await service.write("在吗", "c1")
    where = (await device.dispatch("message.created"))["conversation_id"]
    await service.http.post(
        f"/api/v1/conversations/{where}/messages", json={"client_msg_id": "1", "text": "在的"}, headers=headers
    )
    await platform.calls.get()
    order = {"id": "T1", "status": "created"}
    await service.http.post("/api/v1/customers/c1/orders", json=order, headers=admin)
    await service.http.post(f"/api/v1/conversations/{where}/resolve", headers=headers)
    rated = await service.http.post("/api/v1/csat", json={"conversation_id": where, "stars": 5}, headers=admin)
    assert rated.status_code in (200, 201), rated.text
    await service.write("又来了", "c2")  # nobody answers it
    found = await figures(service, admin)
    by_name = {each["name"]: each for each in found["figures"]}
    assert found["visits"] == 2
    assert by_name["average_response"]["n"] == 1
    assert 0 <= by_name["average_response"]["value"] < 10
    assert (by_name["satisfaction"]["value"], by_name["satisfaction"]["n"]) == (1.0, 1)
    assert (by_name["resolution"]["value"], by_name["resolution"]["n"]) == (0.5, 2)
    (score,) = found["agents"]
    assert (score["agent_id"], score["rounds"], score["served"], score["ordered"]) == (agent, 1, 1, 1)
    assert score["score"] == pytest.approx(100.0)
    earlier = await figures(service, admin, f"?from={before - 60}&until={before}")
    assert earlier["visits"] == 0
    assert {each["value"] for each in earlier["figures"]} == {None}


async def test_a_conversation_that_came_back_is_two_visits(service: Any) -> None:
    admin = await service.shop()
    _, headers = await service.agent(admin)
    device = await service.device(headers)
    await service.write("在吗")
    where = (await device.dispatch("message.created"))["conversation_id"]
    await service.http.post(f"/api/v1/conversations/{where}/resolve", headers=headers)
    await service.write("还有一个问题")
    found = await figures(service, admin)
    by_name = {each["name"]: (each["value"], each["n"]) for each in found["figures"]}
    assert (found["visits"], by_name["resolution"]) == (2, (0.5, 2))


async def test_another_shop_is_not_counted_and_agents_may_not_look(service: Any) -> None:
    admin, other = await service.shop("s1"), await service.shop("s2")
    _, headers = await service.agent(admin)
    await service.device(headers)
    await service.write("在吗")
    assert (await figures(service, other))["visits"] == 0
    assert (await service.http.get("/api/v1/metrics/summary", headers=headers)).status_code == 403


@pytest.mark.parametrize("query", ["?from=x", "?until=-1", "?from=nan", "?from=10&until=10", "?from=0&until=99999999"])
async def test_a_strange_period_is_refused(service: Any, query: str) -> None:
    admin = await service.shop()
    told = await service.http.get(f"/api/v1/metrics/summary{query}", headers=admin)
    assert (told.status_code, told.json()["code"]) == (422, "malformed")
