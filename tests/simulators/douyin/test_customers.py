"""A customer's connection: what it may do, what it is told, and how little it can break."""

import asyncio
from typing import Any

import aiohttp
import msgspec
import pytest

from history.tokens import AUTOMATIC, token


async def closed(customer: Any) -> int:
    """The code the gateway closed with; frames before it are passed over."""
    async with asyncio.timeout(5):
        while (await customer.ws.receive()).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
            pass
    return int(customer.ws.close_code)


async def test_the_same_id_again_is_answered_the_same_and_sent_once(bench: Any) -> None:
    async with bench() as b:
        customer = await b.customer()
        first = await customer.ask(op="send", id="c1-1", text="你好")
        await customer.ws.close()
        assert await (await b.customer()).ask(op="send", id="c1-1", text="你好") == first
        await b.target.saw("im_receive_msg", 1)
        assert [row[1] for row in b.rows("accepted")] == [first["message"]]


async def test_a_customer_who_was_away_gets_the_replies_beyond_what_they_saw_in_order(bench: Any) -> None:
    async with bench() as b:
        customer, access = await b.customer(), await b.token()
        message = (await customer.ask(op="send", id="1", text="你好"))["message"]
        await b.reply(message, "一", access)
        assert (await customer.hear())["index"] == 2
        await customer.ws.close()
        for text in ("二", "三"):
            assert (await b.reply(message, text, access))["data"]["error_code"] == 0
        back = await b.customer(after=2)
        assert [(await back.hear())["text"] for _ in "23"] == ["二", "三"]
        assert len(b.target.of("im_enter_direct_msg")) == 1


async def test_a_delivery_is_recorded_with_the_token_of_its_text(bench: Any) -> None:
    async with bench() as b:
        customer, mark = await b.customer(), token(1, 2, 3)
        message = (await customer.ask(op="send", id="1", text="你好"))["message"]
        answer = await b.reply(message, f"在的 {mark}", await b.token())
        await customer.hear()
        rows = [row for row in b.writer._rows if row[1] in ("called", "delivered")]
        assert [(row[1], row[2], row[3], row[4], row[5], row[9]) for row in rows] == [
            ("called", "s1", "@C1.s1.c1==", mark, answer["msg_id"], "ok"),
            ("delivered", "s1", "@C1.s1.c1==", mark, answer["msg_id"], ""),
        ]


async def test_what_the_target_sends_by_itself_is_recorded_apart(bench: Any) -> None:
    async with bench() as b:
        customer, mark = await b.customer(), token(1, AUTOMATIC, 0)
        message = (await customer.ask(op="send", id="1", text="你好"))["message"]
        await b.reply(message, f"欢迎光临 {mark}", await b.token())
        await customer.hear()
        rows = [row for row in b.writer._rows if row[1] in ("called", "auto_called")]
        assert [(row[1], row[4], row[9]) for row in rows] == [("auto_called", mark, "ok")]


async def test_a_second_connection_replaces_the_first_and_alone_receives(bench: Any) -> None:
    async with bench() as b:
        first, second = await b.customer(), await b.customer()
        assert await closed(first) == 4003
        message = (await second.ask(op="send", id="1", text="你好"))["message"]
        await b.reply(message, "在的", await b.token())
        assert (await second.hear())["text"] == "在的"
        health = await (await b.http.get(f"{b.url}/_golive/health")).json()
        assert (health["customers"], health["conversations"]) == (1, 1)


async def test_reading_recalling_rating_and_leaving(bench: Any) -> None:
    async with bench() as b:
        customer = await b.customer()
        message = (await customer.ask(op="send", id="1", text="你好"))["message"]
        await customer.say(op="rate", stars=5)
        (rated,) = await b.target.saw("golive_im_score", 1)
        assert rated.event["content"]["score"] == 5
        await customer.say(op="read", index=1)
        (read,) = await b.target.saw("im_message_read", 1)
        assert read.event["content"]["index"] == 1
        assert await customer.ask(op="recall", message=message) == {"op": "recalled", "message": message}
        (recall,) = await b.target.saw("im_recall_msg", 1)
        assert msgspec.json.decode(recall.event["content"]) == {"server_message_id": message}
        await customer.say(op="leave")
        assert await closed(customer) == 1000


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('{"op":"send","id":"1","text":"x"}', "hello_first"),
        ('{"op":"hello","customer":"c1","shop":"s9"}', "unknown_shop"),
        ("hello", "bad_frame"),
        ('{"op":"hello","customer":"","shop":"s1"}', "bad_frame"),
    ],
)
async def test_before_hello_nothing_else_counts(bench: Any, frame: str, code: str) -> None:
    async with bench() as b, b.http.ws_connect(f"{b.url}/customer") as ws:
        await ws.send_str(frame)
        answer = msgspec.json.decode(await ws.receive_str())
        assert (answer["op"], answer["code"]) == ("error", code)


async def test_nine_bad_frames_are_answered_and_the_tenth_closes(bench: Any) -> None:
    async with bench() as b:
        customer = await b.customer()
        bad = [
            {"op": "hello", "customer": "c1", "shop": "s1"},
            {"op": "read", "index": 9},
            {"op": "recall", "message": "@M9=="},
        ]
        for frame in bad:
            assert (await customer.ask(**frame))["op"] == "error"
        for _ in range(6):
            assert (await customer.ask(op="fly"))["code"] == "bad_frame"
        assert (await customer.ask(op="send", id="1", text="还在"))["op"] == "accepted"
        assert (await customer.ask(op="fly"))["code"] == "bad_frame"
        assert await closed(customer) == 4002


async def test_hostile_frames_end_one_connection_and_nobody_elses(bench: Any) -> None:
    async with bench() as b:
        good = await b.customer("good")
        huge, binary, broken, rude = [await b.customer(f"c{n}") for n in range(4)]
        await huge.ws.send_str('{"op":"send","id":"1","text":"' + "x" * 70_000 + '"}')
        assert await closed(huge) == 1009
        await binary.ws.send_bytes(b"\x00\x01")
        assert (await binary.hear())["why"] == "frames are JSON text"
        await broken.ws._writer.send_frame(b"\xff\xfe", aiohttp.WSMsgType.TEXT)
        assert await closed(broken) == 1007
        rude.ws._response.connection.transport.abort()
        assert (await good.ask(op="send", id="1", text="我没事"))["op"] == "accepted"
