"""Messages over HTTP and by frame: notes that stay inside, edits and recalls, and late arrivals at their place."""

import asyncio
from typing import Any

import msgspec
import pytest

CV = "/api/v1/conversations/cv1"
WORDS = {"words": [{"word": "微信"}, {"word": "骗子", "to_agent": "block"}]}


@pytest.fixture
async def desk(service: Any) -> Any:
    """An agent at a device with cv1, a colleague, and the administrator."""
    admin = await service.shop(authorization_code="code")
    _, agent = await service.agent(admin, capacity=20)
    device = await service.device(agent)
    await service.write("在吗")
    _, colleague = await service.agent(admin)
    return {"admin": admin, "agent": agent, "device": device, "colleague": colleague}


async def say(service: Any, who: dict[str, str], text: str, client_id: str, **more: Any) -> tuple[int, Any]:
    body = {"client_msg_id": client_id, "text": text, **more}
    got = await service.http.post(f"{CV}/messages", json=body, headers=who)
    return got.status_code, got.json()


async def shown(service: Any, who: dict[str, str], query: str = "") -> list[Any]:
    items: list[Any] = (await service.http.get(f"{CV}/messages{query}", headers=who)).json()["items"]
    return items


async def test_a_note_of_a_colleague_is_told_and_never_sent(service: Any, desk: Any, platform: Any) -> None:
    assert (await say(service, desk["colleague"], "老客户了", "k1", private=True))[0] == 201
    assert (await say(service, desk["colleague"], "老客户了", "k1", private=True))[0] == 200
    await desk["device"].dispatch("message.created")
    note = await desk["device"].dispatch("message.created")
    assert (note["text"], note["private"], note["sender"]) == ("老客户了", True, "agent")
    await desk["device"].say("send", conversation_id="cv1", text="记一下", client_msg_id="k2", private=True)
    assert (await desk["device"].until("sent"))["d"]["seq"] == 3
    assert (await say(service, desk["agent"], "您好", "k3"))[0] == 201
    assert (await platform.calls.get())["content"]["text"]["text"] == "您好"
    assert platform.calls.empty()
    private = [(message["text"], message["private"]) for message in await shown(service, desk["admin"])]
    assert private == [("在吗", False), ("老客户了", True), ("记一下", True), ("您好", False)]


async def test_the_same_client_msg_id_is_one_message_whichever_connection_retries_it(
    service: Any, desk: Any, platform: Any
) -> None:
    """SEND-1."""
    device = desk["device"]
    other = await service.device(desk["agent"], "d2")
    assert (await say(service, desk["agent"], "您好", "k1"))[0] == 201
    for one in (device, other):
        await one.say("send", conversation_id="cv1", text="您好", client_msg_id="k1")
        assert (await one.until("sent"))["d"]["message_id"] == "cv1-2"
        await one.say("send", conversation_id="cv1", text="再见", client_msg_id="k1")
        assert (await one.until("error"))["d"]["code"] == "client_msg_id_reused"
    assert (await say(service, desk["agent"], "您好", "k1"))[0] == 200
    assert [message["text"] for message in await shown(service, desk["admin"])] == ["在吗", "您好"]
    await platform.calls.get()
    assert platform.calls.empty()


async def test_a_product_card_is_text_to_the_customer_and_a_card_to_the_shop(
    service: Any, desk: Any, platform: Any
) -> None:
    card = {"kind": "product_card", "ref": "p7"}
    assert (await say(service, desk["agent"], "看看这款", "k1", **card))[0] == 201
    assert (await platform.calls.get())["content"] == {"msg_type": 1, "text": {"text": "看看这款"}}
    message = (await shown(service, desk["admin"]))[1]
    assert (message["kind"], message["ref"], message["text"]) == ("product_card", "p7", "看看这款")


async def test_a_sent_reply_is_taken_back_through_the_platform(service: Any, desk: Any, platform: Any) -> None:
    await say(service, desk["agent"], "发错了", "k1")
    await desk["device"].dispatch("message.updated")
    got = await service.http.post(f"{CV}/recall", json={"seq": 2}, headers=desk["agent"])
    assert (got.status_code, got.json()["status"]) == (202, "sent")
    asked = await asyncio.wait_for(platform.recalled.get(), 10)
    assert asked == {"open_id": "o-s1", "conversation_id": "@c1-s1==", "conversation_type": 1, "msg_id": "@r1=="}
    assert (await desk["device"].dispatch("message.recalled"))["seq"] == 2
    recalled = (await shown(service, desk["admin"]))[1]
    assert (recalled["status"], recalled["text"], recalled["blocked"]) == ("recalled", None, False)
    again = await service.http.post(f"{CV}/recall", json={"seq": 2}, headers=desk["agent"])
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


