"""The real reference service as a process, with a tiny platform behind it, and the adapter opened on it."""

import asyncio
import hashlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from history.run import App, ShopSpec
from targets.interface import Agent, Closed, Device, Event, Run
from targets.reference import Reference

APP = App(client_key="test-key", client_secret="test-secret")
SHOP = ShopSpec(
    id="s01", name="测试·一号店", open_id="shop-1", customers=15, agents=1, capacity=15, authorization_code="code-1"
)


class Platform:
    """Answers token calls and replies; `replies` are the bodies of the calls to send."""

    def __init__(self) -> None:
        self.replies: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._sent = 0

    async def token(self, _: web.Request) -> web.Response:
        token = {"access_token": "act.1", "expires_in": 1296000, "refresh_token": "rft.1", "open_id": SHOP.open_id}
        return web.json_response({"data": {**token, "refresh_expires_in": 2592000, "error_code": 0, "description": ""}})

    async def send(self, request: web.Request) -> web.Response:
        self._sent += 1
        self.replies.put_nowait(await request.json())
        return self._answer(msg_id=f"@r{self._sent}==")

    async def recall(self, _: web.Request) -> web.Response:
        return self._answer()

    def _answer(self, **more: str) -> web.Response:
        ok = {"error_code": 0, "description": ""}
        return web.json_response({"extra": {**ok, "now": 0, "logid": ""}, "data": ok, **more})


class Service:
    """The service process; `kill` and `start` again keep port and data."""

    def __init__(self, data: Path, gateway: str) -> None:
        self._data = data
        self._gateway = gateway
        self._process: asyncio.subprocess.Process | None = None
        self.port = 0

    async def start(self) -> None:
        ready = self._data / "ready.json"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "reference_service", "--port", str(self.port), "--data", str(self._data)]
        command += ["--gateway", self._gateway, "--operator-key", "K", "--ready-file", str(ready)]
        self._process = await asyncio.create_subprocess_exec(*command, env=dict(os.environ))
        async with asyncio.timeout(30):
            while not ready.exists():
                assert self._process.returncode is None, "the service ended before it was ready"
                await asyncio.sleep(0.02)
        self.port = msgspec.json.decode(ready.read_bytes())["port"]

    async def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            await self._process.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Bench:
    """The adapter opened on the service: shop s01 with one agent, and customers who write by webhook."""

    def __init__(self, service: Service, platform: Platform, target: Reference, run: Run, agent: Agent) -> None:
        self.service, self.platform, self.target, self.run, self.agent = service, platform, target, run, agent
        self._written = 0

    async def device(self, number: int = 1, resume: str | None = None) -> "Listening":
        return Listening(await self.target.connect(self.agent, f"{self.agent.id}/{number}", resume))

    async def write(self, text: str, customer: str = "c1") -> str:
        """A customer's message, pushed and acknowledged; its server_message_id."""
        self._written += 1
        message = f"@m{self._written}=="
        content = {
            "conversation_short_id": f"@{customer}==",
            "server_message_id": message,
            "conversation_type": 1,
            "create_time": 1_764_000_000_000 + self._written,
            "message_type": "text",
            "source": "",
            "text": text,
            "user_infos": [{"open_id": customer, "nick_name": "小王", "avatar": ""}],
            "index": self._written,
        }
        users = {"from_user_id": customer, "to_user_id": SHOP.open_id}
        body = msgspec.json.encode(
            {"event": "im_receive_msg", "client_key": APP.client_key, **users, "content": content}
        )
        signature = hashlib.sha1(APP.client_secret.encode() + body).hexdigest()
        headers = {"X-Douyin-Signature": signature, "Msg-Id": message, "Content-Type": "application/json"}
        async with self.run.http.post(self.agent.shop.webhook_url, data=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
        return message


class Listening:
    """A device whose events are waited for by kind; what came in between stays in `told`."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.told: list[Event | Closed] = []
        self._events = device.events()

    async def until(self, *kinds: str) -> Event:
        """The next event of one of these kinds, from a customer where it is a message; 5 s at most."""
        async with asyncio.timeout(5):
            async for event in self._events:
                self.told.append(event)
                assert isinstance(event, Event), event
                if event.kind in kinds and (event.kind != "message" or event.sender == "customer"):
                    return event
        raise AssertionError(f"the device ended before {kinds}: {self.told}")

    async def end(self) -> list[Event | Closed]:
        """Everything to its end."""
        async with asyncio.timeout(5):
            return [event async for event in self._events]


@pytest.fixture
async def platform() -> AsyncIterator[tuple[Platform, str]]:
    platform = Platform()
    app = web.Application()
    app.router.add_post("/oauth/access_token/", platform.token)
    app.router.add_post("/im/send/msg/", platform.send)
    app.router.add_post("/im/recall/msg/", platform.recall)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield platform, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def bench(tmp_path: Path, platform: tuple[Platform, str]) -> AsyncIterator[Bench]:
    service = Service(tmp_path, platform[1])
    await service.start()
    try:
        async with aiohttp.ClientSession() as http:
            run = Run("r1", platform[1], service.url, APP, (SHOP,), 60.0, http, {"operator_key": "K"})
            target = Reference()
            await target.open(run)
            (agent,) = await target.agents(await target.shop(SHOP), 1)
            yield Bench(service, platform[0], target, run, agent)
    finally:
        await service.end(signal.SIGTERM)
