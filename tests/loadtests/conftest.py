"""A stand-in for the gateway that speaks the customer protocol and misbehaves on request; Locust as a subprocess."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic_ns
from typing import Any

import msgspec
import pytest
from aiohttp import WSMsgType, web

from fixtures.shops import plan_shops
from history.clock import identity
from history.reader import Stream, read
from history.run import App, RunFolder, RunSpec
from history.scenario import Scenario
from history.tokens import token
from tests.loadtests.certificates import Certificates

ROOT = Path(__file__).parents[2]
SILENT = ("--headless", "--only-summary")


@dataclass
class StandIn:
    """Accepts every text and answers it; one that begins with `busy`, `mute`, `cut` or `garbage` gets that instead."""

    port: int = 0
    frames: list[dict[str, Any]] = field(default_factory=list)
    replies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by customer, as they were sent
    seen: set[str] = field(default_factory=set)
    accepted: int = 0
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def customer(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        who = ""
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                break
            frame = msgspec.json.decode(message.data)
            who = frame.get("customer", who)
            async with self.news:
                self.frames.append({**frame, "by": who})
                self.news.notify_all()
            await self._answer(ws, who, frame)
        return ws

    async def clock(self, _: web.Request) -> web.Response:
        return web.json_response({"t": monotonic_ns(), "clock": identity()})

    async def echo(self, request: web.Request) -> web.WebSocketResponse:
        """Not the gateway: sends every text back, but hangs up at `bye` and keeps silent at `mute`."""
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        async for message in ws:
            async with self.news:
                self.frames.append({"op": "text", "text": message.data, "by": request.headers.get("X-Who", "")})
                self.news.notify_all()
            if message.data == "bye":
                await ws.close(code=4000, message=b"as asked")
            elif message.data != "mute":
                await ws.send_str(message.data)
        return ws

    async def saw(self, done: Callable[[list[dict[str, Any]]], object]) -> None:
        """Wait until the frames so far satisfy `done`."""
        async with asyncio.timeout(30), self.news:
            await self.news.wait_for(lambda: done(self.frames))

    def ops(self, who: str) -> list[str]:
        """What a customer sent, in order."""
        return [frame["op"] for frame in self.frames if frame["by"] == who]

    async def _answer(self, ws: web.WebSocketResponse, who: str, frame: dict[str, Any]) -> None:
        if frame["op"] == "hello":
            await ws.send_json({"op": "welcome", "customer": who, "conversation": f"@{who}==", "open_id": f"ou_{who}"})
            for reply in self.replies.get(who, []):
                if reply["index"] > frame["after"]:
                    await ws.send_json(reply)
        elif frame["op"] == "send":
            await self._take(ws, who, frame)

    async def _take(self, ws: web.WebSocketResponse, who: str, frame: dict[str, Any]) -> None:
        first, text = frame["id"] not in self.seen, frame["text"]
        self.seen.add(frame["id"])
        if text.startswith("busy") and first:
            await ws.send_json({"op": "busy", "id": frame["id"], "retry_s": 0.05})
            return
        if text.startswith("garbage"):
            await ws.send_str("{not a frame")
            await ws.send_json({"op": "error", "code": "bad_frame", "why": "so it is"})
        self.accepted += 1
        reply = {"op": "receive", "message": f"@r{self.accepted}==", "index": self.accepted * 2}
        reply["text"] = f"好的 {token(1, 1, self.accepted)}"
        if not text.startswith("mute"):
            self.replies.setdefault(who, []).append(reply)
        if text.startswith("cut") and first:
            assert ws._req
            assert ws._req.transport
            ws._req.transport.abort()  # neither the acceptance nor the reply leaves
            return
        place = self.accepted * 2 - 1
        await ws.send_json({"op": "accepted", "id": frame["id"], "message": f"@m{self.accepted}==", "index": place})
        if not text.startswith("mute"):
            await ws.send_json(reply)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A CA and what it issues."""
    return Certificates(tmp_path_factory.mktemp("ca"))


@pytest.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    """The stand-in, listening."""
    here = StandIn()
    app = web.Application()
    app.router.add_get("/customer", here.customer)
    app.router.add_get("/_golive/clock", here.clock)
    app.router.add_get("/echo", here.echo)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    here.port = runner.addresses[0][1]
    yield here
    await runner.cleanup()


@dataclass
class Played:
    """How a Locust process ended."""

    code: int
    output: str


@dataclass
class Play:
    """A run's folder, and Locust to play in it."""

    folder: RunFolder
    port: int = 0
    process: asyncio.subprocess.Process | None = None

    def specify(self, scenario: Scenario, workers: int = 1) -> None:
        app, shops = App(client_key="k", client_secret="s"), plan_shops(scenario, scenario.seed)
        self.folder.write_spec(
            RunSpec(
                id="r1",
                number=1,
                scenario=scenario,
                target="t",
                app=app,
                shops=shops,
                seed=scenario.seed,
                workers=workers,
                key="K",
            )
        )

    async def start(
        self, *arguments: str, file: str = "loadtests/locustfile.py", headless: bool = True, **env: str
    ) -> None:
        """Start Locust (with the history of this run, unless GOLIVE_RUN is given as "")."""
        wanted = {"GOLIVE_RUN": str(self.folder.path), "GOLIVE_GATEWAY": f"http://127.0.0.1:{self.port}", **env}
        environment = {name: value for name, value in (os.environ | wanted).items() if value}
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "locust", "-f", file, "--loglevel", "WARNING", *(SILENT if headless else ()), *arguments),
            cwd=ROOT,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def end(self, timeout_s: float = 40.0) -> Played:
        """Wait for its end."""
        assert self.process
        async with asyncio.timeout(timeout_s):
            output, _ = await self.process.communicate()
        assert self.process.returncode is not None
        return Played(self.process.returncode, output.decode())

    def stream(self, name: str = "customers") -> Stream:
        return read(self.folder.history / f"{name}.arrows")

    def rows(self, *kinds: str, stream: str = "customers") -> list[dict[str, Any]]:
        """Rows of these kinds, without what is empty."""
        rows = self.stream(stream).table.to_pylist()
        return [{k: v for k, v in row.items() if v not in ("", 0)} for row in rows if row["kind"] in kinds]


@pytest.fixture
async def play(tmp_path: Path, stand_in: StandIn) -> AsyncIterator[Play]:
    """Locust against the stand-in; killed where a test left it running."""
    here = Play(RunFolder(tmp_path / "run"), stand_in.port)
    yield here
    if here.process and here.process.returncode is None:
        here.process.kill()
        await here.process.wait()