async def test_a_recall_that_the_platform_refuses_is_told_with_the_reason(
    service: Any, desk: Any, platform: Any
) -> None:
    await say(service, desk["agent"], "发错了", "k1")
    await desk["device"].dispatch("message.updated")
    platform.script = [lambda: platform.refuse(28001007)]
    await service.http.post(f"{CV}/recall", json={"seq": 2}, headers=desk["agent"])
    told = await desk["device"].dispatch("message.updated")
    assert (told["seq"], told["status"], told["reason"]) == (2, "sent", "not recalled: 28001007")
    assert (await shown(service, desk["admin"]))[1]["text"] == "发错了"


async def test_what_was_recalled_is_told_to_the_next_agent_in_the_contracts_shapes(service: Any, desk: Any) -> None:
    device, other = desk["device"], await service.device(desk["colleague"])
    await say(service, desk["agent"], "记一下", "k1", private=True)
    await say(service, desk["agent"], "发错了", "k2")
    await device.dispatch("message.updated")
    for seq in (2, 3):
        await service.http.post(f"{CV}/recall", json={"seq": seq}, headers=desk["agent"])
        assert (await device.dispatch("message.recalled"))["seq"] == seq
    assert (await service.http.post(f"{CV}/transfer", json={}, headers=desk["agent"])).status_code == 200
    for seq, sender in ((2, "agent"), (3, "agent")):
        blocked = await other.dispatch("message.blocked")
        assert (blocked["seq"], blocked["sender"], blocked["status"]) == (seq, sender, "recalled")
        assert (await other.dispatch("message.recalled"))["seq"] == seq


async def test_a_recall_goes_on_after_a_restart(settings: Any, serve: Any, platform: Any) -> None:
    lost = msgspec.structs.replace(settings, gateway_url="http://127.0.0.1:1")  # nobody answers there
    async with serve(settings) as service:
        admin = await service.shop(authorization_code="code")
        _, agent = await service.agent(admin)
        device = await service.device(agent)
        await service.write("在吗")
        await say(service, agent, "发错了", "k1")
        await device.dispatch("message.updated")
    async with serve(lost) as service:
        asked = await service.http.post(f"{CV}/recall", json={"seq": 2}, headers=agent)
        assert asked.status_code == 202
    async with serve(settings) as service:
        assert (await asyncio.wait_for(platform.recalled.get(), 10))["msg_id"] == "@r1=="
        device = await service.device(agent)
        await service.engine.settled()
        while (await shown(service, admin))[1]["status"] != "recalled":
            await device.dispatch("message.recalled")


async def test_a_platform_without_a_recall_says_so(service: Any, doudian: Any) -> None:
    account = {"open_id": "7", "client_key": doudian.key, "client_secret": doudian.secret, "platform": "doudian"}
    admin = await service.shop(**account)
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    floor = service.engine.world.floors["s1"]
    floor.shop.platform = "open-im"  # its customer's message and reply come the shorter way
    service.engine.world.accounts["open-im", "7"] = floor
    await service.push(service.event("在吗", client_key=doudian.key, to_user_id="7"), doudian.secret)
    floor.shop.platform = "doudian"
    await device.dispatch("message.created")
    await say(service, agent, "您好", "k1")
    assert (await device.dispatch("message.updated"))["status"] == "failed"
    floor.threads["@c1-s1=="].visit[1].status = "sent"
    got = await service.http.post(f"{CV}/recall", json={"seq": 2}, headers=agent)
    assert (got.status_code, got.json()["code"]) == (409, "not_supported")


