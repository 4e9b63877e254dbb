"""Profile doudian on the wire: batches, retries of the whole, bad items, orders, tokens, calls and their errors."""

import asyncio
import time
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from history.scenario import Faults
from simulators.douyin.signing import doudian_call_signature, doudian_push_signature
from tests.simulators.douyin.conftest import APP

SHOP = 4000070001  # of seed 7, number 1


async def call(b: Any, method: str, param: dict[str, Any], token: str = "", **change: str) -> dict[str, Any]:
    """A call as a client of Doudian makes it."""
    body, stamp = msgspec.json.encode(param), str(int(time.time()))
    sign = doudian_call_signature(APP.client_key, APP.client_secret, method, body.decode(), stamp)
    query = {"method": method, "app_key": APP.client_key, "timestamp": stamp, "v": "2", "sign": sign}
    query |= {"sign_method": "hmac-sha256", **({"access_token": token} if token else {}), **change}
    async with b.http.post(f"{b.url}/{method.replace('.', '/')}", params=query, data=body) as answer:
        assert answer.status == 200
        return dict(await answer.json())


async def token(b: Any) -> str:
    answer = await call(b, "token.create", {"code": "code-1", "grant_type": "authorization_code"})
    assert (answer["code"], answer["data"]["shop_id"], answer["data"]["expires_in"]) == (10000, SHOP, 604800)
    return str(answer["data"]["access_token"])


async def said(customer: Any, text: str, own: str) -> dict[str, Any]:
    return dict(await customer.ask(op="send", id=own, text=text))


def text(conversation: str, words: str) -> dict[str, Any]:
    return {
        "conversation_id": conversation,
        "type": "TEXT",
        "content": msgspec.json.encode({"content": words}).decode(),
    }


async def test_a_message_goes_to_the_target_and_the_reply_comes_back(bench: Any) -> None:
    async with bench(platform="doudian", push_sign="hmac-sha256") as b:
        customer = await b.customer()
        accepted = await said(customer, "你好", "1")
        (item,) = await b.target.saw_items(1, 90014)
        push = b.target.pushed[-1]
        assert push.headers["event-sign"] == doudian_push_signature(
            APP.client_key, APP.client_secret, push.body, "hmac-sha256"
        )
        assert item["data"]["message_id"] == accepted["message"]
        conversation = item["data"]["conversation_id"]
        answer = await call(b, "golive.im.sendMessage", text(conversation, "在的亲"), await token(b))
        assert (answer["code"], answer["err_no"]) == (10000, 0)
        reply = answer["data"]["message_id"]
        assert await customer.hear() == {"op": "receive", "message": reply, "index": 2, "text": "在的亲"}
        _, echo = await b.target.saw_items(2, 90014)
        assert (echo["data"]["message_id"], echo["data"]["sender"]["role"]) == (reply, "CUSTOMER_SERVICE")
        recalled = await call(
            b, "golive.im.recallMessage", {"conversation_id": conversation, "message_id": reply}, await token(b)
        )
        assert recalled["data"] == {}
        assert await customer.hear() == {"op": "recalled", "message": reply}
        assert [row[3] for row in b.rows("called")] == ["ok"]


async def test_pushes_go_together_in_order_and_a_refused_batch_comes_again_whole(bench: Any) -> None:
    refusals = ['{"code":1,"msg":"fail"}', '{"code":0,"msg":"success"}']

    async def answer() -> web.Response:
        return web.Response(text=refusals.pop(0))

    async with bench(platform="doudian", batch=50, batch_s=0.2, retry_s=(0.01, 0.01)) as b:
        customers = [await b.customer(f"c{n}", f"s{n % 2 + 1}") for n in range(4)]
        await b.target.saw_items(4, 90013)
        b.target.answers = [answer, answer]
        before = len(b.target.pushed)
        for turn in "12":
            await asyncio.gather(*(said(customer, f"第{turn}", turn) for customer in customers))
        await b.target.saw_items(16, 90014)
        first, again = b.target.pushed[before:]
        assert first.body == again.body
        assert first.headers["event-sign"] == again.headers["event-sign"]
        assert len({item["msg_id"] for item in first.items}) == 8
        by_conversation: dict[str, list[int]] = {}
        for item in first.items:
            told = msgspec.json.decode(item["data"])
            by_conversation.setdefault(told["conversation_id"], []).append(int(told["index"]))
        assert list(by_conversation.values()) == [[1, 2]] * 4
        async with asyncio.timeout(5):
            while (await (await b.http.get(f"{b.url}/_golive/health")).json())["pending"]:
                pass
        assert [row[0] for row in b.rows("push_failed", "acknowledged")] == ["push_failed"] * 8 + ["acknowledged"] * 8


