"""The second implementation in this process, a small platform behind it, and people who speak the contract to it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from functools import cache
from typing import Any

import aiohttp
import jsonschema_rs
import msgspec
import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.second.document import CONTRACT
from tests.second.service import Service

KEY, SECRET, WAIT_S = "K", "test-secret", 5.0


class Platform:
    """Answers token calls, and calls to send as `fate` says: sent, lost (never answered), refused or expired."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.fates: list[str] = []  # of the next calls; sent where none is left
        self._tokens = self._sent = 0

    async def token(self, _: web.Request) -> web.Response:
        self._tokens += 1
        token = {"access_token": f"act.{self._tokens}", "refresh_token": "rft", "expires_in": 9, "error_code": 0}
        return web.json_response({"data": token})

    async def send(self, request: web.Request) -> web.Response:
        fate = self.fates.pop(0) if self.fates else "sent"
        token = request.headers["access-token"]
        self.calls.put_nowait(await request.json() | {"token": token, "path": request.path})
        if fate == "lost":
            assert request.transport is not None
            request.transport.abort()
        self._sent += 1
        code = {"refused": 28003017, "expired": 28001008}.get(fate, 0)
        told = {"extra": {"error_code": code, "description": fate}, "data": {}, "msg_id": f"@r{self._sent}=="}
        return web.json_response(told)

    async def call(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.calls.get(), WAIT_S)


@cache
def contract(file: str) -> Any:
    return yaml.load((CONTRACT / file).read_text(), yaml.CSafeLoader)


@cache
def shapes() -> dict[str, Any]:
    """The validators of what a server may say, by op."""
    frames = contract("asyncapi.yaml")["components"]
    ops = ("hello", "ready", "resumed", "dispatch", "sent", "error", "invalid_session", "typed", "heartbeat_ack")
    names = {op: "".join(map(str.capitalize, op.split("_"))) for op in ops}
    return {
        op: jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{name}", "components": frames})
        for op, name in names.items()
    }


class Device:
    """One device's socket; every frame is checked against asyncapi.yaml."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, shape: Callable[[Any], None]) -> None:
        self.ws, self._shape = ws, shape
        self.told: list[dict[str, Any]] = []
        self.s, self.session = 0, ""

    async def ask(self, op: str, **d: Any) -> None:
        await self.ws.send_json({"op": op, "d": d})

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(WAIT_S):
            frame: dict[str, Any] = await self.ws.receive_json()
        self._shape(frame)
        self.s = frame.get("s", self.s)
        return frame

    async def until(self, *kinds: str) -> dict[str, Any]:
        """The next frame of these ops or dispatch types."""
        while (frame := await self.hear()).get("t", frame["op"]) not in kinds:
            pass
        return frame


class Bench:
    """A shop, its administrator, and the way to both sides."""

    def __init__(self, service: Service, url: str, http: aiohttp.ClientSession, platform: Platform) -> None:
        self.service, self.url, self.http, self.platform = service, url, http, platform
        self.admin = ""
        self._pushed = 0
        self._contract = contract("openapi.yaml")
        self._frames = shapes()

    async def api(self, method: str, path: str, token: str = "", body: Any = None, status: int = 200) -> Any:
        """A call's answer, whose shape is the contract's for exactly this status."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.request(method, self.url + path, headers=headers, json=body) as got:
            raw = await got.read()
            assert got.status == status, raw
        answer = msgspec.json.decode(raw) if raw else None
        if answer is not None:
            self._response(method, path.partition("?")[0], status).validate(answer)
        return answer

    async def agent(self, **terms: Any) -> dict[str, Any]:
        """A certified agent with a token."""
        made: dict[str, Any] = await self.api(
            "POST", "/api/v1/agents", self.admin, {"name": "测试客服", "certified": True, **terms}, 201
        )
        return made | {"token": await self.login(made["login"], made["password"])}

    async def login(self, login: str, password: str) -> str:
        told = await self.api("POST", "/api/v1/auth/login", "", {"login": login, "password": password})
        return str(told["access_token"])

    async def device(self, agent: dict[str, Any], name: str = "1") -> Device:
        device = await self.socket()
        await device.ask("identify", token=agent["token"], device_id=name)
        ready = await device.until("ready")
        device.session, device.s = ready["d"]["session_id"], ready["d"]["s"]
        return device

    async def socket(self) -> Device:
        ws = await self.http.ws_connect(self.url + "/api/v1/ws")
        device = Device(ws, lambda frame: self._frames[frame["op"]].validate(frame))
        await device.until("hello")
        return device

    async def push(
        self,
        event: str = "im_receive_msg",
        customer: str = "c1",
        signature: str = "",
        as_string: bool = False,
        **content: Any,
    ) -> tuple[int, Any]:
        """A push about the customer's conversation with the shop: status and body of the answer."""
        self._pushed += 1
        whole = {
            "conversation_short_id": f"@C{customer}==", "server_message_id": f"@m{self._pushed}==", "text": "在吗",
            "index": self._pushed, "user_infos": [{"open_id": customer, "nick_name": "小测"}], **content,
        }  # fmt: skip
        people = (customer, "shop-1") if event != "im_send_msg" else ("shop-1", customer)
        told = msgspec.json.encode(whole).decode() if as_string else whole
        envelope = {"event": event, "client_key": "key", "content": told}
        body = msgspec.json.encode(envelope | dict(zip(("from_user_id", "to_user_id"), people, strict=True)))
        right = hashlib.sha1(SECRET.encode() + body, usedforsecurity=False).hexdigest()
        headers = {"X-Douyin-Signature": signature or right}
        async with self.http.post(self.url + "/api/v1/douyin/im", data=body, headers=headers) as got:
            return got.status, await got.json(content_type=None)

    def _response(self, method: str, path: str, status: int) -> Any:
        for template, item in self._contract["paths"].items():
            parts = list(zip(template.split("/"), path.split("/"), strict=False))
            same = template.count("/") == path.count("/") and all(a == b or a[:1] == "{" for a, b in parts)
            if same and method.lower() in item:
                told = item[method.lower()]["responses"][str(status)]
                if "$ref" in told:
                    told = self._contract["components"]["responses"][told["$ref"].rsplit("/", 1)[1]]
                schema = next(iter(told["content"].values()))["schema"]
                return jsonschema_rs.validator_for({**schema, "components": self._contract["components"]})
        raise AssertionError(f"{method} {path} is no operation of the contract")


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    platform, app = Platform(), web.Application()
    app.router.add_post("/oauth/{what}/", platform.token)
    app.router.add_post("/im/{what}/msg/", platform.send)
    async with TestServer(app) as far, aiohttp.ClientSession() as http:
        service = Service(str(far.make_url("")), KEY, window_s=0.2)
        async with TestServer(service.app) as near:
            made = Bench(service, str(near.make_url("")).rstrip("/"), http, platform)
            body = {"name": "测试店", "open_id": "shop-1", "client_key": "key", "client_secret": SECRET, "test": True}
            shop = await made.api("POST", "/api/v1/shops", KEY, body | {"authorization_code": "code"}, 201)
            made.admin = await made.login(shop["admin_login"], shop["admin_password"])
            yield made