async def test_a_note_is_edited_and_the_filter_looks_again(service: Any, desk: Any) -> None:
    await service.http.put("/api/v1/sensitive-words", json=WORDS, headers=desk["admin"])
    await say(service, desk["agent"], "要退款", "k1", private=True)
    edited = await service.http.patch(f"{CV}/messages/2", json={"text": "要加微信"}, headers=desk["agent"])
    assert (edited.status_code, edited.json()["text"], edited.json()["edited"]) == (200, "要加**", True)
    told = await desk["device"].dispatch("message.edited")
    assert (told["seq"], told["text"], told["masked"]) == (2, "要加**", True)
    blocked = await service.http.patch(f"{CV}/messages/2", json={"text": "骗子"}, headers=desk["agent"])
    assert (blocked.status_code, blocked.json()["code"]) == (422, "blocked")
    assert (await shown(service, desk["admin"]))[1]["text"] == "要加**"


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "status", "code"),
    [
        ("agent", "PATCH", "/messages/2", {"text": "改"}, 409, "already_sent"),
        ("agent", "PATCH", "/messages/1", {"text": "改"}, 409, "not_author"),
        ("agent", "PATCH", "/messages/9", {"text": "改"}, 404, "not_found"),
        ("agent", "PATCH", "/messages/0", {"text": "改"}, 404, "not_found"),
        ("agent", "PATCH", "/messages/x", {"text": "改"}, 404, "not_found"),
        ("agent", "PATCH", "/messages/99999999999999999999", {"text": "改"}, 404, "not_found"),
        ("agent", "PATCH", "/messages/2", {"text": ""}, 422, "malformed"),
        ("agent", "PATCH", "/messages/2", {}, 422, "malformed"),
        ("agent", "PATCH", "/messages/3", {"text": "长" * 2001}, 422, "too_long"),
        ("colleague", "PATCH", "/messages/2", {"text": "改"}, 409, "not_author"),
        ("admin", "PATCH", "/messages/2", {"text": "改"}, 403, "wrong_role"),
        ("stranger", "PATCH", "/messages/2", {"text": "改"}, 404, "not_found"),
        ("nobody", "PATCH", "/messages/2", {"text": "改"}, 401, "token_needed"),
        ("colleague", "POST", "/recall", {"seq": 2}, 409, "not_author"),
        ("agent", "POST", "/recall", {"seq": 1}, 409, "not_author"),
        ("agent", "POST", "/recall", {"seq": 9}, 404, "not_found"),
        ("agent", "POST", "/recall", {"seq": 0}, 422, "malformed"),
        ("agent", "POST", "/recall", {"seq": "2"}, 422, "malformed"),
        ("agent", "POST", "/recall", {}, 422, "malformed"),
        ("admin", "POST", "/recall", {"seq": 2}, 403, "wrong_role"),
        ("stranger", "POST", "/recall", {"seq": 2}, 404, "not_found"),
        ("nobody", "POST", "/recall", {"seq": 2}, 401, "token_needed"),
        ("agent", "POST", "/messages", {"client_msg_id": "k", "text": "好", "kind": "song"}, 422, "malformed"),
        ("agent", "POST", "/messages", {"client_msg_id": "k", "text": "好", "ref": "长" * 513}, 422, "malformed"),
        ("agent", "POST", "/messages", {"client_msg_id": "k", "text": "好", "private": "yes"}, 422, "malformed"),
        ("agent", "POST", "/messages", {"client_msg_id": "k1", "text": "您好", "private": True}, 409, None),
        ("agent", "POST", "/messages", {"client_msg_id": "k", "text": "长" * 2001, "private": True}, 422, "too_long"),
    ],
)
async def test_refusals_say_why_and_change_nothing(
    service: Any, desk: Any, who: str, method: str, path: str, body: Any, status: int, code: str | None
) -> None:
    await say(service, desk["agent"], "您好", "k1")
    await desk["device"].dispatch("message.updated")
    await say(service, desk["agent"], "便条", "k2", private=True)
    if who == "stranger":
        _, desk["stranger"] = await service.agent(await service.shop("s2"))
    before = await shown(service, desk["admin"])
    got = await service.http.request(method, f"{CV}{path}", json=body, headers=desk.get(who, {}))
    assert (got.status_code, got.json()["code"]) == (status, code or "client_msg_id_reused")
    assert await shown(service, desk["admin"]) == before


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
async def test_late_arrivals_stand_at_their_place_when_asked_for(service: Any, desk: Any, limit: int) -> None:
    """ORDER-1: seq is the order of acceptance; the view by index puts the late where they belong."""
    indexes = {"甲": 20, "乙": 50, "丙": 30, "丁": 25, "戊": 60, "己": 10}
    for text, index in indexes.items():
        body = msgspec.json.decode(service.event(text))
        body["content"]["index"] = index
        await service.push(msgspec.json.encode(body))
    await say(service, desk["agent"], "您好", "k1")
    by_seq = [message["text"] for message in await shown(service, desk["admin"])]
    assert by_seq == ["在吗", "甲", "乙", "丙", "丁", "戊", "己", "您好"]
    placed, after = [], 0
    while after is not None:
        query = f"?order=index&limit={limit}&after={after}"
        page = (await service.http.get(f"{CV}/messages{query}", headers=desk["admin"])).json()
        placed += [(message["text"], message["late"]) for message in page["items"]]
        after = page["next"]
    late = {"丙", "丁", "己"}
    assert placed == [(text, text in late) for text in ("在吗", "己", "甲", "丁", "丙", "乙", "戊", "您好")]


async def test_a_strange_order_or_an_unknown_place_is_422(service: Any, desk: Any) -> None:
    for query, code in (("order=time", "malformed"), ("order=index&after=99", "bad_seq")):
        got = await service.http.get(f"{CV}/messages?{query}", headers=desk["agent"])
        assert (got.status_code, got.json()["code"]) == (422, code)
