"""Complaints over the whole service: who may do what, a restart in the middle, and 48 hours on the test clock."""

from typing import Any

import pytest

OPERATOR = {"Authorization": "Bearer op"}
HOUR = 3600.0


class Talk:
    """A shop whose agent serves one customer at a device."""

    def __init__(self, service: Any, admin: dict[str, str], agent: dict[str, str], agent_id: str, device: Any) -> None:
        self.service, self.admin, self.agent, self.agent_id, self.device = service, admin, agent, agent_id, device

    async def post(self, path: str, headers: dict[str, str], **body: Any) -> Any:
        return await self.service.http.post(f"/api/v1/{path}", json=body, headers=headers)

    async def get(self, path: str, headers: dict[str, str]) -> Any:
        return await self.service.http.get(f"/api/v1/{path}", headers=headers)

    async def open(self, headers: dict[str, str] | None = None) -> Any:
        return await self.post("complaints", headers or self.agent, conversation_id="cv1", note="杯子碎了")

    async def reply(self) -> None:
        body = {"client_msg_id": "k1", "text": "给您补发"}
        await self.post("conversations/cv1/messages", self.agent, **body)
        while (await self.device.dispatch("complaint.updated"))["what"] != "contacted":
            pass

    async def close(self, headers: dict[str, str] | None = None, **more: Any) -> Any:
        return await self.post("complaints/cp1/close", headers or self.agent, **{"outcome": "已补发"} | more)


async def talking(service: Any) -> Talk:
    admin = await service.shop(authorization_code="code")
    agent_id, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.write("在吗")
    return Talk(service, admin, agent, agent_id, device)


@pytest.fixture
async def talk(service: Any) -> Talk:
    return await talking(service)


async def advance(service: Any, seconds: float) -> None:
    moved = await service.http.post("/api/v1/test-hooks/clock", json={"advance_s": seconds}, headers=OPERATOR)
    assert moved.status_code == 200


async def test_from_opening_to_its_end(talk: Talk, platform: Any) -> None:
    made = await talk.open()
    assert made.status_code == 201
    told = made.json()
    assert (told["state"], told["level"], told["agent_id"], told["due_at"] - told["opened_at"]) == (
        "open",
        "agent",
        talk.agent_id,
        48 * HOUR,
    )
    again = await talk.open(talk.admin)
    assert (again.status_code, again.json()["code"]) == (409, "complaint_open")
    early = await talk.close()
    assert (early.status_code, early.json()["code"]) == (409, "not_contacted")
    await talk.reply()
    closed = await talk.close()
    assert (closed.status_code, closed.json()["state"], closed.json()["outcome"]) == (200, "closed", "已补发")
    while (await talk.device.dispatch("complaint.updated"))["what"] != "told":
        pass
    sent = [(await platform.calls.get())["content"]["text"]["text"] for _ in range(2)]
    assert sent[0] == "给您补发"
    assert "处理完毕" in sent[1]
    final = (await talk.get("complaints/cp1", talk.admin)).json()
    assert (final["customer_told"], final["closed_by"]) == ("sent", talk.agent_id)
    twice = await talk.close()
    assert (twice.status_code, twice.json()["code"]) == (409, "already_closed")
    assert (await talk.open()).status_code == 201  # the next one is another complaint


async def test_notes_are_kept_in_order_with_their_writers(talk: Talk) -> None:
    await talk.open()
    assert (await talk.post("complaints/cp1/notes", talk.agent, text="客户要退款")).status_code == 201
    assert (await talk.post("complaints/cp1/notes", talk.admin, text="同意")).status_code == 201
    notes = (await talk.get("complaints/cp1/notes", talk.agent)).json()["items"]
    assert [(n["number"], n["text"]) for n in notes] == [(1, "客户要退款"), (2, "同意")]
    assert notes[0]["by"] == talk.agent_id
    assert (await talk.get("complaints/cp1", talk.agent)).json()["notes"] == 2


async def test_a_breach_on_the_test_clock(talk: Talk) -> None:
    await talk.open()
    await advance(talk.service, 48 * HOUR)
    seen = (await talk.get("complaints/cp1", talk.agent)).json()
    assert (seen["level"], seen["breached_at"]) == ("admin", seen["due_at"])
    refused = await talk.close()
    assert (refused.status_code, refused.json()["code"]) == (409, "escalated")


