"""The second implementation keeps the core of the contract: every answer and frame here has the contract's shape."""

from typing import Any

from tests.second import outbox
from tests.second.hours import WEEK

Bench = Any  # conftest.py
KEY = "K"


async def told(device: Any, kind: str = "message.created") -> Any:
    return (await device.until(kind))["d"]


async def log(bench: Bench, agent: Any) -> Any:
    return (await bench.api("GET", "/api/v1/sync", agent["token"]))["events"]


async def test_a_message_is_told_once_on_both_devices_and_a_reply_reaches_the_platform_once(bench: Bench) -> None:
    agent = await bench.agent()
    first, second = await bench.device(agent, "1"), await bench.device(agent, "2")
    assert await bench.push(as_string=True) == (200, {})
    seen = [await told(device) for device in (first, second)]
    assert seen[0] == seen[1]
    assert (seen[0]["text"], seen[0]["seq"], seen[0]["platform_message_id"]) == ("在吗", 1, "@m1==")
    conversation = seen[0]["conversation_id"]
    for _ in "12":
        await first.ask("send", conversation_id=conversation, text="您好", client_msg_id="x")
    sent = [(await first.until("sent"))["d"] for _ in "12"]
    assert sent[0] == sent[1]
    call = await bench.platform.call()
    assert (call["msg_id"], call["to_user_id"], call["content"]["text"]["text"]) == ("@m1==", "c1", "您好")
    fate = await told(second, "message.updated")
    assert (fate["status"], fate["platform_message_id"]) == ("sent", "@r1==")
    assert bench.platform.calls.empty()
    page = await bench.api("GET", f"/api/v1/conversations/{conversation}/messages", agent["token"])
    assert [(each["sender"], each["text"], each["status"]) for each in page["items"]] == [
        ("customer", "在吗", "received"),
        ("agent", "您好", "sent"),
    ]


async def test_an_id_is_handled_once_and_with_another_body_it_is_a_conflict(bench: Bench) -> None:
    device = await bench.device(await bench.agent())
    for text in ("一", "一", "二"):
        assert await bench.push(server_message_id="@same==", index=1, text=text) == (200, {})
    await bench.push(server_message_id="@other==", index=2, text="三")
    assert [(await told(device))["text"] for _ in "12"] == ["一", "三"]
    assert [message for _, message in bench.service.world.conflicts] == ["@same=="]


async def test_a_push_must_be_signed_over_its_bytes_and_a_challenge_comes_back(bench: Bench) -> None:
    status, problem = await bench.push(signature="0" * 40)
    assert (status, problem["code"]) == (401, "bad_signature")
    assert await bench.push("verify_webhook", challenge=2**60 + 1) == (200, {"challenge": 2**60 + 1})
    assert await bench.push("im_never_heard_of") == (200, {})
    assert (await bench.push(index=[]))[0] == 422


async def test_a_cut_device_gets_exactly_what_it_missed_and_another_agent_nothing(bench: Bench) -> None:
    agent, other = await bench.agent(), await bench.agent(certified=False)
    first, second = await bench.device(agent, "1"), await bench.device(agent, "2")
    await bench.device(other, "1")  # of the same name
    await bench.push()
    await told(first)
    await first.ws.close()
    for _ in "12":
        await bench.push()
    missed = [await second.until("message.created") for _ in "123"][1:]
    back = await bench.socket()
    await back.ask("resume", token=other["token"], session_id=first.session, s=0)
    assert (await back.hear())["op"] == "invalid_session"
    await back.ask("resume", token=agent["token"], session_id=first.session, s=first.s)
    assert [await back.hear() for _ in "12"] == missed
    assert await back.hear() == {"op": "resumed", "d": {"replayed": 2, "s": second.s}}
    page = await bench.api("GET", f"/api/v1/sync?since={first.s}", agent["token"])
    assert [(each["s"], each["d"]) for each in page["events"]] == [(each["s"], each["d"]) for each in missed]


