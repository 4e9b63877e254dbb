"""Terms, training, shifts and load over HTTP."""

from typing import Any

import pytest

OPERATOR = {"Authorization": "Bearer op"}


async def of(service: Any, headers: Any, agent_id: str, what: str) -> Any:
    told = await service.http.get(f"/api/v1/agents/{agent_id}/{what}", headers=headers)
    assert told.status_code == 200, told.text
    return told.json()


async def test_terms_are_changed_one_by_one_and_shown(service: Any) -> None:
    admin = await service.shop()
    agent_id, _ = await service.agent(admin)
    path = f"/api/v1/agents/{agent_id}"
    terms = {"name": "乙", "level": "dedicated", "capacity": 3, "certified": False, "spare": True}
    for name, value in terms.items():
        told = await service.http.patch(path, json={name: value}, headers=admin)
        assert (told.status_code, told.json()[name]) == (200, value)
    (listed,) = (await service.http.get("/api/v1/agents", headers=admin)).json()["items"]
    assert {name: listed[name] for name in terms} == terms


async def test_who_is_disabled_cannot_sign_in_until_they_may_again(service: Any) -> None:
    admin = await service.shop()
    made = (await service.http.post("/api/v1/agents", json={"name": "甲"}, headers=admin)).json()
    agent = await service.login(made["login"], made["password"])
    path = f"/api/v1/agents/{made['id']}"
    gone = await service.http.patch(path, json={"disabled": True}, headers=admin)
    assert (gone.json()["disabled"], gone.json()["availability"]) == (True, "offline")
    assert (await service.http.get(f"{path}/load", headers=agent)).status_code == 401
    again = {"login": made["login"], "password": made["password"]}
    assert (await service.http.post("/api/v1/auth/login", json=again)).status_code == 401
    await service.http.patch(path, json={"disabled": False}, headers=admin)
    await service.login(made["login"], made["password"])


@pytest.mark.parametrize(
    "body",
    [{"capacity": 0}, {"capacity": 1001}, {"level": "boss"}, {"name": ""}, {"certified": 1}, {"spare": None}, []],
)
async def test_terms_that_are_none_are_refused(service: Any, body: Any) -> None:
    admin = await service.shop()
    agent_id, _ = await service.agent(admin)
    told = await service.http.patch(f"/api/v1/agents/{agent_id}", json=body, headers=admin)
    assert (told.status_code, told.json()["code"]) == (422, "malformed")


async def test_training_is_recorded_once_for_its_id_and_certifies(service: Any) -> None:
    admin = await service.shop()
    agent_id, agent = await service.agent(admin, certified=False)
    path = f"/api/v1/agents/{agent_id}/training"
    pieces = [("t1", "rules", 20), ("t1", "rules", 20), ("t2", "phrasing", 19.5), ("t3", "emergencies", 0.5)]
    statuses = []
    for id, topic, hours in pieces:
        told = await service.http.post(path, json={"id": id, "topic": topic, "hours": hours}, headers=admin)
        statuses.append((told.status_code, told.json()["hours"], told.json()["certified"]))
    assert statuses == [(201, 20.0, False), (200, 20.0, False), (201, 39.5, False), (201, 40.0, True)]
    other = await service.http.post(path, json={"id": "t1", "topic": "rules", "hours": 21}, headers=admin)
    assert (other.status_code, other.json()["code"]) == (409, "training_differs")
    seen = await of(service, agent, agent_id, "training")
    assert (seen["hours"], seen["missing_topics"], len(seen["items"])) == (40.0, [], 3)
    assert (
        await service.http.post(path, json={"id": "x", "topic": "rules", "hours": 1}, headers=agent)
    ).status_code == 403


@pytest.mark.parametrize("hours", [0, -1, 0.001, 101, "8", None])
async def test_training_of_no_length_is_refused(service: Any, hours: Any) -> None:
    admin = await service.shop()
    agent_id, _ = await service.agent(admin)
    body = {"id": "t", "topic": "rules", "hours": hours}
    told = await service.http.post(f"/api/v1/agents/{agent_id}/training", json=body, headers=admin)
    assert (told.status_code, told.json()["code"]) == (422, "malformed")
    assert (await of(service, admin, agent_id, "training"))["items"] == []


