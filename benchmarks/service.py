"""What the bundled service costs a core: `python -m benchmarks.service [--seconds S] [--rounds N]`.

The service is pinned to the last CPU, this client to the first. For each platform profile: webhooks accepted with a
durable commit, saturated (64 requests at once) and at half that rate (p99 from the intended moment), and then the whole
path at 1,000 messages/s: webhook, commit, frame to the agent's device, and for four of five a reply through the
platform's API, as CPU of the service process a message. Exit code 1 when a target of docs/performance.md is missed.
"""

import argparse
import asyncio
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aiohttp
import msgspec
import uvloop
from aiohttp import web
from yarl import URL

from simulators.douyin.webhook_client import WebhookClient
from targets.platform import Request

TARGETS = {"accepted_per_s": 3000.0, "p99_ms_at_half": 50.0}
CPUS = sorted(os.sched_getaffinity(0))
KEY, SECRET = "3409409348479354011", "2ad2355c-01d0-11f8-91dc-05a8cd1054b1"
SHOPS, AGENTS, CUSTOMERS, AT_ONCE, RATE, REPLIES = 20, 4, 1000, 64, 1000, 4  # of five messages four are answered
TEXT = "你好，请问这款什么时候发货？已经等了三天了，能帮忙催一下吗"


class OpenIm:
    """Pushes of profile open-im."""

    name = "open-im"

    def text(self, _: int) -> str:
        """What the customer writes in a message."""
        return TEXT

    def request(self, shop: int, customer: int, number: int) -> Request:
        """A customer's message, signed."""
        content = {
            "conversation_short_id": f"@{customer}==",
            "server_message_id": f"@m{number}==",
            "conversation_type": 1,
            "create_time": 1_764_000_000_000,
            "message_type": "text",
            "source": "",
            "text": self.text(number),
            "index": number,
            "user_infos": [{"open_id": f"c{customer}", "nick_name": "小王", "avatar": ""}],
        }
        whole = {"event": "im_receive_msg", "client_key": KEY, "from_user_id": f"c{customer}", "to_user_id": str(shop)}
        body = msgspec.json.encode(whole | {"content": content, "log_id": "2021"})
        signature = hashlib.sha1(SECRET.encode() + body).hexdigest()
        headers = {"Content-Type": "application/json", "X-Douyin-Signature": signature, "Msg-Id": str(number)}
        return Request(headers, body)


class Doudian:
    """Pushes of profile doudian, one item a request, MD5 as most apps have it."""

    name = "doudian"

    def request(self, shop: int, customer: int, number: int) -> Request:
        """A customer's message, signed."""
        data = {
            "shop_id": shop,
            "conversation_id": str(7301234567890000000 + customer),
            "message_id": str(7301234567890000000 + number),
            "index": str(number),
            "type": "TEXT",
            "content": msgspec.json.encode({"content": TEXT}).decode(),
            "create_time": 1644412885,
            "is_visible": True,
            "sender": {"im_user_id": str(customer), "role": "BUYER", "nickname": "小王"},
        }
        item = {"tag": "90014", "msg_id": f"1::90014:1:{number}", "data": msgspec.json.encode(data).decode()}
        body = msgspec.json.encode([item])
        signature = hashlib.md5(KEY.encode() + body + SECRET.encode()).hexdigest()
        return Request({"Content-Type": "application/json", "app-id": KEY, "event-sign": signature}, body)


Profile = OpenIm | Doudian


class Platform:
    """Grants tokens and takes every reply, in the form of either profile."""

    def __init__(self) -> None:
        self.replies = 0

    async def handle(self, request: web.Request) -> web.Response:
        """Any call."""
        await request.read()
        self.replies += "token" not in request.path
        token = {"access_token": "act", "refresh_token": "rft", "expires_in": 604800}
        data = {**token, "error_code": 0, "message_id": str(self.replies)}
        return web.json_response({"code": 10000, "data": data, "msg_id": f"@r{self.replies}=="})


class Bench:
    """The running service, its shops, and a counter of messages."""

    def __init__(self, profile: Profile, http: aiohttp.ClientSession, url: str, pid: int, platform: Platform) -> None:
        self.profile, self.http, self.url, self.pid, self.platform = profile, http, url, pid, platform
        self.hook = URL(url + "/api/v1/douyin/" + ("im" if profile.name == "open-im" else "doudian"))
        self.client = WebhookClient(10.0)
        self.numbers = count(1)
        self.told = 0
        self.answered = 0

    async def call(self, path: str, token: str, body: object) -> Any:
        """A call of the service's own API."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self.http.post(self.url + path, json=body, headers=headers) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def shop(self, number: int) -> str:
        """Create a shop; its administrator's token."""
        app = {"client_key": KEY, "client_secret": SECRET, "authorization_code": "code"}
        body = {"name": "店", "open_id": str(number), "platform": self.profile.name, "capacity": 100, **app}
        made = await self.call("/api/v1/shops", "K", body)
        return await self.login(made["admin_login"], made["admin_password"])

    async def login(self, login: str, password: str) -> str:
        """An access token."""
        told = await self.call("/api/v1/auth/login", "", {"login": login, "password": password})
        return str(told["access_token"])

    async def push(self) -> None:
        """Push the next message; it must be acknowledged."""
        number = next(self.numbers)
        customer = number % CUSTOMERS
        outcome = await self.client.post(self.hook, self.profile.request(customer % SHOPS, customer, number))
        assert outcome.response, outcome
        assert outcome.response.status == 200, outcome

    async def device(self, token: str) -> None:
        """An agent's device that answers four of five messages, until the connection ends."""
        async with self.http.ws_connect(self.url + "/api/v1/ws") as ws:
            await ws.send_json({"op": "identify", "d": {"token": token, "device_id": "d"}})
            async for said in ws:
                frame = msgspec.json.decode(said.data)
                if frame.get("t") == "message.created" and frame["d"]["sender"] == "customer":
                    self.told += 1
                    if self.told % 5 < REPLIES:
                        self.answered += 1
                        data = {"conversation_id": frame["d"]["conversation_id"], "text": "您好，马上为您查询"}
                        data["client_msg_id"] = f"k{self.answered}"
                        await ws.send_str(msgspec.json.encode({"op": "send", "d": data}).decode())