async def test_beyond_capacity_a_customer_waits_and_is_let_in_when_there_is_room(bench: Bench) -> None:
    agent = await bench.agent(capacity=1)
    device = await bench.device(agent)
    await bench.push(customer="c1")
    first = await told(device, "conversation.assigned")
    await bench.push(customer="c2")
    assert (await told(device, "queue.position"))["position"] == 1
    assert (await bench.api("GET", "/api/v1/queues", agent["token"]))["waiting"] == 1
    load = await bench.api("GET", f"/api/v1/agents/{agent['id']}/load", agent["token"])
    assert (load["load"], load["hindrances"]) == (1, ["full"])
    await bench.api("POST", f"/api/v1/conversations/{first['conversation_id']}/resolve", agent["token"])
    second = await told(device, "conversation.assigned")
    assert (second["customer"]["open_id"], second["reason"], second["load"]) == ("c2", "queue", 1)
    assert (await told(device))["text"] == "在吗"


async def test_least_load_comes_first_and_a_returning_customer_meets_the_last_agent(bench: Bench) -> None:
    agents = [await bench.agent() for _ in "12"]
    devices = [await bench.device(agent) for agent in agents]
    for customer in ("c1", "c2"):
        await bench.push(customer=customer)
    held = [(await told(device, "conversation.assigned"))["customer"]["open_id"] for device in devices]
    assert held == ["c1", "c2"]
    for agent in agents:
        (own,) = (await bench.api("GET", "/api/v1/conversations", agent["token"]))["items"]
        await bench.api("POST", f"/api/v1/conversations/{own['id']}/resolve", agent["token"])
    for customer in ("c3", "c1"):
        await bench.push(customer=customer)
    third, again = [await told(devices[0], "conversation.assigned") for _ in "12"]
    assert (third["customer"]["open_id"], third["load"]) == ("c3", 1)
    assert (again["customer"]["open_id"], again["customer"]["grade"], again["load"]) == ("c1", "regular", 2)


async def test_conversations_of_an_agent_without_a_device_are_handed_on_after_the_window(bench: Bench) -> None:
    gone, stays = await bench.agent(), await bench.agent()
    device, other = await bench.device(gone), await bench.device(stays)
    await bench.push()
    await told(device)
    await device.ws.close()
    assigned = await told(other, "conversation.assigned")
    assert (assigned["reason"], (await told(other))["text"]) == ("reassigned", "在吗")
    back = await bench.socket()
    await back.ask("resume", token=gone["token"], session_id=device.session, s=device.s)
    assert (await back.hear())["op"] == "invalid_session"


async def test_a_transfer_tells_both_and_its_note_stays_among_the_shops_people(bench: Bench) -> None:
    giver, taker = await bench.agent(), await bench.agent()
    first = await bench.device(giver)
    await bench.push()
    conversation = (await told(first))["conversation_id"]
    second = await bench.device(taker)
    path = f"/api/v1/conversations/{conversation}"
    await bench.api("POST", f"{path}/transfer", giver["token"], {"agent_id": taker["id"], "note": "请接着看"})
    assert (await told(first, "conversation.transferred"))["to_agent_id"] == taker["id"]
    assert [(await told(second))["text"] for _ in "12"] == ["在吗", "请接着看"]
    body = {"client_msg_id": "x", "text": "您好"}
    refused = await bench.api("POST", f"{path}/messages", giver["token"], body, 409)
    assert refused["code"] == "not_assignee"
    assert bench.platform.calls.empty()


