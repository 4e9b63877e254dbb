"""The workforce as a process between the real gateway and the real reference service."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from fixtures.dialogues import CLOSING, intents
from fixtures.shops import plan_shops
from history.events import Event
from history.reader import read
from history.run import App, Ready, RunFolder, RunSpec
from history.scenario_file import parse
from history.tokens import find

pytestmark = pytest.mark.slow

SCENARIO = """
name = "tiny"
title_zh = "小"
title_en = "tiny"
gates = []
customers = {concurrency = 4}
shops = {count = 2, second_device_share = 1.0}
phases = [{name = "steady", seconds = 60.0, rate = 1.0}]
business_speed = 60.0
"""


class Parts:
    """Gateway, service and agents of one run, each its own process."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.gateway_url = self.service_url = ""

    async def start(self) -> None:
        run, data = str(self.folder.path), self.folder.path / "service"
        data.mkdir()
        gateway = await self._start("gateway", ["simulators.douyin", "--run", run])
        self.gateway_url = f"http://127.0.0.1:{gateway.port}"
        told = str(self.folder.ready / "service.json")
        options = ["--port", "0", "--data", str(data), "--gateway", self.gateway_url, "--operator-key", "K"]
        service = await self._start("service", ["reference_service", *options, "--ready-file", told])
        self.service_url = f"http://127.0.0.1:{service.port}"
        urls = ["--target-url", self.service_url, "--gateway-url", self.gateway_url]
        await self._start("agents", ["simulators.workforce", "--run", run, *urls])

    async def _start(self, part: str, module: list[str]) -> Ready:
        self.begin(part, [sys.executable, "-m", *module])
        await until(lambda: self.folder.heard(part) or self.running[part].poll() is not None)
        ready = self.folder.heard(part)
        assert ready is not None, self.log(part)
        return ready

    def begin(self, part: str, command: list[str]) -> None:
        environment = os.environ | {"GOLIVE_OPERATOR_KEY": "K"}
        with (self.folder.logs / f"{part}.log").open("ab") as log:
            self.running[part] = subprocess.Popen(command, stdout=log, stderr=log, env=environment)

    def log(self, part: str) -> str:
        return (self.folder.logs / f"{part}.log").read_text(encoding="utf-8")

    async def end(self, part: str) -> int:
        self.running[part].send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.running[part].wait, 20)

    def rows(self, part: str) -> list[Event]:
        return [Event(**row) for row in read(self.folder.history / f"{part}.arrows").table.to_pylist()]


async def until(condition: Callable[[], object]) -> None:
    """Another process's files have no event to wait for: look again, 30 s at most."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    scenario = parse(SCENARIO)
    folder = RunFolder(tmp_path / "run")
    app = App(client_key="test-key", client_secret="test-secret")
    shops = plan_shops(scenario, 1)
    folder.write_spec(
        RunSpec(id="r1", number=7, scenario=scenario, target="reference", app=app, shops=shops, seed=1, key="K")
    )
    parts = Parts(folder)
    try:
        await parts.start()
        yield parts
    finally:
        for process in parts.running.values():
            process.kill()
            process.wait()


class Customer:
    """One WebSocket of the gateway's customer protocol."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws = ws

    async def ask(self, op: str, **fields: object) -> None:
        await self._ws.send_str(msgspec.json.encode({"op": op, **fields}).decode())

    async def wait(self, op: str) -> dict[str, Any]:
        async with asyncio.timeout(10):
            while (frame := await self._ws.receive_json())["op"] != op:
                pass
        return dict(frame)


