"""The whole service on the shop platform: batches in, dispatches out, signed replies back."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference_service.domain.records import Conflict
from reference_service.settings import Settings

ACCOUNT = 4463798001
SUCCESS = {"code": 0, "msg": "success"}


class Pusher:
    """A shop of the doudian profile at the running service, and pushes to it."""

    def __init__(self, service: Any, platform: Any) -> None:
        self.service, self.platform = service, platform

    def message(self, text: str, number: int, **more: Any) -> dict[str, Any]:
        chat = {
            "shop_id": ACCOUNT,
            "conversation_id": "7301234567890123457",
            "message_id": str(7300000000000000000 + number),
            "index": str(number),
            "type": "TEXT",
            "content": msgspec.json.encode({"content": text}).decode(),
            "create_time": 1644412885,
            "is_visible": True,
            "sender": {"im_user_id": "7301234567890123461", "role": "BUYER", "nickname": "小王"},
        }
        return item(90014, chat | more)

    async def push(self, *items: object, body: bytes | None = None) -> Any:
        said = msgspec.json.encode(items) if body is None else body
        key, secret = self.platform.key, self.platform.secret
        signature = hashlib.md5(key.encode() + said + secret.encode()).hexdigest()
        headers = {"app-id": key, "event-sign": signature}
        return await self.service.http.post("/api/v1/douyin/doudian", content=said, headers=headers)


def item(tag: object, data: object) -> dict[str, object]:
    return {"tag": str(tag), "msg_id": f"4288::{tag}:1618990587:683", "data": msgspec.json.encode(data).decode()}


@pytest.fixture
async def pusher(settings: Settings, serve: Any, doudian: Any) -> AsyncIterator[Pusher]:
    async with serve(msgspec.structs.replace(settings, gateway_url=doudian.url)) as service:
        yield Pusher(service, doudian)


@pytest.fixture
async def talk(pusher: Pusher) -> tuple[Pusher, Any]:
    """A shop with one agent at a device, and one customer's message told to it."""
    service = pusher.service
    account = {"open_id": str(ACCOUNT), "client_key": pusher.platform.key, "client_secret": pusher.platform.secret}
    admin = await service.shop(**account, platform="doudian", authorization_code="code")
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    assert (await pusher.push(pusher.message("在吗", 1))).json() == SUCCESS
    await device.dispatch("message.created")
    return pusher, device


async def say(device: Any, text: str, client_id: str) -> None:
    await device.say("send", conversation_id="cv1", text=text, client_msg_id=client_id)


async def fate(device: Any) -> tuple[str, str]:
    told = await device.dispatch("message.updated")
    return told["client_msg_id"], told["status"]


async def test_a_shop_is_told_the_webhook_of_its_own_platform(service: Any) -> None:
    body = {"name": "店", "open_id": "1", "client_key": "k", "client_secret": "s"}
    operator = {"Authorization": "Bearer op"}
    for platform, path in (("doudian", "doudian"), ("open-im", "im")):
        made = await service.http.post("/api/v1/shops", json=body | {"platform": platform}, headers=operator)
        assert made.json()["webhook_url"] == f"http://service/api/v1/douyin/{path}"
    strange = await service.http.post("/api/v1/shops", json=body | {"platform": "telex"}, headers=operator)
    assert strange.status_code == 422