async def test_what_was_sent_is_recalled_through_the_platform(bench: Bench) -> None:
    agent = await bench.agent()
    device = await bench.device(agent)
    await bench.push()
    path = f"/api/v1/conversations/{(await told(device))['conversation_id']}"
    await bench.api("POST", f"{path}/messages", agent["token"], {"client_msg_id": "x", "text": "您好"}, 201)
    await told(device, "message.updated")
    await bench.api("POST", f"{path}/recall", agent["token"], {"seq": 2}, 202)
    assert (await told(device, "message.recalled"))["seq"] == 2
    assert [(await bench.platform.call())["path"] for _ in "12"] == ["/im/send/msg/", "/im/recall/msg/"]
    await bench.push("im_recall_msg", server_message_id="@m1==", as_string=True)
    assert (await told(device, "message.recalled"))["seq"] == 1
    page = await bench.api("GET", f"{path}/messages", agent["token"])
    assert [each["text"] for each in page["items"]] == [None, None]


async def test_what_was_recalled_is_told_to_the_next_agent_without_its_text(bench: Bench) -> None:
    giver, taker = await bench.agent(), await bench.agent()
    first = await bench.device(giver)
    await bench.push()
    path = f"/api/v1/conversations/{(await told(first))['conversation_id']}"
    note = {"client_msg_id": "x", "text": "记错了", "private": True}
    await bench.api("POST", f"{path}/messages", giver["token"], note, 201)
    await bench.api("POST", f"{path}/recall", giver["token"], {"seq": 2})
    second = await bench.device(taker)
    await bench.api("POST", f"{path}/transfer", giver["token"], {})
    assert (await told(second))["text"] == "在吗"
    blocked, recalled = await told(second, "message.blocked"), await told(second, "message.recalled")
    assert (blocked["seq"], blocked["sender"], recalled["seq"]) == (2, "agent", 2)


async def test_a_lost_answer_waits_for_the_echo_which_is_no_message(bench: Bench) -> None:
    agent = await bench.agent()
    device = await bench.device(agent)
    await bench.push()
    conversation = (await told(device))["conversation_id"]
    bench.platform.fates = ["lost"]
    await device.ask("send", conversation_id=conversation, text="一", client_msg_id="1")
    await bench.platform.call()
    await bench.push("im_send_msg", text="别的", server_message_id="@e1==")
    await bench.push("im_send_msg", text="一", server_message_id="@e2==")
    fate = await told(device, "message.updated")
    assert (fate["status"], fate["platform_message_id"]) == ("sent", "@e2==")
    assert bench.platform.calls.empty()
    assert [each["t"] for each in await log(bench, agent)][-2:] == ["message.created", "message.updated"]


async def test_an_expired_token_is_renewed_and_a_refusal_is_told_with_its_reason(bench: Bench) -> None:
    device = await bench.device(await bench.agent())
    await bench.push()
    conversation = (await told(device))["conversation_id"]
    bench.platform.fates = ["expired", "sent", "refused"]
    for text in ("一", "二"):
        await device.ask("send", conversation_id=conversation, text=text, client_msg_id=text)
    fates = [await told(device, "message.updated") for _ in "12"]
    assert [(fate["status"], fate["reason"]) for fate in fates] == [("sent", ""), ("failed", "28003017 refused")]
    assert [(await bench.platform.call())["token"] for _ in "123"] == ["act.1", "act.2", "act.2"]


async def test_nothing_is_sent_twice_but_what_is_in_doubt(bench: Bench, monkeypatch: Any) -> None:
    monkeypatch.setattr(outbox, "ECHO_S", 0.05)
    agent = await bench.agent()
    device = await bench.device(agent)
    await bench.push()
    conversation = (await told(device))["conversation_id"]
    bench.platform.fates = ["lost", "lost"]
    await device.ask("send", conversation_id=conversation, text="一", client_msg_id="1")
    assert (await told(device, "message.updated"))["status"] == "in_doubt"
    await device.ask("send", conversation_id=conversation, text="二", client_msg_id="2")
    assert (await told(device, "message.updated"))["status"] == "sent"
    assert [(await bench.platform.call())["content"]["text"]["text"] for _ in "123"] == ["一", "一", "二"]
    assert bench.platform.calls.empty()


