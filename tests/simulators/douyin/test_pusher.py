"""Pushes against a real target: order, cut, retries, faults, and what is recorded of them."""

import asyncio
from typing import Any

from aiohttp import web

from history.scenario import Faults

LIVES = ("accepted", "delayed", "pushed", "acknowledged", "push_failed", "undelivered", "doubled")


def status(code: int) -> Any:
    async def answer() -> web.Response:
        return web.Response(status=code)

    return answer


def mute_until(event: asyncio.Event) -> Any:
    async def answer() -> web.Response:
        await event.wait()
        return web.Response()

    return answer


async def settled(b: Any) -> None:
    """Wait until nothing is on its way any more."""
    async with asyncio.timeout(5):
        while (await (await b.http.get(f"{b.url}/_golive/health")).json())["pending"]:
            pass  # each question is a round trip: the loop runs on


async def test_a_conversation_keeps_its_order_while_others_go_ahead(bench: Any) -> None:
    async with bench() as b:
        slow, quick = await b.customer("c1"), await b.customer("c2")
        await b.target.saw("im_enter_direct_msg", 2)
        gate = asyncio.Event()
        b.target.answers = [mute_until(gate)]
        for text in ("一", "二", "三"):
            await slow.ask(op="send", id=f"c1-{text[0].encode().hex()}", text=text)
            await b.target.saw("im_receive_msg", 1)
        await quick.ask(op="send", id="c2-1", text="别人")
        await b.target.saw("im_receive_msg", 2)
        assert [push.text for push in b.target.of("im_receive_msg")] == ["一", "别人"]
        gate.set()
        await b.target.saw("im_receive_msg", 4)
        assert [push.text for push in b.target.of("im_receive_msg")] == ["一", "别人", "二", "三"]


async def test_a_refused_push_comes_again_with_the_same_bytes_until_it_is_taken(bench: Any) -> None:
    async with bench(retry_s=(0.01, 0.01, 0.01)) as b:
        customer = await b.customer()
        await b.target.saw("im_enter_direct_msg", 1)
        b.target.answers = [status(500), status(401)]
        message = (await customer.ask(op="send", id="1", text="你好"))["message"]
        pushes = await b.target.saw("im_receive_msg", 3)
        await settled(b)
        assert len({(push.body, push.headers["Msg-Id"]) for push in pushes}) == 1
        assert b.rows(*LIVES) == [
            ("accepted", message, 1, ""),
            ("pushed", message, 1, ""),
            ("push_failed", message, 1, "refused 500"),
            ("pushed", message, 2, ""),
            ("push_failed", message, 2, "refused 401"),
            ("pushed", message, 3, ""),
            ("acknowledged", message, 3, ""),
        ]


async def test_after_three_retries_it_is_undelivered_and_the_next_message_goes(bench: Any) -> None:
    async with bench(retry_s=(0.01, 0.01, 0.01)) as b:
        customer = await b.customer()
        await b.target.saw("im_enter_direct_msg", 1)
        b.target.answers = [status(503)] * 4
        lost = (await customer.ask(op="send", id="1", text="一"))["message"]
        kept = (await customer.ask(op="send", id="2", text="二"))["message"]
        await b.target.saw("im_receive_msg", 5)
        await settled(b)
        assert b.rows("pushed", "undelivered", "acknowledged") == [
            *(("pushed", lost, attempt, "") for attempt in (1, 2, 3, 4)),
            ("undelivered", lost, 4, ""),
            ("pushed", kept, 1, ""),
            ("acknowledged", kept, 1, ""),
        ]


async def test_a_mute_target_is_cut(bench: Any) -> None:
    async with bench(cut_s=0.05, retry_s=(0.01,)) as b:
        customer = await b.customer()
        await b.target.saw("im_enter_direct_msg", 1)
        gate = asyncio.Event()
        b.target.answers = [mute_until(gate)]
        message = (await customer.ask(op="send", id="1", text="你好"))["message"]
        await b.target.saw("im_receive_msg", 2)
        await settled(b)
        assert b.rows("push_failed", "acknowledged") == [
            ("push_failed", message, 1, "cut"),
            ("acknowledged", message, 2, ""),
        ]
        gate.set()


async def test_without_a_webhook_nothing_is_pushed_and_the_plan_still_ends(bench: Any) -> None:
    async with bench(register=False, retry_s=()) as b:
        customer = await b.customer()
        message = (await customer.ask(op="send", id="1", text="你好"))["message"]
        await settled(b)
        assert b.rows(*LIVES) == [
            ("accepted", message, 1, ""),
            ("push_failed", message, 1, "no webhook"),
            ("undelivered", message, 1, ""),
        ]