async def test_no_push_has_more_items_than_the_batch(bench: Any) -> None:
    async with bench(platform="doudian", batch=3, batch_s=0.05) as b:
        customers = [await b.customer(f"c{n}") for n in range(7)]
        await asyncio.gather(*(said(customer, "你好", "1") for customer in customers))
        await b.target.saw_items(7, 90014)
        assert max(len(push.items) for push in b.target.pushed) == 3


async def test_a_batch_with_a_bad_item_is_signed_and_is_otherwise_whole(bench: Any) -> None:
    async with bench(Faults(bad_item=1.0), platform="doudian") as b:
        await said(await b.customer(), "你好", "1")
        async with asyncio.timeout(5), b.target.arrived:
            await b.target.arrived.wait_for(lambda: len(b.target.pushed) >= 2)
        for push in b.target.pushed:
            good, bad = push.items
            assert good["tag"] in ("90013", "90014")
            assert bad["tag"] == "90099" or bad["data"] == "{this is no JSON"
            assert bad["msg_id"] != good["msg_id"]
            assert push.headers["event-sign"] == doudian_push_signature(APP.client_key, APP.client_secret, push.body)


async def test_html_escapes_change_the_bytes_and_not_the_meaning(bench: Any) -> None:
    async with bench(Faults(html_escaped=1.0), platform="doudian") as b:
        await said(await b.customer(), "<b>&", "1")
        (item,) = await b.target.saw_items(1, 90014)
        push = b.target.pushed[-1]
        assert item["data"]["content"] == '{"content":"<b>&"}'
        assert b"\\u003cb\\u003e\\u0026" in push.body
        assert push.headers["event-sign"] == doudian_push_signature(APP.client_key, APP.client_secret, push.body)


async def test_an_orders_story_is_told_while_the_customer_chats(bench: Any) -> None:
    tags = (100, 101, 102, 103, 106, 200, 201, 204, 206)
    async with bench(platform="doudian", order_share=1.0, order_step_s=0.01) as b:
        await b.customer()
        steps = await b.target.saw_items(2, *tags)
        assert steps[0]["tag"] == "100"
        assert {step["data"]["p_id"] > 2**53 for step in steps} == {True}
        (entered,) = b.target.items(90013)
        assert {step["data"]["golive_im_user_id"] for step in steps} == {entered["data"]["buyer"]["im_user_id"]}


async def test_open_im_tells_no_orders(bench: Any) -> None:
    async with bench(order_share=1.0, order_step_s=0.001) as b:
        customer = await b.customer()
        for n in range(5):
            await said(customer, "你好", str(n))
        await b.target.saw("im_receive_msg", 5)
        assert {push.event["event"] for push in b.target.pushed} == {"im_enter_direct_msg", "im_receive_msg"}


@pytest.mark.parametrize(
    ("change", "code", "sub"),
    [
        ({"app_key": "1234567890123456789"}, 40003, "isv.app-id-invalid"),
        ({"sign": "0" * 64}, 40003, "isv.signature-invalid"),
        ({"timestamp": str(int(time.time()) - 660)}, 40003, "isv.timestamp-invalid"),
        ({"access_token": "act.invented"}, 40003, "isv.access-token-no-existed"),
        ({"access_token": ""}, 40001, "isv.access-token-missing"),
    ],
)
async def test_a_wrong_call_gets_the_platforms_code_inside_http_200(
    bench: Any, change: dict[str, str], code: int, sub: str
) -> None:
    async with bench(platform="doudian", register=False) as b:
        answer = await call(b, "golive.im.sendMessage", text("1", "x"), await token(b), **change)
        assert (answer["code"], answer["sub_code"]) == (code, sub)