async def test_outside_business_hours_a_message_is_kept_and_answered_once_a_visit(bench: Bench) -> None:
    agent = await bench.agent()
    device = await bench.device(agent)
    scene = {"enabled": True, "text": "现在是非营业时间"}
    await bench.api("PUT", "/api/v1/auto-replies", bench.admin, {"off_hours": scene, "welcome": scene})
    closed: dict[str, list[object]] = {day: [] for day in WEEK}
    hours = await bench.api("PUT", "/api/v1/business-hours", bench.admin, closed)
    assert (hours["open"], hours["next_opening"]) == (False, None)
    for _ in "123":
        await bench.push()
    assert [((seen := await told(device))["sender"], seen["scene"]) for _ in "1234"] == [
        ("customer", ""),
        ("bot", "off_hours"),
        ("customer", ""),
        ("customer", ""),
    ]
    assert (await bench.platform.call())["content"]["text"]["text"] == scene["text"]


async def test_the_clock_opens_the_shop(bench: Bench) -> None:
    hours = await bench.api("GET", "/api/v1/business-hours", bench.admin)
    now = (await bench.api("POST", "/api/v1/test-hooks/clock", KEY, {}))["now"]
    ahead = max(0.0, hours["next_opening"] - now) + 1.0
    assert (await bench.api("POST", "/api/v1/test-hooks/clock", KEY, {"advance_s": ahead}))["now"] >= now + ahead
    assert (await bench.api("GET", "/api/v1/business-hours", bench.admin))["open"]


async def test_a_listed_word_reaches_neither_side(bench: Bench) -> None:
    agent = await bench.agent()
    device = await bench.device(agent)
    words = [{"word": "微信", "to_agent": "mask"}, {"word": "骂", "to_agent": "block"}]
    await bench.api("PUT", "/api/v1/sensitive-words", bench.admin, {"words": words, "version": 0})
    await bench.api("PUT", "/api/v1/sensitive-words", bench.admin, {"words": [], "version": 0}, 409)
    await bench.push(text="加微\u200b信吗")
    seen = await told(device)
    assert (seen["text"], seen["masked"]) == ("加***吗", True)
    await bench.push(text="骂")
    assert "text" not in await told(device, "message.blocked")
    await device.ask("send", conversation_id=seen["conversation_id"], text="我的微信", client_msg_id="1")
    assert (await told(device, "error"))["code"] == "blocked"
    assert bench.platform.calls.empty()


async def test_what_is_not_served_is_not_in_its_document_and_is_refused(bench: Bench) -> None:
    async with bench.http.get(f"{bench.url}/openapi.yaml") as got:
        served = await got.text()
    assert "operationId: resolve\n" in served
    assert "operationId: makeBackup\n" not in served
    async with bench.http.post(f"{bench.url}/api/v1/backups") as got:
        assert (got.status, (await got.json())["code"]) == (404, "not_found")
    doudian = {"name": "x", "open_id": "2", "client_key": "k", "client_secret": "s", "platform": "doudian"}
    assert (await bench.api("POST", "/api/v1/shops", KEY, doudian, 422))["code"] == "malformed"


async def test_only_who_may_gets_an_answer(bench: Bench) -> None:
    agent = await bench.agent()
    new = {"name": "x"}
    for token, status, code in (
        ("", 401, "token_needed"),
        (KEY, 401, "token_needed"),
        (agent["token"], 403, "wrong_role"),
    ):
        assert (await bench.api("POST", "/api/v1/agents", token, new, status))["code"] == code
    assert (await bench.api("DELETE", "/api/v1/test-data", agent["token"], status=401))["code"] == "operator_key_needed"
    assert await bench.api("DELETE", "/api/v1/test-data", KEY) == {
        "shops": 1, "agents": 1, "conversations": 0, "messages": 0,
    }  # fmt: skip
    assert (await bench.api("GET", "/api/v1/agents", agent["token"], status=401))["code"] == "token_needed"
