"""Conversations, messages and sync over HTTP."""

from typing import Any

import pytest

WORDS = {"words": [{"word": "微信"}, {"word": "骗子", "to_agent": "block"}]}


@pytest.fixture
async def desk(service: Any) -> Any:
    admin = await service.shop(authorization_code="code")
    agent_id, agent = await service.agent(admin, capacity=20)
    return admin, agent_id, agent, await service.device(agent)


async def test_pages_show_each_message_once_in_order(service: Any, desk: Any) -> None:
    _, _, agent, _ = desk
    for number in range(5):
        await service.write(f"第{number}句")
    path, seen, after = "/api/v1/conversations/cv1/messages", [], 0
    while after is not None:
        page = (await service.http.get(f"{path}?after={after}&limit=2", headers=agent)).json()
        seen += [message["text"] for message in page["items"]]
        after = page["next"]
    assert seen == [f"第{number}句" for number in range(5)]


async def test_blocked_and_masked_text_is_nowhere_in_what_agents_can_read(service: Any, desk: Any) -> None:
    admin, _, agent, device = desk
    await service.http.put("/api/v1/sensitive-words", json=WORDS, headers=admin)
    await service.write("骗子，加微信")
    await device.dispatch("message.blocked")
    for path in ("conversations/cv1/messages", "sync", "conversations"):
        text = (await service.http.get(f"/api/v1/{path}", headers=agent)).text
        assert "骗子" not in text
        assert "微信" not in text
    (message,) = (await service.http.get("/api/v1/conversations/cv1/messages", headers=admin)).json()["items"]
    assert (message["text"], message["blocked"], message["seq"]) == (None, True, 1)


