"""The meaning of frames, and the rare ways a session begins: a scripted server speaks the contract's frames."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from targets import reference_device
from targets.interface import Closed, Event, Sent, TargetError
from targets.reference_device import Data, Frame, ReferenceDevice, Socket, begin, decode, event

Script = Callable[[web.WebSocketResponse], Awaitable[None]]
Serve = Callable[[Script], Any]
HELLO = {"op": "hello", "d": {"heartbeat_s": 30, "resume_window_s": 30}}
READY = {"op": "ready", "d": {"session_id": "new:1", "s": 9, "conversations": [{"conversation_id": "c1"}]}}


def dispatch(s: int, t: str = "message.created", **d: object) -> dict[str, object]:
    return {"op": "dispatch", "s": s, "t": t, "d": {"conversation_id": "c1", **d}}


@pytest.mark.parametrize(
    ("t", "d", "kind", "note"),
    [
        ("message.created", {"sender": "customer", "text": "在吗"}, "message", ""),
        ("message.created", {"sender": "agent", "private": True}, "other", "note among agents"),
        ("message.blocked", {"sender": "customer"}, "withheld", ""),
        ("message.updated", {"status": "failed", "reason": "28003018"}, "reply_failed", "28003018"),
        ("message.updated", {"status": "in_doubt", "reason": "lost"}, "in_doubt", "lost"),
        ("message.updated", {"status": "sent", "reason": ""}, "other", "message.updated"),
        ("message.recalled", {}, "recalled", ""),
        ("message.edited", {"text": "别的"}, "edited", ""),
        ("unread.reminder", {"seq": 3, "unread": 2}, "unread", ""),
        ("conversation.assigned", {}, "assigned", ""),
        ("conversation.resolved", {}, "released", "resolved"),
        ("conversation.transferred", {"reason": "gone"}, "released", "transferred"),
        ("queue.position", {}, "other", "queue.position"),
    ],
)
def test_each_dispatch_has_its_meaning(t: str, d: dict[str, object], kind: str, note: str) -> None:
    told = event(decode(msgspec.json.encode(dispatch(1, t, **d))))
    assert (told.kind, told.note, told.conversation) == (kind, note, "c1")


def test_a_read_mark_says_whose_it_is() -> None:
    agents = event(Frame(t="conversation.read", d=Data("c1", seq=3)))
    customers = event(Frame(t="message.read", d=Data("c1", index=4000)))
    assert (agents, customers) == (Event("read", "c1", "agent", seq=3), Event("read", "c1", "customer", seq=4000))


def test_a_customers_message_keeps_every_id_and_its_text() -> None:
    d = Data("c1", "m7", 3, "customer", "@1==", None, "在吗")
    assert event(Frame(s=9, t="message.created", d=d), b"raw") == Event(
        "message", "c1", "customer", "m7", "@1==", None, "在吗", 3, "", b"raw"
    )


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Runs a script as the server of one WebSocket and yields the client's side of it."""
    async with aiohttp.ClientSession() as http:

        @asynccontextmanager
        async def serving(script: Script) -> AsyncIterator[Socket]:
            played: asyncio.Future[None] = asyncio.get_running_loop().create_future()

            async def accept(request: web.Request) -> web.WebSocketResponse:
                ws = web.WebSocketResponse()
                await ws.prepare(request)
                await ws.send_json(HELLO)
                try:
                    await script(ws)
                except Exception as error:
                    played.set_exception(error)
                else:
                    played.set_result(None)
                return ws

            app = web.Application()
            app.router.add_get("/", accept)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            try:
                async with http.ws_connect(f"http://127.0.0.1:{runner.addresses[0][1]}/", decode_text=False) as ws:
                    yield Socket(ws)
                await asyncio.wait_for(played, 5)  # the script's own assertions count
            finally:
                await runner.cleanup()

        yield serving


async def nothing_missed(since: int, ready: Frame) -> list[tuple[int, Event]]:
    raise AssertionError(f"a session that goes on must not ask for what came after {since} ({ready})")


async def test_a_fresh_device_is_told_first_which_conversations_it_holds(serve: Serve) -> None:
    async def script(ws: web.WebSocketResponse) -> None:
        assert await ws.receive_json() == {"op": "identify", "d": {"token": "T", "device_id": "a1/1"}}
        await ws.send_json(READY)
        await ws.send_json(dispatch(10, sender="customer", seq=4))

    async with serve(script) as socket:
        device = await begin(socket, "T", "a1/1", None, nothing_missed)
        told = [each async for each in device.events()]
    assert [(each.kind, each.seq) for each in told[:-1]] == [("assigned", None), ("message", 4)]
    assert isinstance(told[-1], Closed)
    assert (device.resumed, device.cursor) == (False, "new:1:10")


async def test_a_resumed_device_is_told_the_replay_first_and_then_what_is_new(serve: Serve) -> None:
    async def script(ws: web.WebSocketResponse) -> None:
        assert await ws.receive_json() == {"op": "resume", "d": {"token": "T", "session_id": "old:1", "s": 5}}
        for frame in (dispatch(6, seq=1), dispatch(7, seq=2), {"op": "resumed", "d": {"replayed": 2, "s": 7}}):
            await ws.send_json(frame)
        await ws.send_json(dispatch(8, seq=3))

    async with serve(script) as socket:
        device = await begin(socket, "T", "a1/1", "old:1:5", nothing_missed)
        assert (device.resumed, device.cursor) == (True, "old:1:5")
        told = [each async for each in device.events()]
    assert [each.seq for each in told if isinstance(each, Event)] == [1, 2, 3]
    assert device.cursor == "old:1:8"


