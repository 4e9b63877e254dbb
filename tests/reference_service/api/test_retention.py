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


NOTHING = dict.fromkeys(("conversations", "messages", "log_events", "customers", "orders", "outbound_events"), 0)


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
    assert await run(service) == NOTHING

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
    assert default == {"version": 0, "days": 180, "legal_hold": False, "customer_days": 1095}
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


async def subscribed(service: Any, admin: Any, url: str) -> str:
    body = {"url": url, "events": ["message.created", "conversation.opened", "customer.became_vip"]}
    made = await service.http.post("/api/v1/webhooks", json=body, headers=admin)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def listed(service: Any, admin: Any) -> tuple[int, int]:
    """How many events wait for the shop's webhooks, and how many were given up."""
    webhooks = (await service.http.get("/api/v1/webhooks", headers=admin)).json()["items"]
    paths = [f"/api/v1/webhooks/{each['id']}/dead-letters" for each in webhooks]
    letters = [(await service.http.get(path, headers=admin)).json()["items"] for path in paths]
    return sum(each["waiting"] for each in webhooks), sum(map(len, letters))


@pytest.mark.parametrize("plan", [(3600.0,), ()], ids=["waiting", "given up"])
async def test_an_outbound_event_goes_with_the_message_it_tells_of_and_no_other(
    serve: Any, settings: Settings, plan: tuple[float, ...]
) -> None:
    """Dead letters are kept for ever here, so that it is the purge that takes them."""
    lasting = msgspec.structs.replace(settings, event_plan_s=plan, dead_letter_s=1e9)
    async with serve(lasting) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        device = await service.device(agent)
        await subscribed(service, admin, "http://127.0.0.1:9/nobody")
        held = await talk(service, admin, agent, device, "c1", "一更")
        await service.http.put(f"/api/v1/conversations/{held}/legal-hold", json={"held": True}, headers=admin)
        await talk(service, admin, agent, device, "c2", "二更")
        await talk(service, admin, agent, device, "c3", "三更")
        await travel(service, 100)
        await talk(service, admin, agent, device, "c3", "四更")
        await device.ws.close()
        async with asyncio.timeout(10):
            while service.engine.figures.deliveries["failed" if plan else "dead"] < 12:
                await service.engine.settled()
        assert await listed(service, admin) == (
            (12, 0) if plan else (0, 12)
        )  # of each visit, its begin and two messages
        await travel(service, 90)
        assert await listed(service, admin) == ((7, 0) if plan else (0, 7))
        assert traces(service, "一更", "二更", "三更", "四更") == ["一更", "四更"]
        waiting = repr(service.engine.courier._queues)
        assert ("四更" in waiting, "二更" in waiting) == (bool(plan), False)
        assert await run(service) == NOTHING
        report = (await service.http.get("/api/v1/audit/verify", headers=OPERATOR)).json()
        assert (report["holds"], report["findings"]) == (True, [])


async def test_an_event_on_its_way_while_it_is_purged_is_not_tried_again(serve: Any, settings: Settings) -> None:
    arrived, go = asyncio.Event(), asyncio.Event()

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await go.wait()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, serve(msgspec.structs.replace(settings, event_plan_s=(0.01,))) as service:
        admin = await service.shop()
        await subscribed(service, admin, url)
        await service.write("旧话", "c1")
        await service.http.post("/api/v1/conversations/cv1/resolve", headers=admin)
        await asyncio.wait_for(arrived.wait(), 10)
        await travel(service, 181)
        assert await listed(service, admin) == (0, 0)
        go.set()
        await asyncio.gather(*service.engine.courier._tasks)
        assert (await listed(service, admin), traces(service, "旧话")) == ((0, 0), [])


async def order(service: Any, admin: Any, customer: str, name: str) -> None:
    path = f"/api/v1/customers/{customer}/orders"
    made = await service.http.post(path, json={"id": name, "status": "paid", "amount": 100}, headers=admin)
    assert made.status_code == 201, made.text


async def test_a_customer_goes_with_their_orders_after_three_years_and_nobody_sooner(
    serve: Any, settings: Settings
) -> None:
    async with serve(settings) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        device = await service.device(agent)
        for customer in ("gone-1", "held-1", "back-1"):
            await talk(service, admin, agent, device, customer, customer)
            await order(service, admin, customer, f"order-{customer}")
        await order(service, admin, "bought-1", "order-bought-1")
        held = service.engine.world.floors["s1"].customers["held-1"].thread.conversation.id
        await service.http.put(f"/api/v1/conversations/{held}/legal-hold", json={"held": True}, headers=admin)
        for _ in range(3):
            await travel(service, 333)
        names = ("gone-1", "held-1", "back-1", "bought-1")
        assert traces(service, *names) == list(names)
        await talk(service, admin, agent, device, "back-1", "回来")
        await device.ws.close()
        await travel(service, 97)
        assert traces(service, *names) == ["held-1", "back-1"]
        left = (await service.http.get("/api/v1/customers", headers=admin)).json()["items"]
        assert [each["open_id"] for each in left] == ["held-1", "back-1"]
        assert list(service.engine.world.floors["s1"].orders) == ["order-held-1", "order-back-1"]
        assert (await service.http.get("/api/v1/customers/gone-1", headers=admin)).status_code == 404
        report = (await service.http.get("/api/v1/audit/verify", headers=OPERATOR)).json()
        assert (report["holds"], report["findings"]) == (True, [])
    async with serve(settings) as service:  # and recovery finds what is left whole
        assert list(service.engine.world.floors["s1"].customers) == ["held-1", "back-1"]
        await service.write("又来了", "gone-1", message="@again==")
        assert service.engine.world.floors["s1"].customers["gone-1"].grade == "new"


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
