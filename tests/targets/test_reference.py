"""The adapter's HTTP half where things go wrong: every failure is one sentence with what, where and why."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from fixtures.words import listed, words
from history.run import App, ShopSpec
from targets import reference_calls
from targets.interface import Agent, Closed, Event, Run, Shop, TargetError, Version
from targets.reference import Reference, word_rules

SHOP = ShopSpec(id="s01", name="测试", open_id="o1", customers=15, agents=1, capacity=15, authorization_code="code-1")


@asynccontextmanager
async def opened(url: str, **secrets: str) -> AsyncIterator[tuple[Reference, Run]]:
    async with aiohttp.ClientSession() as http:
        yield Reference(), Run("r1", "", url, App(client_key="k", client_secret="s"), (SHOP,), 1.0, http, secrets)


@asynccontextmanager
async def server(*routes: web.RouteDef) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def fails(url: str, says: str, **secrets: str) -> None:
    async with opened(url, **secrets) as (target, run):
        with pytest.raises(TargetError, match=says):
            await target.open(run)


async def test_without_its_operator_key_it_says_what_to_set() -> None:
    await fails("http://127.0.0.1:9", "set GOLIVE_OPERATOR_KEY")


async def test_a_target_that_is_not_running_is_named() -> None:
    async with server() as url:
        pass
    await fails(url, rf"GET {url}/readyz: no answer .*; is the target running there\?", operator_key="K")


async def test_a_mute_target_is_given_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_calls, "ANSWER_S", 0.05)
    met = asyncio.Event()

    async def mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await met.wait()
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(mute, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()
    await fails(f"http://{host}:{port}", r"readyz: no answer \(not within 0 s\)", operator_key="K")
    met.set()
    listening.close()
    await listening.wait_closed()


async def test_a_target_that_is_not_ready_or_something_else_is_told() -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html>")

    async def busy(_: web.Request) -> web.Response:
        return web.Response(status=503, text='{"code": "recovering"}')

    async with server(web.get("/readyz", page)) as url:
        await fails(url, r"the answer is no JSON; is this the reference service\?", operator_key="K")
    async with server(web.get("/readyz", busy)) as url:
        await fails(url, "answered 503: .*recovering", operator_key="K")


@pytest.mark.parametrize("platform", ["open-im", "doudian"])
async def test_a_shop_is_made_for_the_platform_of_the_run(platform: str) -> None:
    asked: list[Any] = []

    async def shops(request: web.Request) -> web.Response:
        asked.append(await request.json())
        made = {"id": "1", "admin_login": "a", "admin_password": "p", "webhook_url": "http://x/hook"}
        return web.json_response(made)

    async def any_other(_: web.Request) -> web.Response:
        return web.json_response({"access_token": "T", "expires_in": 60})

    others = [web.post("/api/v1/auth/login", any_other), web.put("/api/v1/sensitive-words", any_other)]
    others += [web.get("/readyz", any_other), web.get("/version", any_other)]
    async with server(web.post("/api/v1/shops", shops), *others) as url, opened(url, operator_key="K") as (target, run):
        await target.open(replace(run, platform=platform))
        assert await target.shop(SHOP) == Shop("s01", "1", "http://x/hook")
    assert [(body["platform"], body["open_id"]) for body in asked] == [(platform, "o1")]


async def test_what_cannot_be_removed_is_a_leftover_and_no_error() -> None:
    async def ready(_: web.Request) -> web.Response:
        return web.json_response({"name": "reference", "version": "1"})

    async with (
        server(web.get("/readyz", ready), web.get("/version", ready)) as url,
        opened(url, operator_key="K") as (target, run),
    ):
        assert await target.open(run) == Version("reference", "1")
        (leftover,) = await target.close()
    assert leftover.what == "the shops of this run"
    assert "answered 404" in leftover.where


async def test_a_subclass_offers_what_it_says_less_what_is_not_there() -> None:
    class Less(Reference):
        offers = frozenset({"resume", "clock", "recall"})

    async def ready(_: web.Request) -> web.Response:
        return web.json_response({})

    routes = web.get("/readyz", ready), web.get("/version", ready), web.post("/api/v1/test-hooks/clock", ready)
    for hooks, platform, offers in (
        (3, "open-im", {"resume", "clock", "recall"}),
        (2, "open-im", {"resume", "recall"}),
        (2, "doudian", {"resume"}),
    ):
        async with server(*routes[:hooks]) as url, opened(url, operator_key="K") as (_, run):
            target = Less()
            await target.open(replace(run, platform=platform))
            assert target.offers == offers


async def test_a_log_that_no_longer_reaches_back_is_replaced_by_reading_the_conversations() -> None:
    def message(seq: int, **more: object) -> dict[str, object]:
        return {
            "conversation_id": "c1",
            "message_id": f"m{seq}",
            "seq": seq,
            "sender": "customer",
            "platform_message_id": f"@{seq}",
            "client_msg_id": None,
            "text": "在吗",
            "blocked": False,
            "status": "received",
            **more,
        }

    pages = {
        "0": {"items": [message(1), message(2, blocked=True, text=None)], "next": 2},
        "2": {"items": [message(3, status="recalled", text=None), message(4)], "next": None},
    }

    async def messages(request: web.Request) -> web.Response:
        return web.json_response(pages[request.query["after"]])

    async def sync(_: web.Request) -> web.Response:
        return web.json_response({"events": [], "next": 9, "head": 9, "limited": True})

    told = await missed_of(web.get("/api/v1/sync", sync), web.get("/api/v1/conversations/c1/messages", messages))
    assert [(each.kind, each.seq, each.platform_id) for each in told] == [
        ("message", 1, "@1"),
        ("withheld", 2, "@2"),
        ("message", 4, "@4"),
    ]


async def test_the_log_is_read_page_by_page_up_to_where_live_events_begin() -> None:
    def events(*numbers: int) -> list[dict[str, object]]:
        return [{"s": s, "t": "message.created", "d": {"sender": "customer", "seq": s}} for s in numbers]

    pages = {
        "5": {"events": events(6, 7), "next": 7, "head": 9, "limited": False},
        "7": {"events": events(8, 9, 10), "next": 10, "head": 10, "limited": False},
    }

    async def sync(request: web.Request) -> web.Response:
        return web.json_response(pages[request.query["since"]])

    told = await missed_of(web.get("/api/v1/sync", sync))
    assert [each.seq for each in told] == [6, 7, 8, 9]


async def test_a_log_that_goes_no_further_is_an_error_and_no_endless_loop() -> None:
    async def sync(_: web.Request) -> web.Response:
        return web.json_response({"events": [], "next": 5, "head": 9, "limited": False})

    with pytest.raises(TargetError, match="the page goes no further"):
        await missed_of(web.get("/api/v1/sync", sync))


async def missed_of(*routes: web.RouteDef) -> list[Any]:
    """What a device whose session ended at 5 is told, where `ready` says 9 and that it holds c1."""

    async def login(_: web.Request) -> web.Response:
        return web.json_response({"access_token": "T", "expires_in": 60})

    async def device(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        await ws.send_json({"op": "hello", "d": {"heartbeat_s": 30, "resume_window_s": 30}})
        await ws.receive()
        await ws.send_json({"op": "invalid_session", "d": {"resumable": False}})
        await ws.receive()
        held = [{"conversation_id": "c1"}]
        await ws.send_json({"op": "ready", "d": {"session_id": "new", "s": 9, "conversations": held}})
        return ws

    async def ready(_: web.Request) -> web.Response:
        return web.json_response({})

    plain = [web.get("/readyz", ready), web.get("/version", ready), web.post("/api/v1/auth/login", login)]
    async with (
        server(*routes, *plain, web.get("/api/v1/ws", device)) as url,
        opened(url, operator_key="K") as (
            target,
            run,
        ),
    ):
        await target.open(run)
        agent = Agent("a1", Shop("s01", "1", ""), 15, "password")
        target._logins["a1"] = "login"
        connected = await target.connect(agent, "a1/1", "old:5")
        told = [each async for each in connected.events()]
    assert [type(each) for each in told[-2:]] == [Event, Closed]
    assert told[-2].kind == "assigned"  # what is held now stands after what was missed
    return told[:-2]


def test_every_listed_word_has_an_action_each_way_and_some_are_blocked() -> None:
    rules = word_rules(listed())
    assert [rule["word"] for rule in rules] == list(words())
    assert {rule["to_customer"] for rule in rules} == {"block", "mask"}
    assert {rule["to_agent"] for rule in rules} == {"block", "mask"}
