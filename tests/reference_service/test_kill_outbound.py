"""Outbound events of a real process that is killed: each arrives at last, under the id it had."""

import asyncio
import signal
from typing import Any

import pytest
import standardwebhooks
from aiohttp import web

from tests.reference_service.test_main import OPERATOR, Process, process

pytestmark = pytest.mark.thorough

__all__ = ["process"]  # the fixture


class Crm:
    """Holds every request back until `let_go`; then it answers 204. `heard` are the messages told of, by event id."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.let_go = asyncio.Event()
        self.heard: dict[str, str] = {}
        self.secret = ""
        self.more = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.asked.set()
        await self.let_go.wait()
        told = standardwebhooks.Webhook(self.secret).verify(body, dict(request.headers))
        message = told["data"]["message_id"]
        assert self.heard.setdefault(request.headers["webhook-id"], message) == message
        self.more.set()
        return web.Response(status=204)


async def subscribe(process: Process, url: str) -> str:
    """A shop with a webhook; its secret."""
    shop = {"name": "店", "open_id": "o1", "client_key": "ck", "client_secret": "cs"}
    made = await process.call("POST", "/shops", OPERATOR, shop)
    admin = {"Authorization": f"Bearer {await process.login(made['admin_login'], made['admin_password'])}"}
    webhook: dict[str, Any] = await process.call(
        "POST", "/webhooks", admin, {"url": url, "events": ["message.created"]}
    )
    return str(webhook["secret"])


async def test_an_event_under_way_outlives_kill_9(process: Process) -> None:
    await process.end(signal.SIGTERM)
    await process.start("--test-hooks")
    crm = Crm()
    app = web.Application()
    app.router.add_post("/hook", crm.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    crm.secret = await subscribe(process, f"http://127.0.0.1:{runner.addresses[0][1]}/hook")
    assert all(await asyncio.gather(*(process.push(number) for number in range(30))))
    await asyncio.wait_for(crm.asked.wait(), 10)
    await process.end(signal.SIGKILL)
    assert crm.heard == {}

    crm.let_go.set()
    await process.start("--test-hooks")
    async with asyncio.timeout(20):
        while len(crm.heard) < 30:
            crm.more.clear()
            await crm.more.wait()
    assert len(set(crm.heard.values())) == 30  # an event for each message, and a message for each event
    await runner.cleanup()