async def test_a_doubled_push_is_the_same_bytes_again_after_the_first_was_acknowledged(bench: Any) -> None:
    async with bench(Faults(duplicate_push=1.0)) as b:
        message = (await (await b.customer()).ask(op="send", id="1", text="你好"))["message"]
        first, second = await b.target.saw("im_receive_msg", 2)
        await settled(b)
        assert (first.body, first.headers) == (second.body, second.headers)
        assert b.rows(*LIVES) == [
            ("accepted", message, 1, ""),
            ("pushed", message, 1, ""),
            ("acknowledged", message, 1, ""),
            ("doubled", message, 0, ""),
            ("pushed", message, 2, ""),
            ("acknowledged", message, 2, ""),
        ]


async def test_a_delayed_push_holds_its_own_conversation_back_once(bench: Any) -> None:
    async with bench(Faults(delay_push=1.0, delay_s=0.05)) as b:
        customer = await b.customer()
        first = (await customer.ask(op="send", id="1", text="一"))["message"]
        second = (await customer.ask(op="send", id="2", text="二"))["message"]
        await b.target.saw("im_receive_msg", 2)
        await settled(b)
        rows = [row for row in b.writer._rows if row[1] in ("delayed", "pushed")]
        assert [(row[1], row[4], row[8]) for row in rows] == [
            ("delayed", first, 50_000),
            ("pushed", first, 1),
            ("delayed", second, 50_000),
            ("pushed", second, 1),
        ]
        assert rows[1][0] - rows[0][0] >= 49_000_000
        assert rows[3][0] - rows[2][0] >= 49_000_000


async def test_a_forgery_goes_before_the_push_and_its_taking_is_recorded(bench: Any) -> None:
    async with bench(Faults(forge_push=1.0)) as b:
        customer = await b.customer()
        await b.target.saw("im_enter_direct_msg", 1)
        b.target.answers = [status(200), status(200), status(401)]
        real = (await customer.ask(op="send", id="1", text="一"))["message"]
        await customer.ask(op="send", id="2", text="二")
        forged, honest, *_ = await b.target.saw("im_receive_msg", 4)
        await settled(b)
        assert (honest.text, forged.text) == ("一", "这条消息不是平台发出的")
        invented = forged.event["content"]["server_message_id"]
        assert invented != real
        assert [row[:2] for row in b.rows("forged", "forged_taken")] == [
            ("forged", invented),
            ("forged_taken", invented),
            ("forged", b.target.of("im_receive_msg")[2].event["content"]["server_message_id"]),
        ]


async def test_no_more_pushes_are_in_flight_than_allowed(bench: Any) -> None:
    async with bench(pushes_at_once=3) as b:
        customers = [await b.customer(f"c{n}") for n in range(8)]
        await b.target.saw("im_enter_direct_msg", 8)
        await settled(b)
        gate, b.target.most_at_once = asyncio.Event(), 0
        b.target.answers = [mute_until(gate)] * 8
        for customer in customers:
            await customer.ask(op="send", id="1", text="你好")
        await b.target.saw("im_receive_msg", 3)
        gate.set()
        await b.target.saw("im_receive_msg", 8)
        assert b.target.most_at_once == 3


async def test_a_full_backlog_makes_customers_wait_and_says_so(bench: Any) -> None:
    async with bench(backlog=1) as b:
        customer = await b.customer()
        await b.target.saw("im_enter_direct_msg", 1)
        await settled(b)
        gate = asyncio.Event()
        b.target.answers = [mute_until(gate)]
        assert (await customer.ask(op="send", id="1", text="一"))["op"] == "accepted"
        assert await customer.ask(op="send", id="2", text="二") == {"op": "busy", "id": "2", "retry_s": 0.5}
        gate.set()
        await settled(b)
        assert (await customer.ask(op="send", id="2", text="二"))["op"] == "accepted"
        assert [row[0] for row in b.rows("accepted")] == ["accepted"] * 2


async def test_own_events_are_pushed_and_not_recorded(bench: Any) -> None:
    async with bench(Faults(duplicate_push=1.0, forge_push=1.0)) as b:
        await b.customer()
        await b.target.saw("im_enter_direct_msg", 1)
        await settled(b)
        assert b.rows(*LIVES, "forged") == []
        assert len(b.target.pushed) == 1