async def test_a_session_that_is_over_leaves_no_silent_gap(serve: Serve) -> None:
    async def script(ws: web.WebSocketResponse) -> None:
        await ws.receive_json()
        await ws.send_json({"op": "invalid_session", "d": {"resumable": False}})
        assert (await ws.receive_json())["op"] == "identify"
        await ws.send_json(READY)

    async def missed(since: int, ready: Frame) -> list[tuple[int, Event]]:
        assert (since, ready.d.s) == (5, 9)
        return [(7, event(Frame(s=7, t="message.created", d=Data("c1", seq=2))))]

    async with serve(script) as socket:
        device = await begin(socket, "T", "a1/1", "old:1:5", missed)
        told = [each async for each in device.events()]
    assert [each.kind for each in told if isinstance(each, Event)] == ["message", "assigned"]
    assert (device.resumed, device.cursor) == (False, "new:1:9")


async def connected(socket: Socket) -> ReferenceDevice:
    return await begin(socket, "T", "a1/1", None, nothing_missed)


async def welcome(ws: web.WebSocketResponse) -> None:
    await ws.receive_json()
    await ws.send_json({"op": "ready", "d": {"session_id": "new", "s": 0, "conversations": []}})


async def test_a_reply_is_answered_by_its_own_id_whatever_order_answers_come_in(serve: Serve) -> None:
    async def script(ws: web.WebSocketResponse) -> None:
        await welcome(ws)
        asked = [(await ws.receive_json())["d"] for _ in range(2)]
        assert [each["text"] for each in asked] == ["一", "二"]
        await ws.send_json({"op": "error", "d": {"code": "blocked", "client_msg_id": "id2"}})
        await ws.send_json({"op": "sent", "d": {"client_msg_id": "id1", "message_id": "m1", "seq": 1}})
        await ws.receive()

    async with serve(script) as socket:
        device = await connected(socket)
        first, second = await both(device.reply("c1", "一", "id1"), device.reply("c1", "二", "id2"))
        assert (first, second) == (Sent("ok", "m1"), Sent("failed", code="blocked"))
        await device.close()


async def test_a_reply_without_an_answer_is_unknown(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_device, "ANSWER_S", 0.05)

    async def script(ws: web.WebSocketResponse) -> None:
        await welcome(ws)
        await ws.receive()
        await ws.receive()

    async with serve(script) as socket:
        device = await connected(socket)
        assert await device.reply("c1", "一", "id1") == Sent("unknown")
        await device.close()
        assert await device.reply("c1", "一", "id1") == Sent("unknown")


async def test_a_reply_under_way_when_the_connection_is_lost_is_unknown(serve: Serve) -> None:
    async def script(ws: web.WebSocketResponse) -> None:
        await welcome(ws)
        await ws.receive()

    async with serve(script) as socket:
        device = await connected(socket)
        assert await device.reply("c1", "一", "id1") == Sent("unknown")
        assert await device.resolve("c1") == Sent("unknown")


async def test_a_cut_device_yields_nothing_more_than_its_end(serve: Serve) -> None:
    async def script(ws: web.WebSocketResponse) -> None:
        await welcome(ws)
        await ws.send_json(dispatch(1, seq=1))
        await ws.send_json(dispatch(2, seq=2))
        message = await ws.receive()
        assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.ERROR)
        assert ws.close_code != aiohttp.WSCloseCode.OK  # no close frame: it looks like a lost line

    async with serve(script) as socket:
        device = await connected(socket)
        events = device.events()
        await anext(events)
        await device.cut()
        assert [each async for each in events] == [Closed(1006, "cut")]
        assert device.cursor == "new:1"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"op": "error", "d": {"code": "not_identified"}}, "`error` not_identified where `ready` was due"),
        ({"op": 7}, r"a frame that asyncapi\.yaml does not know"),
        (None, "closed the device's connection: 4001"),
    ],
)
async def test_a_target_that_does_not_begin_properly_is_named(serve: Serve, answer: object, says: str) -> None:
    async def script(ws: web.WebSocketResponse) -> None:
        await ws.receive_json()
        if answer is None:
            await ws.close(code=4001)
        else:
            await ws.send_json(answer)

    async with serve(script) as socket:
        with pytest.raises(TargetError, match=says):
            await connected(socket)


async def test_heartbeats_carry_the_newest_event_shown(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HELLO, "d", {"heartbeat_s": 0.02, "resume_window_s": 30})
    beats = []

    async def script(ws: web.WebSocketResponse) -> None:
        await ws.receive_json()
        await ws.send_json(READY)
        beats.append(await ws.receive_json())
        await ws.send_json({"op": "heartbeat_ack", "d": {"s": 9}})
        beats.append(await ws.receive_json())

    async with serve(script) as socket:
        device = await connected(socket)
        told = [each async for each in device.events()]
    assert beats == [{"op": "heartbeat", "d": {"s": 9}}] * 2
    assert [type(each) for each in told] == [Event, Closed]


async def both(first: Awaitable[Sent], second: Awaitable[Sent]) -> list[Sent]:
    return list(await asyncio.gather(first, second))