async def test_an_expired_token_is_told_and_its_refresh_works(bench: Any) -> None:
    async with bench(platform="doudian", register=False, token_s=0.0) as b:
        created = await call(b, "token.create", {"shop_id": str(SHOP), "grant_type": "authorization_self", "code": ""})
        expired = await call(b, "golive.im.sendMessage", text("1", "x"), created["data"]["access_token"])
        assert expired["sub_code"] == "isv.access-token-expired"
        refresh = {"grant_type": "refresh_token", "refresh_token": created["data"]["refresh_token"]}
        assert (await call(b, "token.refresh", refresh))["data"]["access_token"] != created["data"]["access_token"]
        wrong = await call(b, "token.create", {"code": "no", "grant_type": "authorization_code"})
        assert (wrong["code"], wrong["sub_code"]) == (50001, "dop.token-generate-failed:code-invalid")


async def test_a_refresh_token_ends_after_its_own_life(bench: Any) -> None:
    async with bench(platform="doudian", register=False, refresh_s=0.0) as b:
        created = await call(b, "token.create", {"shop_id": str(SHOP), "grant_type": "authorization_self", "code": ""})
        refresh = {"grant_type": "refresh_token", "refresh_token": created["data"]["refresh_token"]}
        assert (await call(b, "token.refresh", refresh))["sub_code"] == "dop.token-generate-failed:token-invalid"


async def test_too_many_calls_are_told_to_come_later(bench: Any) -> None:
    async with bench(platform="doudian", register=False, calls_per_s=1.0) as b:
        access = await token(b)
        codes = [(await call(b, "golive.im.sendMessage", text("1", "x"), access))["code"] for _ in "12"]
        assert codes == [50002, 60000]


async def test_other_calls_are_stubbed_or_counted_and_recorded(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text('{"order.searchList": {"total": 4712345680779753833}}')
    async with bench(platform="doudian", register=False, stubs=str(tmp_path)) as b:
        access = await token(b)
        stubbed = await call(b, "order.searchList", {}, access)
        assert (stubbed["code"], stubbed["data"]) == (10000, {"total": 4712345680779753833})
        assert (await call(b, "order.searchList", {}, "act.no"))["code"] == 40003
        for _ in "12":
            missing = await call(b, "sku.list", {}, access)
            assert (missing["code"], missing["sub_code"]) == (70000, "isp.api-service-off")
        async with b.http.get(f"{b.url}/_golive/health") as answer:
            assert (await answer.json())["not_stubbed"] == {"sku.list": 2}
        assert [(row[3], row[2]) for row in b.rows("other_call")] == [
            ("order.searchList", 1),
            ("order.searchList", 1),
            ("sku.list", 0),
            ("sku.list", 0),
        ]


async def test_a_call_whose_answer_is_lost_was_carried_out(bench: Any) -> None:
    async with bench(Faults(lost_answer=1.0), platform="doudian") as b:
        customer = await b.customer()
        await said(customer, "你好", "1")
        (item,) = await b.target.saw_items(1, 90014)
        access = await token(b)  # token calls are left alone
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await call(b, "golive.im.sendMessage", text(item["data"]["conversation_id"], "在的"), access)
        assert (await customer.hear())["text"] == "在的"
        assert [row[3] for row in b.rows("called")] == ["ok"]


async def test_a_refused_call_did_nothing_and_says_come_again(bench: Any) -> None:
    async with bench(Faults(refuse_call=1.0), platform="doudian") as b:
        await said(await b.customer(), "你好", "1")
        (item,) = await b.target.saw_items(1, 90014)
        answer = await call(b, "golive.im.sendMessage", text(item["data"]["conversation_id"], "在的"), await token(b))
        assert (answer["code"], answer["sub_code"]) == (20000, "dop.service-error")
        assert [row[3] for row in b.rows("called", "delivered")] == ["busy"]