async def test_shifts_are_put_shown_and_kept_to(service: Any) -> None:
    admin = await service.shop()
    agent_id, agent = await service.agent(admin)
    device = await service.device(agent)
    now = (await service.http.post("/api/v1/test-hooks/clock", json={}, headers=OPERATOR)).json()["now"]
    local = int(now + 8 * 3600)
    tomorrow = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"][(local // 86400 + 4) % 7]
    plan = {tomorrow: [{"start": "00:00", "end": "24:00"}]}
    put = await service.http.put(f"/api/v1/agents/{agent_id}/shifts", json=plan, headers=admin)
    starts = (local // 86400 + 1) * 86400 - 8 * 3600
    assert (put.json()["on_shift"], put.json()["next_change"]) == (False, starts)
    assert (await device.dispatch("agent.availability"))["availability"] == "away"
    await service.write("在吗")
    load = await of(service, agent, agent_id, "load")
    assert (load["load"], load["routed"], load["hindrances"]) == (0, False, ["off_shift"])
    await service.http.post("/api/v1/test-hooks/clock", json={"advance_s": starts - now + 1}, headers=OPERATOR)
    assert (await device.dispatch("conversation.assigned"))["conversation_id"] == "cv1"
    seen = await of(service, agent, agent_id, "shifts")
    assert (seen["on_shift"], seen["plan"][tomorrow]) == (True, plan[tomorrow])


@pytest.mark.parametrize(
    "plan",
    [
        {"monday": [{"start": "9:00", "end": "13:00"}]},
        {"monday": [{"start": "09:00", "end": "09:00"}]},
        {"monday": [{"start": "09:00", "end": "13:00"}, {"start": "12:00", "end": "14:00"}]},
        {"exceptions": {"2024-02-30": []}},
        {"monday": "all day"},
        [],
    ],
)
async def test_shifts_that_are_none_are_refused(service: Any, plan: Any) -> None:
    admin = await service.shop()
    agent_id, _ = await service.agent(admin)
    told = await service.http.put(f"/api/v1/agents/{agent_id}/shifts", json=plan, headers=admin)
    assert (told.status_code, told.json()["code"]) == (422, "malformed")


async def test_a_load_names_what_somebody_has_and_only_they_and_their_leads_see_it(service: Any) -> None:
    admin = await service.shop()
    agent_id, agent = await service.agent(admin, capacity=2)
    _, colleague = await service.agent(admin)
    device = await service.device(agent)
    await service.write("在吗")
    await device.dispatch("conversation.assigned")
    assert await of(service, agent, agent_id, "load") == {
        "agent_id": agent_id,
        "load": 1,
        "capacity": 2,
        "room": 1,
        "routed": True,
        "hindrances": [],
        "conversations": ["cv1"],
        "snoozed": [],
    }
    for what in ("load", "training", "shifts"):
        told = await service.http.get(f"/api/v1/agents/{agent_id}/{what}", headers=colleague)
        assert (told.status_code, told.json()["code"]) == (403, "wrong_role")


async def test_terms_training_and_shifts_survive_a_restart(settings: Any, serve: Any) -> None:
    plan = {"exceptions": {"2024-01-01": [{"start": "09:00", "end": "13:00"}]}}
    async with serve(settings) as service:
        admin = await service.shop()
        agent_id, _ = await service.agent(admin, certified=False, spare=True)
        path = f"/api/v1/agents/{agent_id}"
        await service.http.post(f"{path}/training", json={"id": "t1", "topic": "rules", "hours": 8}, headers=admin)
        await service.http.put(f"{path}/shifts", json=plan, headers=admin)
        before = [await of(service, admin, agent_id, what) for what in ("training", "shifts", "load")]
    assert before[2]["hindrances"] == ["uncertified", "off_shift", "no_device", "spare"]
    async with serve(settings) as service:
        assert [await of(service, admin, agent_id, what) for what in ("training", "shifts", "load")] == before
