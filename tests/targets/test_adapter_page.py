"""The adapter printed in docs/adapter.md is a whole one: it loads, and it works."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from golive.config import Config, secrets
from history.run import App, ShopSpec
from simulators.douyin.profiles import profile
from targets.interface import Agent, Closed, Event, Run, Sent, Target, TargetError, Version
from targets.loading import load
from targets.platform import Message

PAGE = (Path(__file__).parents[2] / "docs" / "adapter.md").read_text(encoding="utf-8")
SHOP = ShopSpec(id="s01", name="测试", open_id="o1", customers=1, agents=1, capacity=15, authorization_code="code")


def block(language: str, number: int = 0) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found[number])


@pytest.fixture
def target(tmp_path: Path) -> Target:
    file = tmp_path / "my_adapter.py"
    file.write_text(block("python"), encoding="utf-8")
    return load(str(file))


@asynccontextmanager
async def staging(asked: list[Any]) -> AsyncIterator[str]:
    """The system the page imagines: one message waits, one reply is refused, everything asked is kept."""

    async def answer(request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        asked.append((request.path, body))
        if request.path.endswith("/messages"):
            status = 403 if body["text"] == "违禁" else 200
            return web.json_response({"id": "m9"}, status=status)
        first = request.path == "/inbox" and request.query["after"] == "0"
        message = {"n": 1, "chat": "c1", "from": "customer", "id": "m1", "platform_id": "@1", "text": "在吗"}
        return web.json_response({"name": "ours", "version": "7", "token": "T", "items": [message] if first else []})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_the_pages_adapter_reads_answers_and_closes(target: Target) -> None:
    asked: list[Any] = []
    async with aiohttp.ClientSession() as http, staging(asked) as url:
        app = App(client_key="k", client_secret="s")
        run = Run("r1", "", url, app, (SHOP,), 1.0, http, {"agent_password": "P"})
        assert await target.open(run) == Version("ours", "7")
        (agent,) = await target.agents(await target.shop(SHOP), 1)
        device = await target.connect(agent, "1", None)
        await device.availability("online")
        events = device.events()
        told = await asyncio.wait_for(anext(events), 5)
        assert told == Event("message", "c1", "customer", "m1", "@1", text="在吗", seq=1)
        assert (device.cursor, agent) == ("1", Agent("test-tenant-s01-agent-1", agent.shop, 15, "P"))
        assert await device.reply("c1", "您好", "k1") == Sent("ok", "m9")
        assert (await device.reply("c1", "违禁", "k2")).outcome == "failed"
        await device.close()
        assert [type(each) async for each in events] == [Closed]
    assert ("/chats/c1/messages", {"text": "您好", "key": "k1"}) in asked
    assert await target.close() == []


async def test_the_pages_adapter_says_unknown_where_the_system_is_gone(target: Target) -> None:
    async with aiohttp.ClientSession() as http:
        async with staging([]) as url:
            run = Run("r1", "", url, App(client_key="k", client_secret="s"), (), 1.0, http, {"agent_password": "P"})
            await target.open(run)
            (agent,) = await target.agents(await target.shop(SHOP), 1)
            device = await target.connect(agent, "1", None)
        assert await device.reply("c1", "您好", "k1") == Sent("unknown")
        assert [type(each) async for each in device.events()] == [Closed]
        with pytest.raises(TargetError):
            await target.connect(agent, "1", None)


def test_the_pages_settings_are_ones_golive_reads() -> None:
    config = msgspec.toml.decode(block("toml"), type=Config)
    assert secrets(config.targets["staging"], {"AGENT_PASSWORD": "P"}) == {"agent_password": "P"}


def test_the_platform_of_the_page_speaks_as_it_says(tmp_path: Path) -> None:
    file = tmp_path / "my_platform.py"
    file.write_text(block("python", 1), encoding="utf-8")
    speaks = profile(f"{file}:OurIm")
    told = Message("receive", "7301", "pigeon:7311", "7321", "4000000001", "", "你好", 1, 0)
    (item,) = msgspec.json.decode(speaks.write([told], App(client_key="1", client_secret="s")))
    assert (item["tag"], item["msg_id"]) == ("805", "7301::805:0:4000000001")
    assert speaks.conversation_id(1, "s1", "c1").startswith("pigeon:7311")
    assert (speaks.name, speaks.own_chat) == ("our-im", False)
