"""The whole service in this process: HTTP through ASGI, WebSocket over loopback, and a platform that answers as told.

Every answer and every frame that any test sees is held against the contract.
"""

import asyncio
import contextlib
import hashlib
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import jsonschema_rs
import msgspec
import pytest
from aiohttp import web
from starlette.applications import Starlette

from reference_service.app import around
from reference_service.settings import Settings
from reference_service.shell.engine import Engine, running
from reference_service.shell.serving import Server
from tests.documents import ASYNCAPI, OPENAPI

PATHS = {re.compile(re.sub(r"\{\w+\}", "[^/]+", path)): item for path, item in OPENAPI["paths"].items()}
OK = {"error_code": 0, "description": ""}
OPERATOR = {"Authorization": "Bearer op"}


class Platform:
    """The messaging platform: `script` holds what the next calls get; then they succeed."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.recalled: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.tokens: list[str] = []  # the access token of each call
        self.grants: list[dict[str, str]] = []
        self.script: list[Callable[[], web.Response]] = []
        self.url = ""
        self._sent = 0

    async def token(self, request: web.Request) -> web.Response:
        form = dict(await request.post())
        self.grants.append({name: str(value) for name, value in form.items()})
        if form.get("code") == "wrong":
            return web.json_response({"data": {"error_code": 10007, "description": "bad code"}, "message": "error"})
        number = len(self.grants)
        granted = {"access_token": f"act.{number}", "refresh_token": f"rft.{number}", "expires_in": 1296000}
        return web.json_response({"data": {**granted, **OK}, "message": "success"})

    async def send(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers["access-token"])
        self.calls.put_nowait(await request.json())
        if self.script:
            return self.script.pop(0)()
        self._sent += 1
        return web.json_response({"extra": OK, "data": OK, "msg_id": f"@r{self._sent}=="})

    async def recall(self, request: web.Request) -> web.Response:
        asked = {"open_id": request.query["open_id"], **await request.json()}
        self.recalled.put_nowait(asked)
        return self.script.pop(0)() if self.script else web.json_response({"extra": OK, "data": OK})

    @staticmethod
    def refuse(code: int) -> web.Response:
        return web.json_response({"extra": {**OK, "error_code": code}, "data": OK})


def closed(schema: Any) -> Any:
    """A schema that allows no field beside those it names: what the service tells must stand in the contract."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(part) for key, part in schema.items()}
    if "allOf" in inner:  # each part is only a part
        named = [part["$ref"].rsplit("/", 1)[1] if "$ref" in part else part for part in schema["allOf"]]
        parts = [OPENAPI["components"]["schemas"][part] if isinstance(part, str) else part for part in named]
        return {"allOf": parts, "unevaluatedProperties": False}
    if inner.get("type") == "object" and isinstance(inner.get("properties"), dict):
        inner.setdefault("additionalProperties", False)
    return inner


COMPONENTS = {"http": closed(OPENAPI["components"]), "frames": closed(ASYNCAPI["components"])}


@cache
def validator(document: str, schema: str) -> jsonschema_rs.Validator:
    """Of a schema, as JSON: made once, for making one takes far longer than using it."""
    return jsonschema_rs.validator_for({**msgspec.json.decode(schema), "components": COMPONENTS[document]})


def conform(document: str, schema: dict[str, Any], value: Any) -> None:
    """Fail where a value is not what a schema of the contract allows, or has a field that it does not name."""
    validator(document, msgspec.json.encode(schema).decode()).validate(value)


def raw_path(url: httpx.URL) -> str:
    """The path as it was sent: an id in it may hold an encoded slash."""
    return url.raw_path.decode().partition("?")[0]


async def conforming(answer: httpx.Response) -> None:
    """Fail where an HTTP answer is not one of the contract's for its operation."""
    await answer.aread()
    item = next(item for path, item in PATHS.items() if path.fullmatch(raw_path(answer.request.url)))
    promised = item[answer.request.method.lower()]["responses"][str(answer.status_code)]
    if "$ref" in promised:
        promised = OPENAPI["components"]["responses"][promised["$ref"].rsplit("/", 1)[1]]
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if kind or "content" in promised:
        if kind.endswith("json"):
            conform("http", promised["content"][kind]["schema"], answer.json())
        assert kind in promised["content"]