async def test_the_probe_is_answered_and_a_wrong_signature_is_not(talk: Any) -> None:
    pusher, _ = talk
    probe = b'[{"tag":"0","msg_id":"0","data":"2020-09-10T16:27:56.52842897+08:00"}]'
    assert (await pusher.push(body=probe)).json() == SUCCESS
    headers = {"app-id": pusher.platform.key, "event-sign": "0" * 32}
    answer = await pusher.service.http.post("/api/v1/douyin/doudian", content=probe, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")


async def test_every_good_item_of_a_batch_is_told_in_order_though_one_is_bad(talk: Any, capsys: Any) -> None:
    pusher, device = talk
    bad = {"tag": "90014", "msg_id": "x", "data": "not JSON"}
    answer = await pusher.push(pusher.message("二", 2), bad, item(104, {"p_id": 1}), pusher.message("三", 3))
    assert (answer.status_code, answer.json()) == (200, SUCCESS)
    told = [await device.dispatch("message.created") for _ in range(2)]
    assert [(each["text"], each["seq"], each["index"]) for each in told] == [("二", 2, 2), ("三", 3, 3)]
    pusher.service.engine.tell_ignored()
    lines = [msgspec.json.decode(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["why"] for line in lines if line["event"] == "item_not_read"] != []
    assert [(line["kind"], line["items"]) for line in lines if line["event"] == "pushed_and_ignored"] == [("104", 1)]


async def test_all_of_a_batch_is_one_commit(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pusher, _ = talk
    kept: list[Any] = []
    once = pusher.service.engine.keep

    async def keep(changes: Any) -> None:
        kept.append(changes)
        await once(changes)

    monkeypatch.setattr(pusher.service.engine, "keep", keep)
    await pusher.push(*(pusher.message("你好", number) for number in range(2, 7)))
    assert len(kept) == 1


async def test_a_message_pushed_again_is_taken_once_and_another_body_is_a_conflict(talk: Any) -> None:
    pusher, _ = talk
    again = pusher.message("在吗", 1) | {"msg_id": "another attempt's"}
    for pushed in (again, again, pusher.message("改了", 1)):
        assert (await pusher.push(pushed)).json() == SUCCESS
    service = pusher.service
    assert [thread.seq for thread in service.engine.world.threads.values()] == [1]
    assert len(service.engine.reader.rows(Conflict)) == 1


async def test_a_recall_and_a_read_mark_are_told(talk: Any) -> None:
    pusher, device = talk
    named = {"shop_id": ACCOUNT, "conversation_id": "7301234567890123457"}
    await pusher.push(item(90016, named | {"index": "1"}), item(90015, named | {"message_id": "7300000000000000001"}))
    assert (await device.dispatch("message.read"))["index"] == 1
    assert (await device.dispatch("message.recalled"))["seq"] == 1


async def test_a_reply_goes_out_signed_and_its_echo_is_no_message(talk: Any) -> None:
    pusher, device = talk
    await say(device, "您好 <b>&", "k1")
    assert await fate(device) == ("k1", "sent")
    sent = pusher.platform.sent.get_nowait()
    assert (sent["conversation_id"], sent["content"]) == ("7301234567890123457", '{"content":"您好 <b>&"}')
    sender = {"im_user_id": str(ACCOUNT), "role": "CUSTOMER_SERVICE"}
    echo = pusher.message("您好 <b>&", 2, message_id="7301234567890123458", sender=sender)
    assert (await pusher.push(echo)).json() == SUCCESS
    assert pusher.service.engine.world.threads["cv1"].seq == 2  # the message and its reply


async def test_a_lost_answer_is_settled_by_the_echo_without_a_second_call(talk: Any) -> None:
    pusher, device = talk
    pusher.platform.script = [500]
    await say(device, "在的", "k1")
    await device.until("sent")
    sender = {"im_user_id": str(ACCOUNT), "role": "CUSTOMER_SERVICE"}
    while pusher.service.engine.world.threads["cv1"].outbox:
        await pusher.push(pusher.message("在的", 2, message_id="9", sender=sender))
    assert await fate(device) == ("k1", "sent")
    assert pusher.platform.sent.empty()


@pytest.mark.parametrize("sub_code", ["isv.access-token-expired", "isv.access-token-no-existed"])
async def test_a_dead_token_is_renewed_once_and_no_reply_is_lost(talk: Any, sub_code: str) -> None:
    pusher, device = talk
    pusher.platform.script = [{"code": 40003, "sub_code": sub_code, "data": None}]
    await say(device, "在的", "k1")
    assert await fate(device) == ("k1", "sent")
    assert [grant["grant_type"] for grant in pusher.platform.granted] == ["authorization_code", "refresh_token"]
    assert pusher.platform.tokens == [None, "at-1", None, "at-2"]


async def test_a_busy_platform_is_asked_again_and_another_refusal_is_final(talk: Any) -> None:
    pusher, device = talk
    pusher.platform.script = [{"code": 60000, "sub_code": "isv.traffic-limited"}, {"code": 20000}]
    await say(device, "在的", "k1")
    assert await fate(device) == ("k1", "sent")
    pusher.platform.script = [{"code": 50002, "sub_code": "isv.business-failed:1"}]
    await say(device, "再见", "k2")
    assert await fate(device) == ("k2", "failed")
    assert pusher.platform.sent.qsize() == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
WHOLE = {
    "shop_id": ACCOUNT,
    "conversation_id": "73",
    "message_id": "75",
    "index": "5",
    "type": "TEXT",
    "content": '{"content":"在吗"}',
    "is_visible": True,
    "sender": {"im_user_id": "7", "role": "BUYER", "nickname": "小王"},
}
STRANGE = JSON | st.text(min_size=1) | st.integers(0, 2**70)
CHANGES = st.dictionaries(st.sampled_from(list(WHOLE)), STRANGE, max_size=2)
CHATS = CHANGES.map(lambda changes: WHOLE | changes)
DATA = CHATS | CHATS.map(lambda chat: msgspec.json.encode(chat).decode()) | JSON
TAGS = st.sampled_from(["0", 0, "90013", "90014", 90014, "90015", "90016", "100"])
ITEMS = st.fixed_dictionaries({"tag": TAGS, "data": DATA}) | st.fixed_dictionaries({"tag": JSON, "data": DATA})
BODIES = st.binary() | JSON.map(msgspec.json.encode) | st.lists(ITEMS | JSON, max_size=4).map(msgspec.json.encode)


@pytest.mark.thorough
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES)
async def test_whatever_is_rightly_signed_gets_a_clear_answer(talk: Any, body: bytes) -> None:
    pusher, _ = talk
    answer = await pusher.push(body=body)
    if answer.status_code == 200:
        assert answer.json() == SUCCESS
        assert body.lstrip().startswith(b"[")
    else:
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert not pusher.service.engine.failed.is_set()