async def test_a_restart_in_the_middle_changes_nothing(settings: Any, serve: Any) -> None:
    async with serve(settings) as service:
        talk = await talking(service)
        opened = (await talk.open()).json()
        await talk.post("complaints/cp1/notes", talk.admin, text="同意")
        await talk.reply()
        contacted = (await talk.get("complaints/cp1", talk.agent)).json()["contacted_at"]
    async with serve(settings) as service:
        talk.service = service
        seen = (await talk.get("complaints/cp1", talk.agent)).json()
        assert seen == opened | {"contacted_at": contacted, "notes": 1}
        assert (await talk.open()).json()["code"] == "complaint_open"
        await advance(service, 36 * HOUR)
        assert (await talk.get("complaints/cp1", talk.agent)).json()["level"] == "admin"
        assert (await talk.close(talk.admin)).status_code == 200
        listed = (await talk.get("complaints?state=open", talk.admin)).json()
        assert listed == {"items": [], "next": None}


async def test_the_list_is_paged_and_an_agent_sees_their_own(talk: Talk) -> None:
    _, other = await talk.service.agent(talk.admin)
    for customer in ("c2", "c3"):
        await talk.service.write("在吗", customer)
    for number in (1, 2, 3):
        opening = {"conversation_id": f"cv{number}", "note": "坏了"}
        assert (await talk.post("complaints", talk.admin, **opening)).status_code == 201
    first = (await talk.get("complaints?limit=2", talk.admin)).json()
    rest = (await talk.get(f"complaints?limit=2&after={first['next']}", talk.admin)).json()
    assert [c["id"] for page in (first, rest) for c in page["items"]] == ["cp1", "cp2", "cp3"]
    assert rest["next"] is None
    assert len((await talk.get("complaints", talk.agent)).json()["items"]) == 3
    assert (await talk.get("complaints", other)).json()["items"] == []
    assert (await talk.get("complaints?state=lost", talk.admin)).status_code == 422


async def test_strangers_wrong_agents_and_other_shops_are_refused_and_nothing_happens(talk: Talk) -> None:
    _, other = await talk.service.agent(talk.admin)
    stranger = await talk.service.shop("s2")
    assert (await talk.open({"Authorization": "Bearer x"})).status_code == 401
    assert (await talk.open(stranger)).status_code == 404
    wrong = await talk.open(other)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "not_assignee")
    assert (await talk.get("complaints", talk.admin)).json()["items"] == []
    await talk.open()
    wrong = await talk.close(other)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "not_assignee")
    for path in ("complaints/cp1", "complaints/cp1/notes"):
        assert (await talk.get(path, stranger)).status_code == 404
    assert (await talk.post("complaints/cp1/notes", stranger, text="x")).status_code == 404
    assert (await talk.close(stranger)).status_code == 404
    assert (await talk.get("complaints/cp1", talk.admin)).json()["state"] == "open"


@pytest.mark.parametrize("body", [{}, {"note": "x"}, {"conversation_id": "cv1", "note": ""}, {"conversation_id": 7}])
async def test_malformed_openings_are_refused(talk: Talk, body: dict[str, Any]) -> None:
    assert (await talk.post("complaints", talk.agent, **body)).status_code == 422
    assert (await talk.post("complaints", talk.agent, conversation_id="cv1", note="x" * 2001)).status_code == 422


async def test_the_path_is_the_administrators_and_must_rise(talk: Talk) -> None:
    async def put(headers: dict[str, str], **path: Any) -> Any:
        return await talk.service.http.put("/api/v1/complaint-path", json=path, headers=headers)

    assert (await put(talk.agent, supervisor_at=0.1)).status_code == 403
    assert (await put(talk.admin, supervisor_at=0.9)).status_code == 422
    assert (await put(talk.admin, supervisor_at=0.1, admin_at=0.2)).json()["version"] == 1
    assert (await put(talk.admin, version=0)).status_code == 409
    await talk.service.http.put("/api/v1/sensitive-words", json={"words": [{"word": "赔钱"}]}, headers=talk.admin)
    blocked = await put(talk.admin, closed_text="我们赔钱")
    assert (blocked.status_code, blocked.json()["code"], "赔钱" in blocked.text) == (422, "blocked", False)
    opened = (await talk.open()).json()
    assert opened["supervisor_at"] - opened["opened_at"] == pytest.approx(4.8 * HOUR)
    assert (await talk.get("complaint-path", talk.agent)).json()["admin_at"] == 0.2
