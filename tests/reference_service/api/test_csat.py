"""Ratings over the whole service: from the shop's own people, from both platforms, and after a restart."""

from typing import Any

import pytest

RATING = {"conversation_id": "cv1", "stars": 5}


async def rate(service: Any, headers: dict[str, str], **more: Any) -> Any:
    return await service.http.post("/api/v1/csat", json=RATING | more, headers=headers)


def score(service: Any, rating: str, stars: Any) -> bytes:
    content = {"conversation_short_id": "@c1-s1==", "server_message_id": rating, "score": stars}
    body: bytes = service.event("", event="golive_im_score", content=content)
    return body


async def test_a_visit_is_rated_once_and_its_agent_is_told(service: Any) -> None:
    admin = await service.shop()
    agent_id, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.write("在吗")
    taken = await rate(service, admin)
    assert taken.status_code == 201
    told = taken.json()
    at = told.pop("at")
    assert told == RATING | {"visit_from": 1, "satisfied": True, "agent_id": agent_id}
    assert await device.dispatch("csat.submitted") == {**RATING, "visit_from": 1, "agent_id": agent_id, "at": at}
    again = await rate(service, admin, stars=1)
    assert (again.status_code, again.json()["code"]) == (409, "already_rated")


async def test_agents_rate_nobody_and_other_shops_see_nothing(service: Any) -> None:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    other = await service.shop("s2")
    await service.write("在吗")
    assert (await rate(service, {})).status_code == 401
    assert (await rate(service, agent)).status_code == 403
    assert (await rate(service, other)).status_code == 404
    assert (await rate(service, admin, conversation_id="cv9")).status_code == 404
    assert (await rate(service, admin)).status_code == 201


@pytest.mark.parametrize("wrong", [{"stars": 0}, {"stars": 6}, {"stars": "5"}, {"stars": None}, {"conversation_id": 1}])
async def test_a_malformed_rating_is_refused_and_rates_nothing(service: Any, wrong: dict[str, Any]) -> None:
    admin = await service.shop()
    await service.write("在吗")
    assert (await rate(service, admin, **wrong)).status_code == 422
    assert (await rate(service, admin)).status_code == 201


async def test_open_im_pushes_a_score_that_counts_once_also_after_a_restart(settings: Any, serve: Any) -> None:
    async with serve(settings) as service:
        admin = await service.shop()
        agent_id, agent = await service.agent(admin)
        device = await service.device(agent)
        await service.write("在吗")
        for _ in range(2):
            assert (await service.push(score(service, "@r1==", "4"))).status_code == 200
        told = await device.dispatch("csat.submitted")
        assert (told["agent_id"], told["stars"]) == (agent_id, 4)
        headers = admin
    async with serve(settings) as service:
        assert (await rate(service, headers)).json()["code"] == "already_rated"
        device = await service.device(agent, "d2")
        assert (await service.push(score(service, "@r1==", 4))).status_code == 200
        log = (await service.http.get("/api/v1/sync", headers=agent)).json()["events"]
        assert [event["t"] for event in log].count("csat.submitted") == 1


async def test_a_score_that_is_none_is_refused_aloud(service: Any) -> None:
    await service.shop()
    await service.write("在吗")
    assert (await service.push(score(service, "@r1==", 6))).status_code == 422
    assert (await service.push(score(service, "", 5))).status_code == 422
