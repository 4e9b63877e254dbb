"""The team of a shop."""

from typing import Any


async def test_agents_are_listed_with_their_load_and_presence(service: Any) -> None:
    admin = await service.shop()
    agent_id, agent = await service.agent(admin, capacity=3, level="senior")
    device = await service.device(agent)
    await service.write("你好")
    await device.dispatch("message.created")
    (shown,) = (await service.http.get("/api/v1/agents", headers=admin)).json()["items"]
    assert shown == {
        "id": agent_id,
        "name": "甲",
        "role": "agent",
        "login": f"{agent_id}@s1",
        "level": "senior",
        "capacity": 3,
        "certified": True,
        "availability": "online",
        "on_shift": True,
        "spare": False,
        "disabled": False,
        "online": True,
        "load": 1,
    }


async def test_an_agent_gets_the_shops_capacity_and_no_certificate_by_default(service: Any) -> None:
    admin = await service.shop(capacity=7)
    made = (await service.http.post("/api/v1/agents", json={"name": "乙"}, headers=admin)).json()
    assert (made["capacity"], made["certified"], made["level"]) == (7, False, "regular")


async def test_availability_is_set_by_the_agent_or_the_administrator_and_told_to_devices(service: Any) -> None:
    admin = await service.shop()
    agent_id, agent = await service.agent(admin)
    _, other = await service.agent(admin)
    device = await service.device(agent)
    path = f"/api/v1/agents/{agent_id}/availability"
    for headers, to in ((agent, "away"), (admin, "online")):
        answer = await service.http.post(path, json={"availability": to}, headers=headers)
        assert (answer.status_code, answer.json()["availability"]) == (200, to)
        assert (await device.dispatch("agent.availability"))["availability"] == to
    assert (await service.http.post(path, json={"availability": "away"}, headers=other)).status_code == 403
    assert (await service.http.post(path, json={"availability": "asleep"}, headers=agent)).status_code == 422


async def test_another_shops_agents_are_none(service: Any) -> None:
    first, second = await service.shop("s1"), await service.shop("s2")
    agent_id, _ = await service.agent(first)
    assert (await service.http.get("/api/v1/agents", headers=second)).json() == {"items": []}
    path = f"/api/v1/agents/{agent_id}/availability"
    assert (await service.http.post(path, json={"availability": "away"}, headers=second)).status_code == 404


async def test_a_supervisor_sees_the_shop_and_its_queue_and_is_given_no_conversation(service: Any) -> None:
    admin = await service.shop()
    supervisor_id, supervisor = await service.agent(admin, role="supervisor")
    device = await service.device(supervisor)
    await service.write("在吗")
    queued = await device.dispatch("queue.position")
    assert queued["position"] == 1
    seen = (await service.http.get("/api/v1/conversations", headers=supervisor)).json()["items"]
    assert [(one["state"], one["agent_id"]) for one in seen] == [("queued", None)]
    team = (await service.http.get("/api/v1/agents", headers=supervisor)).json()["items"]
    assert [(one["id"], one["role"]) for one in team] == [(supervisor_id, "supervisor")]
    assert (await service.http.post("/api/v1/conversations/cv1/resolve", headers=supervisor)).status_code == 200
