"""Retention over HTTP, in the whole service: purged is gone everywhere, and nothing else is (RETAIN-1, GATEWAY-6)."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from reference_service.domain.register import RECORDS
from reference_service.settings import Settings
from reference_service.storage import tables

OPERATOR = {"Authorization": "Bearer op"}
DAY_S = 86400.0
RETENTION, RUN, CLOCK = "/api/v1/retention", "/api/v1/retention/run", "/api/v1/test-hooks/clock"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without the night's backups, which keep what was purged for 30 days."""
    return msgspec.structs.replace(settings, backup_days=0)


async def run(service: Any) -> Any:
    answer = await service.http.post(RUN, headers=OPERATOR)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def travel(service: Any, days: float) -> None:
    answer = await service.http.post(CLOCK, json={"advance_s": days * DAY_S}, headers=OPERATOR)
    assert answer.status_code == 200, answer.text


async def talk(service: Any, admin: Any, agent: Any, device: Any, customer: str, word: str) -> str:
    """A visit from hello to its resolution; the conversation's id."""
    await service.write(f"你好{word}", customer)
    listed = await service.http.get("/api/v1/conversations", headers=admin)
    name = next(one["id"] for one in listed.json()["items"] if one["customer"]["open_id"] == customer)
    new = {"client_msg_id": f"k-{word}", "text": f"回复{word}"}
    sent = await service.http.post(f"/api/v1/conversations/{name}/messages", json=new, headers=agent)
    assert sent.status_code == 201, sent.text
    await device.dispatch("message.updated")
    await service.http.post(f"/api/v1/conversations/{name}/resolve", headers=admin)
    return name


def traces(service: Any, *words: str) -> list[str]:
    """Which words are anywhere in the data folder's files or in the state."""
    folder: Path = service.engine.path.parent
    everything = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    everything += repr(service.engine.world).encode()
    return [word for word in words if word.encode() in everything]


async def test_purged_messages_are_gone_everywhere_and_their_ids_are_known_for_ever(service: Any) -> None:
    admin = await service.shop()
    agent_id, agent = await service.agent(admin)
    device = await service.device(agent)
    pushed = service.event("你好旧话", "c1", message="@old==")
    assert (await service.push(pushed)).status_code == 200
    await talk(service, admin, agent, device, "c1", "旧事")
    await device.ws.close()
    words = ("旧话", "旧事", "@old==", "k-旧事", "@c1-s1==")
    assert traces(service, *words) == list(words)
    await travel(service, 181)  # the daily run has done it already
    assert traces(service, *words) == []
    assert await run(service) == {"conversations": 0, "messages": 0, "log_events": 0}

    sync = (await service.http.get("/api/v1/sync", headers=agent)).json()
    assert (sync["events"], sync["limited"]) == ([], True)
    assert sync["next"] == sync["head"] == service.engine.world.desk(agent_id).s > 3
    assert (await service.push(pushed)).status_code == 200  # redelivered: acknowledged, not taken anew
    listed = await service.http.get("/api/v1/conversations", headers=admin)
    assert listed.json()["items"] == []
    verified = (await service.http.get("/api/v1/audit/verify", headers=OPERATOR)).json()
    assert (verified["holds"], verified["findings"]) == (True, [])


async def test_a_log_goes_on_after_a_purge_and_a_restart_where_it_was(serve: Any, settings: Any) -> None:
    async with serve(settings) as service:
        admin = await service.shop()
        agent_id, agent = await service.agent(admin)
        device = await service.device(agent)
        await talk(service, admin, agent, device, "c1", "旧")
        newest = service.engine.world.desk(agent_id).s
        await device.ws.close()
        await travel(service, 181)
    async with serve(settings) as service:
        assert service.engine.world.desk(agent_id).s == newest
        device = await service.device(agent)
        await service.write("新的", message="@new==")
        assert (await device.until("dispatch"))["s"] == newest + 1
        sync = (await service.http.get("/api/v1/sync", headers=agent, params={"since": newest})).json()
        assert (sync["events"][0]["s"], sync["limited"]) == (newest + 1, False)
        await device.ws.close()


async def test_younger_messages_and_conversations_under_hold_stay(service: Any) -> None:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    old = await talk(service, admin, agent, device, "c1", "一更")
    held = await talk(service, admin, agent, device, "c2", "二更")
    answer = await service.http.put(f"/api/v1/conversations/{held}/legal-hold", json={"held": True}, headers=admin)
    assert (answer.status_code, answer.json()) == (200, {"held": True})
    await travel(service, 100)
    await talk(service, admin, agent, device, "c1", "三更")
    await service.write("还开着", "c3")
    await travel(service, 90)
    assert traces(service, "一更", "二更", "三更", "还开着") == ["二更", "三更", "还开着"]
    page = (await service.http.get(f"/api/v1/conversations/{old}/messages", headers=admin)).json()
    assert [(message["seq"], message["text"]) for message in page["items"]] == [(3, "你好三更"), (4, "回复三更")]
    assert (await service.http.get(f"/api/v1/conversations/{held}/legal-hold", headers=admin)).json() == {"held": True}
    await service.http.put(f"/api/v1/conversations/{held}/legal-hold", json={"held": False}, headers=admin)
    purged = await run(service)
    assert (purged["conversations"], purged["messages"]) == (1, 2)
    assert traces(service, "一更", "二更", "三更") == ["三更"]
    await device.ws.close()