def cpu_of(pid: int) -> float:
    """Seconds of CPU a process has used, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def serving(profile: Profile, platform: Platform | None = None) -> AsyncIterator[Bench]:
    """A fresh service with its shops, and a platform."""
    platform, app = platform or Platform(), web.Application()
    app.router.add_post("/{path:.*}", platform.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "reference_service", "--port", "0", "--data", folder, "--operator-key", "K"]
        command += ["--gateway", f"http://127.0.0.1:{runner.addresses[0][1]}", "--ready-file", str(ready)]
        part = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        os.sched_setaffinity(part.pid, {CPUS[-1]})
        try:
            while not ready.exists():
                await asyncio.sleep(0.05)
                assert part.returncode is None, "the service ended"
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
                url = f"http://127.0.0.1:{json.loads(ready.read_text())['port']}"
                yield Bench(profile, http, url, part.pid, platform)
        finally:
            part.terminate()
            await part.wait()
            await runner.cleanup()


async def saturated(bench: Bench, seconds: float) -> float:
    """Messages a second accepted with a durable commit, 64 requests at once."""
    begun = time.perf_counter()
    first = next(bench.numbers)

    async def worker() -> None:
        while time.perf_counter() - begun < seconds:
            await bench.push()

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return (next(bench.numbers) - first - 1) / (time.perf_counter() - begun)


async def paced(bench: Bench, rate: float, seconds: float) -> list[float]:
    """Seconds from each message's intended moment to its acknowledgement, at a steady rate."""
    begun, waits, tasks = time.perf_counter(), list[float](), set[asyncio.Task[None]]()

    async def one(intended: float) -> None:
        await bench.push()
        waits.append(time.perf_counter() - intended)

    for number in range(int(rate * seconds)):
        intended = begun + number / rate
        if (early := intended - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        task = asyncio.create_task(one(intended))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    return waits


async def accepts(profile: Profile, seconds: float) -> dict[str, float]:
    """The webhook alone: nobody is signed in, so messages only wait."""
    async with serving(profile) as bench:
        for shop in range(SHOPS):
            await bench.shop(shop)
        await saturated(bench, 1.0)
        rate = await saturated(bench, seconds)
        waits = await paced(bench, rate / 2, seconds)
    return {"accepted_per_s": rate, "p99_ms_at_half": quantiles(waits, n=100)[98] * 1000}


async def whole_path(profile: Profile, seconds: float) -> dict[str, float]:
    """Every part of a message's way, at 1,000 messages and 800 replies a second."""
    async with serving(profile) as bench:
        devices = []
        for shop in range(SHOPS):
            admin = await bench.shop(shop)
            for _ in range(AGENTS):
                made = await bench.call("/api/v1/agents", admin, {"name": "甲", "certified": True})
                token = await bench.login(made["login"], made["password"])
                devices.append(asyncio.create_task(bench.device(token)))
        await paced(bench, RATE, 1.5)
        before, told, replies = cpu_of(bench.pid), bench.told, bench.platform.replies
        waits = await paced(bench, RATE, seconds)
        cpu = cpu_of(bench.pid) - before
        told, replies = bench.told - told, bench.platform.replies - replies
        for device in devices:
            device.cancel()
        await asyncio.gather(*devices, return_exceptions=True)
    p99 = quantiles(waits, n=100)[98] * 1000
    return {"cpu_us_per_message": cpu / told * 1e6, "ack_p99_ms": p99, "told": told, "replies": replies}


def main() -> int:
    """Every figure, medians of the rounds; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    os.sched_setaffinity(0, {CPUS[0]})
    missed = 0
    for profile in (OpenIm(), Doudian()):
        found: dict[str, list[float]] = {}
        for _ in range(options.rounds):
            for case in (accepts, whole_path):
                with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                    measured = runner.run(case(profile, options.seconds))
                for name, value in measured.items():
                    found.setdefault(name, []).append(value)
        result = {name: median(values) for name, values in found.items()}
        print(f"{profile.name}: " + "  ".join(f"{name} {value:,.1f}" for name, value in result.items()), flush=True)
        missed |= result["accepted_per_s"] < TARGETS["accepted_per_s"]
        missed |= result["p99_ms_at_half"] > TARGETS["p99_ms_at_half"]
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
