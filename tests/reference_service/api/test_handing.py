"""Who has a conversation, over HTTP: rights, lost races, and refusals that change nothing."""

import asyncio
from typing import Any

import pytest

CV = "/api/v1/conversations/cv1"


@pytest.fixture
async def shop(service: Any) -> Any:
    """An administrator, and two agents with a device each; the first has the conversation cv1."""
    admin = await service.shop(authorization_code="code")
    first_id, first = await service.agent(admin, capacity=5)
    device = await service.device(first)
    await service.write("在吗")
    second_id, second = await service.agent(admin, capacity=1)
    other = await service.device(second)
    return {"admin": admin, "first": (first_id, first, device), "second": (second_id, second, other)}


async def version(service: Any, headers: dict[str, str]) -> int:
    number: int = (await service.http.get(CV, headers=headers)).json()["version"]
    return number


async def test_of_two_who_assign_the_same_version_one_loses(service: Any, shop: Any) -> None:
    admin, seen = shop["admin"], await version(service, shop["admin"])
    third_id, third = await service.agent(admin, capacity=1)
    await service.device(third)
    bodies = [{"agent_id": agent_id, "version": seen} for agent_id in (shop["second"][0], third_id)]
    answers = await asyncio.gather(*(service.http.post(f"{CV}/assign", json=body, headers=admin) for body in bodies))
    assert sorted((a.status_code, a.json().get("code")) for a in answers) == [(200, None), (409, "version_is_old")]
    (won,) = [a.json() for a in answers if a.status_code == 200]
    now = (await service.http.get(CV, headers=admin)).json()
    assert (now["agent_id"], now["version"], now["last_agent_id"]) == (won["agent_id"], seen + 1, shop["first"][0])


async def test_a_transfer_is_told_to_both_with_its_note(service: Any, shop: Any) -> None:
    _, first, device = shop["first"]
    second_id, _, other = shop["second"]
    body = {"agent_id": second_id, "note": "要退款"}
    moved = await service.http.post(f"{CV}/transfer", json=body, headers=first)
    assert (moved.status_code, moved.json()["agent_id"]) == (200, second_id)
    assert (await device.dispatch("conversation.transferred"))["to_agent_id"] == second_id
    assert (await other.dispatch("conversation.assigned"))["reason"] == "transferred"
    told = [await other.dispatch("message.created") for _ in range(2)]
    assert [(m["text"], m["private"]) for m in told] == [("在吗", False), ("要退款", True)]


async def test_snooze_frees_the_agent_until_the_clock_wakes_it(service: Any, shop: Any) -> None:
    _, first, device = shop["first"]
    until = service.engine.clock.now() + 3600.0
    laid = await service.http.post(f"{CV}/snooze", json={"until": until}, headers=first)
    assert (laid.json()["state"], laid.json()["snoozed_until"]) == ("snoozed", until)
    agents = (await service.http.get("/api/v1/agents", headers=shop["admin"])).json()["items"]
    assert [agent["load"] for agent in agents] == [0, 0]
    hook = {"Authorization": "Bearer op"}
    await service.http.post("/api/v1/test-hooks/clock", json={"advance_s": 3601}, headers=hook)
    assert (await device.dispatch("conversation.updated"))["state"] == "snoozed"
    assert (await device.dispatch("conversation.updated"))["state"] == "open"
    assert (await service.http.get(CV, headers=first)).json()["snoozed_until"] is None


async def test_reopened_by_an_agent_it_is_theirs(service: Any, shop: Any) -> None:
    first_id, first, _ = shop["first"]
    assert (await service.http.post(f"{CV}/reopen", headers=first)).json()["code"] == "wrong_state"
    await service.http.post(f"{CV}/resolve", headers=first)
    again = await service.http.post(f"{CV}/reopen", headers=first)
    assert (again.status_code, again.json()["state"], again.json()["agent_id"]) == (200, "open", first_id)