async def test_a_reply_is_created_once_and_reaches_the_platform_once(service: Any, desk: Any, platform: Any) -> None:
    _, _, agent, _ = desk
    await service.write("在吗")
    path, body = "/api/v1/conversations/cv1/messages", {"client_msg_id": "k1", "text": "在的"}
    first = await service.http.post(path, json=body, headers=agent)
    again = await service.http.post(path, json=body, headers=agent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {"client_msg_id": "k1", "message_id": "cv1-2", "seq": 2}
    call = await platform.calls.get()
    assert (call["content"], call["to_user_id"]) == ({"msg_type": 1, "text": {"text": "在的"}}, "c1")
    assert platform.calls.empty()


async def test_refused_replies_say_why(service: Any, desk: Any) -> None:
    admin, _, agent, _ = desk
    _, colleague = await service.agent(admin)
    await service.http.put("/api/v1/sensitive-words", json=WORDS, headers=admin)
    await service.write("在吗")
    path = "/api/v1/conversations/cv1/messages"

    async def refusal(text: str, client_id: str, headers: dict[str, str], where: str = path) -> tuple[int, str]:
        got = await service.http.post(where, json={"client_msg_id": client_id, "text": text}, headers=headers)
        return got.status_code, got.json()["code"]

    assert await refusal("加微信", "k1", agent) == (422, "blocked")
    assert await refusal("在的", "k1", colleague) == (409, "not_assignee")
    assert await refusal("在的", "k1", admin) == (403, "wrong_role")
    assert await refusal("长" * 2001, "k1", agent) == (422, "too_long")
    assert await refusal("", "k1", agent) == (422, "malformed")
    assert await refusal("在的", "k1", agent, "/api/v1/conversations/cv9/messages") == (404, "not_found")


async def test_resolve_frees_the_agent_and_is_idempotent(service: Any, desk: Any) -> None:
    admin, agent_id, agent, device = desk
    _, colleague = await service.agent(admin)
    await service.write("在吗")
    path = "/api/v1/conversations/cv1/resolve"
    assert (await service.http.post(path, headers=colleague)).status_code == 409
    for _ in range(2):
        got = await service.http.post(path, headers=agent)
        assert (got.status_code, got.json()["state"], got.json()["agent_id"]) == (200, "resolved", None)
    assert await device.dispatch("conversation.resolved") == {"conversation_id": "cv1", "agent_id": agent_id}


async def test_an_agent_lists_its_own_conversations_and_an_administrator_the_shops(service: Any, desk: Any) -> None:
    admin, _, agent, _ = desk
    _, colleague = await service.agent(admin)
    for customer in ("c1", "c2", "c3"):
        await service.write("在吗", customer)

    async def ids(headers: dict[str, str], query: str = "") -> list[str]:
        page = (await service.http.get(f"/api/v1/conversations{query}", headers=headers)).json()
        return [item["id"] for item in page["items"]] + ([f"next {page['next']}"] if page["next"] else [])

    assert await ids(agent) == await ids(admin) == ["cv1", "cv2", "cv3"]
    assert await ids(colleague) == []
    assert await ids(admin, "?limit=2") == ["cv1", "cv2", "next 2"]
    assert await ids(admin, "?limit=2&after=2") == ["cv3"]
    assert await ids(admin, "?state=queued") == []


async def test_lists_are_filtered_and_heads_are_the_newest_seqs(service: Any, desk: Any) -> None:
    admin, agent_id, agent, _ = desk
    for customer in ("c1", "c2", "c3", "c3"):
        await service.write("在吗", customer)
    await service.http.post("/api/v1/conversations/cv1/resolve", headers=agent)
    version = (await service.http.get("/api/v1/conversations/cv2", headers=agent)).json()["version"]
    label = {"version": version, "priority": "urgent"}
    await service.http.patch("/api/v1/conversations/cv2", json=label, headers=agent)
    await service.http.post("/api/v1/conversations/cv2/read", json={"seq": 1}, headers=agent)

    async def heads(headers: dict[str, str], query: str = "") -> dict[str, int]:
        listed = (await service.http.get(f"/api/v1/conversations{query}", headers=headers)).json()
        page = (await service.http.get(f"/api/v1/sync/heads{query}", headers=headers)).json()
        assert list(page["heads"].items()) == [(item["id"], item["seq"]) for item in listed["items"]]
        assert page["next"] == listed["next"]
        return {**page["heads"], **({"next": int(page["next"])} if page["next"] else {})}

    assert await heads(admin) == {"cv1": 1, "cv2": 1, "cv3": 2}
    assert await heads(agent) == {"cv2": 1, "cv3": 2}
    assert await heads(admin, "?state=resolved") == {"cv1": 1}
    assert await heads(admin, "?priority=urgent") == {"cv2": 1}
    assert await heads(admin, f"?agent={agent_id}") == {"cv2": 1, "cv3": 2}
    assert await heads(admin, "?agent=a99") == {}
    assert await heads(admin, "?unread=true") == {"cv3": 2}
    assert await heads(admin, "?unread=false&state=open") == {"cv2": 1}
    assert await heads(admin, "?limit=1") == {"cv1": 1, "next": 1}
    assert await heads(admin, "?limit=2&after=1") == {"cv2": 1, "cv3": 2}
    _, colleague = await service.agent(admin)
    assert await heads(colleague) == {}


@pytest.mark.usefixtures("desk")
async def test_heads_and_lists_of_another_shop_are_none(service: Any) -> None:
    await service.write("在吗")
    stranger = await service.shop("s2")
    assert (await service.http.get("/api/v1/sync/heads", headers=stranger)).json() == {"heads": {}, "next": None}
    assert (await service.http.get("/api/v1/sync/heads")).status_code == 401


async def test_sync_pages_are_the_log_and_say_where_it_ends(service: Any, desk: Any) -> None:
    _, _, agent, device = desk
    for number in range(3):
        await service.write(f"第{number}句")
    head, since, seen = 4, 0, []
    while since < head:
        page = (await service.http.get(f"/api/v1/sync?since={since}&limit=3", headers=agent)).json()
        seen += page["events"]
        since, head = page["next"], page["head"]
        assert page["limited"] is False
    live = [await device.until("dispatch") for _ in range(4)]
    assert [{"s": f["s"], "t": f["t"], "d": f["d"]} for f in live] == seen
    empty = (await service.http.get("/api/v1/sync?since=4", headers=agent)).json()
    assert empty == {"events": [], "next": 4, "head": 4, "limited": False}


@pytest.mark.usefixtures("desk")
async def test_another_shops_conversations_are_none_on_every_path(service: Any) -> None:
    stranger = await service.shop("s2")
    _, foreign = await service.agent(stranger)
    await service.write("在吗")
    for headers in (stranger, foreign):
        assert (await service.http.get("/api/v1/conversations", headers=headers)).json()["items"] == []
        assert (await service.http.get("/api/v1/conversations/cv1", headers=headers)).status_code == 404
        assert (await service.http.get("/api/v1/conversations/cv1/messages", headers=headers)).status_code == 404
        assert (await service.http.post("/api/v1/conversations/cv1/resolve", headers=headers)).status_code == 404
    body = {"client_msg_id": "k", "text": "您好"}
    assert (
        await service.http.post("/api/v1/conversations/cv1/messages", json=body, headers=foreign)
    ).status_code == 404
    assert (await service.http.get("/api/v1/sync", headers=foreign)).json()["events"] == []


@pytest.mark.parametrize(
    "query",
    [
        "sync?since=-1",
        "sync?since=x",
        "sync?limit=0",
        "sync/heads?limit=0",
        "conversations?state=asleep",
        "conversations?priority=low",
        "conversations?unread=yes",
        "sync?limit=1001",
        "sync?since=99999999999999999999",
        "sync?since=٣",
    ],
)
async def test_strange_queries_are_422(service: Any, desk: Any, query: str) -> None:
    _, _, agent, _ = desk
    assert (await service.http.get(f"/api/v1/{query}", headers=agent)).status_code == 422