async def test_a_message_is_answered_and_every_step_stands_in_the_history(parts: Parts) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{parts.gateway_url}/customer") as ws:
        customer = Customer(ws)
        await customer.ask("hello", customer="c00001", shop="s01", nick="小王", after=0)
        await customer.wait("welcome")
        await customer.ask("send", id="c00001-1", text=intents()["refund"].customer[0])
        message = (await customer.wait("accepted"))["message"]
        reply = await customer.wait("receive")
        await customer.ask("send", id="c00001-2", text=intents()[CLOSING].customer[0])
        await customer.wait("receive")
        await until(lambda: {row.note for row in parts.rows("agents") if row.kind == "released"} == {"resolved"})
    assert await parts.end("agents") == 0, parts.log("agents")
    assert parts.log("agents") == ""
    rows = parts.rows("agents")
    shown = [row for row in rows if (row.kind, row.message) == ("shown", message)]
    answered = next(row for row in rows if row.kind == "answered")
    assert [row.device for row in shown] in (
        [f"{shown[0].actor}/1", f"{shown[0].actor}/2"],
        [f"{shown[0].actor}/2", f"{shown[0].actor}/1"],
    )
    assert (answered.message, answered.ref) == (find(reply["text"]), message)
    assert {(row.shop, row.conversation) for row in [*shown, answered]} == {("s01", answered.conversation)}
    assert [row.note for row in rows if (row.kind, row.message) == ("replied", answered.message)] == ["ok"]
    assert [row.n for row in rows if row.kind == "assigned"] == [15, 15]
    assert {row.kind for row in rows} >= {"device_on", "device_off", "availability", "lag", "cpu", "end"}
    assert rows[-1].kind == "end"


async def test_agents_outlive_a_killed_service_and_answer_what_it_kept(parts: Parts) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{parts.gateway_url}/customer") as ws:
        customer = Customer(ws)
        await customer.ask("hello", customer="c00001", shop="s01", nick="小王", after=0)
        await customer.ask("send", id="c00001-1", text="在吗")
        await customer.wait("receive")
        old = parts.running["service"]
        old.kill()
        old.wait()
        await customer.ask("send", id="c00001-2", text="还在吗")
        assert isinstance(old.args, list)
        command = [str(each) for each in old.args]
        command[command.index("--port") + 1] = parts.service_url.rpartition(":")[2]
        parts.begin("service", command)
        await customer.wait("receive")
    assert await parts.end("agents") == 0, parts.log("agents")
    rows = parts.rows("agents")
    assert len({row.message for row in rows if row.kind == "shown"}) == 2
    assert "resumed" in {row.note for row in rows if row.kind == "device_on"}


async def test_what_the_run_made_is_gone_after_it(parts: Parts) -> None:
    assert await parts.end("agents") == 0, parts.log("agents")
    async with (
        aiohttp.ClientSession(headers={"Authorization": "Bearer K"}) as http,
        http.delete(f"{parts.service_url}/api/v1/test-data") as answer,
    ):
        assert (await answer.json())["shops"] == 0


async def test_where_the_service_stays_dead_agents_still_end_well_and_tell_what_is_left(parts: Parts) -> None:
    service = parts.running["service"]
    service.kill()
    service.wait()
    await until(lambda: any(row.kind == "device_off" for row in parts.rows("agents")))
    assert await parts.end("agents") == 0, parts.log("agents")
    assert parts.log("agents").startswith("left behind at the target: the shops of this run (DELETE http://127.0.0.1:")
    assert parts.rows("agents")[-1].kind == "end"


async def test_a_stop_while_the_agents_are_still_being_made_is_a_clean_end(parts: Parts, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "second")
    folder.write_spec(parts.folder.spec())
    parts.running["gateway"].send_signal(signal.SIGSTOP)  # the webhook's registration stays without an answer
    second = Parts(folder)
    urls = ["--target-url", parts.service_url, "--gateway-url", parts.gateway_url]
    await parts.end("agents")
    second.begin("agents", [sys.executable, "-m", "simulators.workforce", "--run", str(folder.path), *urls])
    try:
        await until((folder.history / "agents.arrows").exists)
        assert await second.end("agents") == 0, second.log("agents")
        assert [row.kind for row in second.rows("agents")][-1] == "end"
        assert folder.heard("agents") is None
    finally:
        second.running["agents"].kill()
        second.running["agents"].wait()