async def test_priority_and_tags_change_only_what_was_seen(service: Any, shop: Any) -> None:
    _, first, device = shop["first"]
    seen = await version(service, first)
    body = {"version": seen, "priority": "urgent", "tags": ["退款"]}
    answers = [await service.http.patch(CV, json=body, headers=first) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 409]
    assert (answers[0].json()["priority"], answers[0].json()["tags"]) == ("urgent", ["退款"])
    assert answers[1].json()["code"] == "version_is_old"
    partly = await service.http.patch(CV, json={"version": seen + 1, "priority": "high"}, headers=first)
    assert (partly.json()["priority"], partly.json()["tags"]) == ("high", ["退款"])
    assert (await device.dispatch("conversation.updated"))["priority"] == "urgent"


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "status", "code"),
    [
        ("first", "POST", "/assign", {"agent_id": "a1", "version": 1}, 403, "wrong_role"),
        ("second", "POST", "/transfer", {}, 409, "not_assignee"),
        ("second", "POST", "/snooze", {"until": 4e9}, 409, "not_assignee"),
        ("second", "PATCH", "", {"version": 1}, 409, "not_assignee"),
        ("admin", "POST", "/reopen", None, 409, "wrong_state"),
        ("admin", "POST", "/assign", {"agent_id": "a99", "version": 1}, 404, "not_found"),
        ("admin", "POST", "/assign", {"agent_id": "a2"}, 422, "malformed"),
        ("admin", "POST", "/assign", {"agent_id": 7, "version": 1}, 422, "malformed"),
        ("admin", "POST", "/transfer", {"agent_id": "a99"}, 404, "not_found"),
        ("admin", "POST", "/transfer", {"version": 99}, 409, "version_is_old"),
        ("admin", "POST", "/transfer", {"note": "长" * 2001}, 422, "malformed"),
        ("admin", "POST", "/snooze", {"until": 1}, 422, "bad_time"),
        ("admin", "POST", "/snooze", {"until": 4e9}, 422, "bad_time"),
        ("admin", "POST", "/snooze", {"until": None}, 422, "malformed"),
        ("admin", "PATCH", "", {"version": 1, "priority": "low"}, 422, "malformed"),
        ("admin", "PATCH", "", {"version": 1, "priority": None}, 422, "malformed"),
        ("admin", "PATCH", "", {"version": 1, "tags": [""]}, 422, "malformed"),
        ("admin", "PATCH", "", {"version": 1, "tags": ["x"] * 21}, 422, "malformed"),
        ("admin", "PATCH", "", {"priority": "high"}, 422, "malformed"),
        ("stranger", "POST", "/assign", {"agent_id": "a2", "version": 1}, 404, "not_found"),
        ("stranger", "POST", "/transfer", {}, 404, "not_found"),
        ("stranger", "POST", "/snooze", {"until": 4e9}, 404, "not_found"),
        ("stranger", "POST", "/reopen", None, 404, "not_found"),
        ("stranger", "PATCH", "", {"version": 1}, 404, "not_found"),
        ("nobody", "POST", "/assign", {"agent_id": "a2", "version": 1}, 401, "token_needed"),
        ("nobody", "POST", "/transfer", {}, 401, "token_needed"),
        ("nobody", "POST", "/snooze", {"until": 4e9}, 401, "token_needed"),
        ("nobody", "POST", "/reopen", None, 401, "token_needed"),
        ("nobody", "PATCH", "", {"version": 1}, 401, "token_needed"),
    ],
)
async def test_refusals_say_why_and_change_nothing(
    service: Any, shop: Any, who: str, method: str, path: str, body: Any, status: int, code: str
) -> None:
    before = (await service.http.get(CV, headers=shop["admin"])).json()
    if who == "stranger":
        headers = await service.shop("s2")
    else:
        headers = {"admin": shop["admin"], "nobody": {}}.get(who) or shop.get(who, (0, {}))[1]
    got = await service.http.request(method, f"{CV}{path}", json=body, headers=headers)
    assert (got.status_code, got.json()["code"]) == (status, code)
    assert (await service.http.get(CV, headers=shop["admin"])).json() == before


async def test_another_shops_agent_is_none(service: Any, shop: Any) -> None:
    stranger = await service.shop("s2")
    foreign_id, foreign = await service.agent(stranger)
    await service.device(foreign)
    body = {"agent_id": foreign_id, "version": await version(service, shop["admin"])}
    for path in ("assign", "transfer"):
        got = await service.http.post(f"{CV}/{path}", json=body, headers=shop["admin"])
        assert (got.status_code, got.json()["code"]) == (404, "not_found")


async def test_nobody_is_given_more_than_their_capacity(service: Any, shop: Any) -> None:
    second_id, _, _ = shop["second"]
    await service.write("你好", "c2")  # goes to the second, the less loaded
    body = {"agent_id": second_id, "version": await version(service, shop["admin"])}
    for path in ("assign", "transfer"):
        got = await service.http.post(f"{CV}/{path}", json=body, headers=shop["admin"])
        assert (got.status_code, got.json()["code"]) == (409, "no_room")
