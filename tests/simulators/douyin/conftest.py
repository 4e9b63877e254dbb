"""A run's specification, a real target to push to, and a real customer to write."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from history.run import App, RunSpec, ShopSpec
from history.scenario import Customers, Faults, Gateway, Phase, Scenario
from history.writer import Writer
from simulators.douyin.doors import KEY_HEADER
from simulators.douyin.profiles import profile
from simulators.douyin.server import gateway

SUCCESS = b'{"code":0,"msg":"success"}'
APP = App(client_key="key-1", client_secret="secret-1")
KEY = "the run's key"
SHOPS = tuple(
    ShopSpec(
        id=f"s{n}",
        name=f"店{n}",
        open_id=f"shop-{n}",
        customers=5,
        agents=1,
        capacity=15,
        authorization_code=f"code-{n}",
    )
    for n in (1, 2)
)


def make_spec(faults: Faults | None = None, platform: str = "open-im", **settings: Any) -> RunSpec:
    """A run of two shops; `settings` are the gateway's."""
    speaks = profile(platform)
    shops = SHOPS
    if platform != "open-im":
        shops = tuple(msgspec.structs.replace(shop, open_id=speaks.account(n, 7)) for n, shop in enumerate(SHOPS, 1))
    scenario = Scenario(
        name="t",
        title_zh="",
        title_en="",
        customers=Customers(concurrency=5),
        phases=(Phase(name="steady", seconds=1, rate=1),),
        gates=(),
        faults=faults or Faults(),
        gateway=Gateway(**settings),
    )
    return RunSpec(
        id="r1", number=1, scenario=scenario, target="t", app=APP, shops=shops, seed=7, platform=platform, key=KEY
    )


@dataclass
class Pushed:
    """One request that reached the target."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return msgspec.json.decode(self.body)

    @property
    def items(self) -> list[dict[str, Any]]:
        """Of profile doudian."""
        return msgspec.json.decode(self.body)

    @property
    def text(self) -> str:
        return str(self.event["content"]["text"])


@dataclass
class FakeTarget:
    """A webhook on a real port; `answers` are used up first, then 200."""

    url: str = ""
    pushed: list[Pushed] = field(default_factory=list)
    answers: list[Callable[[], Awaitable[web.Response]]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    at_once: int = 0
    most_at_once: int = 0

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        told = msgspec.json.decode(body)
        if isinstance(told, list) and told[0]["tag"] == "0":
            return web.Response(body=SUCCESS)
        if isinstance(told, dict) and told["event"] == "verify_webhook":
            return web.json_response(told["content"])
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        async with self.arrived:
            self.pushed.append(Pushed(dict(request.headers), body))
            self.arrived.notify_all()
        try:
            return await self.answers.pop(0)() if self.answers else web.Response(body=SUCCESS)
        finally:
            self.at_once -= 1

    def of(self, event: str) -> list[Pushed]:
        return [each for each in self.pushed if each.event["event"] == event]

    def items(self, *tags: int) -> list[dict[str, Any]]:
        """All items of these tags that were pushed, in order, their data decoded; profile doudian."""
        found = [item for push in self.pushed for item in push.items if int(item["tag"]) in tags]
        return [
            {**item, "data": data if isinstance(data := item["data"], dict) else msgspec.json.decode(data)}
            for item in found
        ]

    async def saw_items(self, count: int, *tags: int) -> list[dict[str, Any]]:
        """Wait until so many items of these tags were pushed."""
        async with asyncio.timeout(5), self.arrived:
            await self.arrived.wait_for(lambda: len(self.items(*tags)) >= count)
        return self.items(*tags)

    async def saw(self, event: str, count: int) -> list[Pushed]:
        """Wait until so many of an event were pushed."""
        async with asyncio.timeout(5), self.arrived:
            await self.arrived.wait_for(lambda: len(self.of(event)) >= count)
        return self.of(event)


class Customer:
    """A customer's end of the connection."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def say(self, **frame: Any) -> None:
        await self.ws.send_bytes(msgspec.json.encode(frame)) if frame.pop("binary", False) else await self.ws.send_str(
            msgspec.json.encode(frame).decode()
        )

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(5):
            return msgspec.json.decode(await self.ws.receive_str())

    async def ask(self, **frame: Any) -> dict[str, Any]:
        await self.say(**frame)
        return await self.hear()


@dataclass
class Bench:
    """A running gateway, with its target and the means to reach it."""

    url: str
    target: FakeTarget
    http: aiohttp.ClientSession
    writer: Writer

    async def customer(self, name: str = "c1", shop: str = "s1", after: int = 0) -> Customer:
        customer = Customer(await self.http.ws_connect(f"{self.url}/customer"))
        welcome = await customer.ask(op="hello", customer=name, shop=shop, nick="小王", after=after)
        assert welcome["op"] == "welcome"
        return customer

    async def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> dict[str, Any]:
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        async with self.http.post(
            f"{self.url}{path}", data=data, headers={"Content-Type": "application/json", **(headers or {})}
        ) as answer:
            return {"status": answer.status, **msgspec.json.decode(await answer.read())}

    async def token(self, code: str = "code-1") -> str:
        body = {**msgspec.structs.asdict(APP), "code": code, "grant_type": "authorization_code"}
        return str((await self.post("/oauth/access_token/", body))["data"]["access_token"])

    async def reply(self, answers: str, text: str, token: str, **other: Any) -> dict[str, Any]:
        body = {
            "msg_id": answers,
            "conversation_id": "@C1.s1.c1==",
            "to_user_id": "ou_c1",
            "content": {"msg_type": 1, "text": {"text": text}},
            "scene": "im_reply_msg",
        }
        return await self.post("/im/send/msg/?open_id=shop-1", {**body, **other}, {"access-token": token})

    def rows(self, *kinds: str) -> list[tuple[str, str, int, str]]:
        """What was recorded of these kinds so far and not yet flushed: kind, message, n, note."""
        return [(row[1], row[4], row[8], row[9]) for row in self.writer._rows if row[1] in kinds]


@pytest.fixture
def quiet_writer(tmp_path: Path) -> Iterator[Writer]:
    """A stream whose rows stay in memory until the test ends."""
    writer = Writer(tmp_path, "gateway", "r1")
    yield writer
    writer.close()


@pytest.fixture
def bench(
    quiet_writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., contextlib.AbstractAsyncContextManager[Bench]]:
    """`async with bench(faults, **settings) as b`: gateway and target, webhook registered."""
    monkeypatch.setattr("simulators.health.FLUSH_EVERY", 1_000_000)

    @contextlib.asynccontextmanager
    async def start(
        faults: Faults | None = None,
        register: bool = True,
        allow: Collection[str] = (),
        platform: str = "open-im",
        **settings: Any,
    ) -> AsyncIterator[Bench]:
        async with contextlib.AsyncExitStack() as stack:
            target = FakeTarget()
            app = web.Application()
            app.router.add_post("/hook", target.handle)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            target.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
            async with (
                gateway(make_spec(faults, platform, **settings), quiet_writer, allow=allow) as port,
                aiohttp.ClientSession(headers={KEY_HEADER: KEY}) as http,
            ):
                made = Bench(f"http://127.0.0.1:{port}", target, http, quiet_writer)
                if register:
                    assert (await made.post("/_golive/webhook", {"url": target.url}))["ok"]
                yield made

    return start