class Device:
    """One WebSocket. `dispatch` waits for an event of a type; whatever comes between stays in `frames`."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.frames: list[dict[str, Any]] = []

    async def say(self, op: str, **d: Any) -> None:
        await self.ws.send_json({"op": op, "d": d})

    async def frame(self) -> dict[str, Any]:
        message = await asyncio.wait_for(self.ws.receive(), 10)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise ConnectionError(self.ws.close_code)
        frame: dict[str, Any] = msgspec.json.decode(message.data)
        schema = "".join(word.capitalize() for word in frame["op"].split("_"))
        conform("frames", {"$ref": f"#/components/schemas/{schema}"}, frame)
        self.frames.append(frame)
        return frame

    async def until(self, op: str) -> dict[str, Any]:
        while (frame := await self.frame())["op"] != op:
            pass
        return frame

    async def dispatch(self, kind: str) -> dict[str, Any]:
        while (frame := await self.until("dispatch"))["t"] != kind:
            pass
        payload: dict[str, Any] = frame["d"]
        return payload

    async def closed(self) -> int | None:
        with contextlib.suppress(ConnectionError):
            while True:
                await self.frame()
        return self.ws.close_code

    @property
    def log(self) -> list[int]:
        return [frame["s"] for frame in self.frames if frame["op"] == "dispatch"]


class Service:
    """The running service and short ways to use it."""

    def __init__(
        self,
        engine: Engine,
        http: httpx.AsyncClient,
        ws: aiohttp.ClientSession,
        listen: Callable[[], Awaitable[int]],
    ) -> None:
        self.engine, self.http, self.ws = engine, http, ws
        self._listen = listen  # called when the first device connects: most tests need no port
        self._port = 0
        self._written = 0

    async def shop(self, name: str = "s1", **more: Any) -> dict[str, str]:
        """Create a shop; its administrator's headers."""
        body = {"id": name, "name": name, "open_id": f"o-{name}", "client_key": "ck", "client_secret": "cs", **more}
        made = await self.http.post("/api/v1/shops", json=body, headers=OPERATOR)
        assert made.status_code == 201, made.text
        return await self.login(made.json()["admin_login"], made.json()["admin_password"])

    async def login(self, login: str, password: str) -> dict[str, str]:
        got = await self.http.post("/api/v1/auth/login", json={"login": login, "password": password})
        assert got.status_code == 200, got.text
        return {"Authorization": f"Bearer {got.json()['access_token']}"}

    async def agent(self, admin: dict[str, str], **more: Any) -> tuple[str, dict[str, str]]:
        """Add a certified agent; id and headers."""
        made = await self.http.post("/api/v1/agents", json={"name": "甲", "certified": True} | more, headers=admin)
        assert made.status_code == 201, made.text
        return made.json()["id"], await self.login(made.json()["login"], made.json()["password"])

    async def port(self) -> int:
        """Where it listens, from now on."""
        self._port = self._port or await self._listen()
        return self._port

    async def connect(self) -> Device:
        device = Device(await self.ws.ws_connect(f"http://127.0.0.1:{await self.port()}/api/v1/ws"))
        assert (await device.frame())["op"] == "hello"
        return device

    async def device(self, agent: dict[str, str], name: str = "d1") -> Device:
        """A fresh device, past its `ready`."""
        device = await self.connect()
        await device.say("identify", token=token(agent), device_id=name)
        assert (await device.frame())["op"] == "ready"
        return device

    def event(self, text: str, customer: str = "c1", shop: str = "s1", message: str = "", **more: Any) -> bytes:
        """The body of a customer's message."""
        self._written += 1
        content = {
            "conversation_short_id": f"@{customer}-{shop}==",
            "server_message_id": message or f"@m{self._written}==",
            "message_type": "text",
            "text": text,
            "index": self._written,
            "user_infos": [{"open_id": customer, "nick_name": "小王"}],
        }
        envelope = {"event": "im_receive_msg", "client_key": "ck", "from_user_id": customer, "to_user_id": f"o-{shop}"}
        return msgspec.json.encode(envelope | {"content": content} | more)

    async def push(self, body: bytes, secret: str = "cs") -> httpx.Response:
        signature = hashlib.sha1(secret.encode() + body).hexdigest()
        return await self.http.post("/api/v1/douyin/im", content=body, headers={"X-Douyin-Signature": signature})

    async def write(self, text: str, customer: str = "c1", **more: Any) -> None:
        """A customer's message, acknowledged."""
        answer = await self.push(self.event(text, customer, **more))
        assert answer.status_code == 200, answer.text


def token(headers: dict[str, str]) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


@contextlib.asynccontextmanager
async def listening(app: Starlette, engine: Engine) -> AsyncIterator[int]:
    """The application on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        server = Server(app, engine.settings, engine.limits)
        task = asyncio.create_task(server.serve([free]))
        try:
            yield free.getsockname()[1]
        finally:
            server.should_exit = True
            await task


@contextlib.asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Service]:
    async with contextlib.AsyncExitStack() as stack:
        engine = await stack.enter_async_context(running(settings))
        app = around(engine)
        hooks = {"response": [conforming]}
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://service", event_hooks=hooks)
        http = await stack.enter_async_context(client)

        async def port() -> int:
            return await stack.enter_async_context(listening(app, engine))

        ws = await stack.enter_async_context(aiohttp.ClientSession())
        yield Service(engine, http, ws, port)


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    played = Platform()
    app = web.Application()
    app.router.add_post("/oauth/access_token/", played.token)
    app.router.add_post("/oauth/refresh_token/", played.token)
    app.router.add_post("/im/send/msg/", played.send)
    app.router.add_post("/im/recall/msg/", played.recall)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    played.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield played
    await runner.cleanup()


@pytest.fixture
def settings(tmp_path: Path, platform: Platform) -> Settings:
    return Settings(data=tmp_path / "data", gateway_url=platform.url, operator_key="op", test_hooks=True)


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Service]:
    async with serving(settings) as service:
        yield service


@pytest.fixture
def serve() -> Callable[[Settings], contextlib.AbstractAsyncContextManager[Service]]:
    """For tests that start the service more than once, or with settings of their own."""
    return serving
