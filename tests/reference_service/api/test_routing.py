"""Rules, previews and queues over HTTP."""

from typing import Any

import pytest

RULES = "/api/v1/routing-rules"
PREVIEW = "/api/v1/routing/preview"
DEFAULT = [
    {"name": "dedicated", "to": "dedicated", "grade": "vip"},
    {"name": "last agent", "to": "last_agent"},
    {"name": "senior", "to": "senior", "high_spender": True},
    {"name": "trainee", "to": "trainee", "grade": "new"},
    {"name": "fallback", "to": "anybody"},
]


async def test_the_rules_are_shown_replaced_and_versioned(service: Any) -> None:
    admin = await service.shop()
    shown = (await service.http.get(RULES, headers=admin)).json()
    assert shown == {"version": 0, "rules": DEFAULT, "high_spender_fen": 100_000, "age_s": 120.0}
    new = {"version": 0, "rules": DEFAULT[1:], "age_s": 30}
    put = await service.http.put(RULES, json=new, headers=admin)
    assert put.json() == {"version": 1, "rules": DEFAULT[1:], "high_spender_fen": 100_000, "age_s": 30.0}
    late = await service.http.put(RULES, json=new, headers=admin)
    assert (late.status_code, late.json()["code"]) == (409, "version_is_old")
    assert (await service.http.get(RULES, headers=admin)).json() == put.json()


@pytest.mark.parametrize(
    "rules",
    [
        {"rules": []},
        {"rules": DEFAULT[:-1]},
        {"rules": [DEFAULT[-1], *DEFAULT]},
        {"rules": [DEFAULT[1], DEFAULT[1], DEFAULT[-1]]},
        {"rules": [{"name": "x", "to": "nowhere"}, DEFAULT[-1]]},
        {"rules": [{"name": f"r{n}", "to": "senior"} for n in range(50)] + [DEFAULT[-1]]},
        {"age_s": 0},
        {"high_spender_fen": 0},
        {"rules": "all"},
        [],
    ],
)
async def test_rules_without_a_fallback_or_out_of_bounds_are_refused_and_leave_the_old_ones(
    service: Any, rules: Any
) -> None:
    admin = await service.shop()
    told = await service.http.put(RULES, json=rules, headers=admin)
    assert (told.status_code, told.json()["code"]) == (422, "malformed")
    assert (await service.http.get(RULES, headers=admin)).json()["version"] == 0


async def test_a_preview_gives_the_decision_and_every_rule_passed_over(service: Any) -> None:
    admin = await service.shop()
    agent_id, agent = await service.agent(admin, level="senior")
    asked = {"grade": "vip", "high_spender": True, "last_agent_id": None, "tags": ["急"]}
    nobody = (await service.http.post(PREVIEW, json=asked, headers=admin)).json()
    assert (nobody["rule"], nobody["agent_id"], nobody["tier"]) == ("fallback", None, "vip")
    device = await service.device(agent)
    told = (await service.http.post(PREVIEW, json=asked, headers=admin)).json()
    assert told == {
        "rule": "senior",
        "agent_id": agent_id,
        "tier": "vip",
        "passed": [
            {
                "rule": "dedicated",
                "why": "nobody_able",
                "detail": "neither the agent named for them nor one of level dedicated is able",
            },
            {"rule": "last agent", "why": "nobody_named", "detail": "no agent has served them"},
        ],
    }
    assert (await service.http.get("/api/v1/agents", headers=admin)).json()["items"][0]["load"] == 0
    assert device.log == []


async def test_what_is_previewed_is_what_happens(service: Any) -> None:
    admin = await service.shop()
    agents = [await service.agent(admin, level=level) for level in ("regular", "trainee")]
    devices = [await service.device(headers) for _, headers in agents]
    told = (await service.http.post(PREVIEW, json={}, headers=admin)).json()
    await service.write("在吗")
    assert (await devices[1].dispatch("conversation.assigned"))["agent_id"] == agents[1][0]
    (seen,) = (await service.http.get("/api/v1/conversations", headers=admin)).json()["items"]
    assert (told["rule"], told["agent_id"]) == ("trainee", seen["agent_id"])


@pytest.mark.parametrize(
    "asked", [{"grade": "best"}, {"tags": ["x"] * 21}, {"priority": "low"}, {"high_spender": 1}, []]
)
async def test_a_profile_that_is_none_is_refused(service: Any, asked: Any) -> None:
    admin = await service.shop()
    assert (await service.http.post(PREVIEW, json=asked, headers=admin)).status_code == 422


async def test_the_queue_shows_tiers_places_and_when_they_rise(service: Any) -> None:
    admin = await service.shop()
    for number in (1, 2):
        path = "/api/v1/customers/c2/orders"
        await service.http.post(path, json={"id": f"o{number}", "status": "paid"}, headers=admin)
    await service.write("一", "c1")
    await service.write("二", "c2")
    seen = (await service.http.get("/api/v1/queues", headers=admin)).json()
    places = [(one["position"], one["conversation_id"], one["tier"]) for one in seen["places"]]
    assert places == [(1, "cv2", "vip"), (2, "cv1", "normal")]
    first, second = seen["places"]
    assert (first["rises_at"], second["rises_at"]) == (None, second["waits_since"] + 120.0)
    tiers = [(one["tier"], one["waiting"]) for one in seen["tiers"]]
    assert (seen["waiting"], tiers) == (2, [("vip", 1), ("high", 0), ("normal", 1)])
    jump = {"advance_s": 240}
    await service.http.post("/api/v1/test-hooks/clock", json=jump, headers={"Authorization": "Bearer op"})
    risen = (await service.http.get("/api/v1/queues?limit=1", headers=admin)).json()
    assert [(one["conversation_id"], one["tier"]) for one in risen["places"]] == [("cv1", "vip")]
    assert risen["tiers"][0]["waiting"] == 2
    assert risen["tiers"][0]["longest_wait_s"] >= 240.0


async def test_agents_see_the_queue_and_not_the_rules_and_no_other_shops(service: Any) -> None:
    admin, other = await service.shop("s1"), await service.shop("s2")
    _, agent = await service.agent(admin)
    await service.write("在吗")
    assert (await service.http.get("/api/v1/queues", headers=agent)).json()["waiting"] == 1
    assert (await service.http.get("/api/v1/queues", headers=other)).json()["waiting"] == 0
    assert (await service.http.get(RULES, headers=agent)).status_code == 403