async def test_a_hold_of_the_shop_and_a_longer_time_stop_the_purge(service: Any) -> None:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    await talk(service, admin, agent, device, "c1", "一更")
    default = (await service.http.get(RETENTION, headers=admin)).json()
    assert default == {"version": 0, "days": 180, "legal_hold": False}
    for setting in ({"legal_hold": True}, {"days": 200}, {}):
        assert (await service.http.put(RETENTION, json=setting, headers=admin)).status_code == 200
        await travel(service, 181 if setting.get("legal_hold") else 0)
        purged = await run(service)
        assert (purged["conversations"], traces(service, "一更")) == ((1, []) if setting == {} else (0, ["一更"]))
    await device.ws.close()


async def test_nothing_in_any_table_is_about_a_purged_conversation(service: Any) -> None:
    admin = await service.shop(authorization_code="code")
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.write("投诉你们")
    for path, body in (
        ("complaints", {"conversation_id": "cv1", "note": "杯子碎了"}),
        ("complaints/cp1/notes", {"text": "问了仓库"}),
        ("conversations/cv1/messages", {"client_msg_id": "k1", "text": "给您补发"}),
        ("complaints/cp1/close", {"outcome": "已补发"}),
        ("csat", {"conversation_id": "cv1", "stars": 5}),
        ("conversations/cv1/resolve", {}),
    ):
        answer = await service.http.post(f"/api/v1/{path}", json=body, headers=agent if "cv1/" in path else admin)
        assert answer.status_code in (200, 201), answer.text
        while path.endswith("messages") and (await device.dispatch("complaint.updated"))["what"] != "contacted":
            pass
    while service.engine.world.threads["cv1"].outbox:
        await device.frame()
    words = ("投诉", "杯子", "仓库", "补发")
    tables_of = [record for record in RECORDS if {"conversation_id", "complaint_id"} & set(tables.columns(record))]
    kept = {record.__name__ for record in tables_of if service.engine.reader.rows(record)}
    assert kept >= {"Message", "Told", "Happened", "Rating", "Complaint", "ComplaintNote"}
    assert traces(service, *words) == list(words)
    await travel(service, 181)
    assert [record.__name__ for record in tables_of if service.engine.reader.rows(record)] == []
    assert traces(service, *words) == []
    await device.ws.close()


@pytest.mark.thorough
async def test_messages_come_in_while_a_run_is_under_way(service: Any) -> None:
    admin = await service.shop()
    for number in range(300):
        await service.write(f"第{number}句", f"c{number}")
    for thread in list(service.engine.world.threads.values()):
        await service.http.post(f"/api/v1/conversations/{thread.conversation.id}/resolve", headers=admin)
    service.engine.clock.jump(181 * DAY_S)
    running = asyncio.create_task(run(service))
    while not running.done():
        await service.write("新的", "new")
    assert (await running)["messages"] == 300
    assert [thread.conversation.customer for thread in service.engine.world.threads.values()] == ["new"]


async def test_a_second_run_at_the_same_time_is_refused(service: Any) -> None:
    answers = await asyncio.gather(*(service.http.post(RUN, headers=OPERATOR) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.parametrize("setting", [{"days": 179}, {"days": "x"}, {"days": 10**9}, {"legal_hold": 1}, [], "x"])
async def test_a_setting_that_is_none_changes_nothing(service: Any, setting: Any) -> None:
    admin = await service.shop()
    answer = await service.http.put(RETENTION, json=setting, headers=admin)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert (await service.http.get(RETENTION, headers=admin)).json()["version"] == 0


async def test_a_hold_is_for_the_shops_own_administrator_and_conversations(service: Any) -> None:
    admin, other = await service.shop(), await service.shop("s2")
    _, agent = await service.agent(admin)
    await service.write("你好")
    path = "/api/v1/conversations/cv1/legal-hold"
    for headers, body, status in (
        (other, {"held": True}, 404), (agent, {"held": True}, 403), (admin, {"held": "yes"}, 422), (admin, {}, 422),
    ):  # fmt: skip
        assert (await service.http.put(path, json=body, headers=headers)).status_code == status
    assert (await service.http.get(path, headers=admin)).json() == {"held": False}
