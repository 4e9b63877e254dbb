"""The service as a real process: kill -9, restart, clean stop, and clear words for what is in its way."""

import asyncio
import base64
import contextlib
import hashlib
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import apsw
import msgspec
import pytest
from aiohttp import web

pytestmark = pytest.mark.thorough

OPERATOR = {"Authorization": "Bearer op"}


class Process:
    """One service; `start` again keeps port and data. Pushes are signed as the platform would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.http: aiohttp.ClientSession
        self._process: asyncio.subprocess.Process | None = None

    async def run(self, *more: str) -> asyncio.subprocess.Process:
        command = [sys.executable, "-m", "reference_service", "--operator-key", "op", *more]
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)

    async def start(self, *more: str) -> None:
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        self._process = await self.run(
            "--port", str(self.port), "--data", str(self.folder / "data"), "--ready-file", str(ready), *more
        )
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), 30)
        assert msgspec.json.decode(line)["event"] == "ready"
        told = msgspec.json.decode(ready.read_bytes())
        assert told["pid"] == self._process.pid
        self.port = told["port"]

    async def end(self, how: signal.Signals) -> int:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(how)
        await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    async def call(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> Any:
        async with self.http.request(method, self.url + path, json=body, headers=headers) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def push(self, number: int) -> bool:
        """Push a customer's message; whether it was acknowledged."""
        return await self.pushed(number) == 200

    async def pushed(self, number: int) -> int:
        """Push a customer's message; the status, 0 where the connection was cut."""
        content = {
            "conversation_short_id": f"@{number % 5}==",
            "server_message_id": f"@m{number}==",
            "message_type": "text",
            "text": f"第{number}句",
            "index": number,
        }
        users = {"from_user_id": f"c{number % 5}", "to_user_id": "o1", "client_key": "ck"}
        body = msgspec.json.encode({"event": "im_receive_msg", "content": content, **users})
        headers = {"X-Douyin-Signature": hashlib.sha1(b"cs" + body).hexdigest()}
        try:
            async with self.http.post(self.url + "/douyin/im", data=body, headers=headers) as answer:
                return answer.status
        except aiohttp.ClientError:
            return 0

    async def agent(self) -> str:
        """A shop and its agent; the agent's token."""
        shop = {"name": "店", "open_id": "o1", "client_key": "ck", "client_secret": "cs"}
        made = await self.call("POST", "/shops", OPERATOR, shop)
        admin = await self.login(made["admin_login"], made["admin_password"])
        new = {"name": "甲", "certified": True}
        agent = await self.call("POST", "/agents", {"Authorization": f"Bearer {admin}"}, new)
        return await self.login(agent["login"], agent["password"])

    async def login(self, login: str, password: str) -> str:
        told = await self.call("POST", "/auth/login", {}, {"login": login, "password": password})
        return str(told["access_token"])

    async def socket(self, op: str, **d: Any) -> aiohttp.ClientWebSocketResponse:
        ws = await self.http.ws_connect(self.url + "/ws")
        assert (await ws.receive_json())["op"] == "hello"
        await ws.send_json({"op": op, "d": d})
        return ws


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Process]:
    process = Process(tmp_path)
    async with aiohttp.ClientSession() as process.http:
        await process.start()
        yield process
        await process.end(signal.SIGKILL)


async def frames(ws: aiohttp.ClientWebSocketResponse, until: int = 0) -> AsyncIterator[dict[str, Any]]:
    """Frames until the connection ends, or until that place of the log."""
    async for message in ws:
        frame = msgspec.json.decode(message.data)
        yield frame
        if until and frame.get("s") == until:
            return


async def test_a_question_that_an_ai_agent_has_at_a_kill_is_asked_again_and_answered_once(process: Process) -> None:
    asked: asyncio.Queue[str] = asyncio.Queue()
    go = asyncio.Event()

    async def think(request: web.Request) -> web.Response:
        asked.put_nowait(request.headers["webhook-id"])
        await go.wait()
        return web.json_response({"action": "reply", "text": "亲，在的"})

    app = web.Application()
    app.router.add_post("/bot", think)
    async with serving(app) as url:
        await process.end(signal.SIGTERM)
        await process.start("--allow-host", "127.0.0.1")
        shop = {"name": "店", "open_id": "o1", "client_key": "ck", "client_secret": "cs"}
        made = await process.call("POST", "/shops", OPERATOR, shop)
        token = await process.login(made["admin_login"], made["admin_password"])
        admin = {"Authorization": f"Bearer {token}"}
        secret = "whsec_" + base64.b64encode(bytes(32)).decode()
        await process.call("PUT", "/external-bot", admin, {"url": f"{url}/bot", "secret": secret, "timeout_s": 15})
        await process.call("PUT", "/bot", admin, {"mode": "first"})
        assert await process.push(1)
        first = await asyncio.wait_for(asked.get(), 10)
        await process.end(signal.SIGKILL)
        await process.start("--allow-host", "127.0.0.1")
        assert await asyncio.wait_for(asked.get(), 10) == first
        go.set()
        where = f"/conversations/{first.rpartition('-')[0]}/messages"
        async with asyncio.timeout(10):
            while len(items := (await process.call("GET", where, admin))["items"]) < 2:
                pass
        assert [(one["sender"], one["text"]) for one in items] == [("customer", "第1句"), ("bot", "亲，在的")]


@contextlib.asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """An application on a free port; its URL."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def killed_under_load(process: Process, ws: aiohttp.ClientWebSocketResponse) -> tuple[set[str], list[Any]]:
    """Push from eight connections, kill after 300 acknowledgements; what was acknowledged, and what the device saw."""
    acknowledged: set[str] = set()
    told: list[Any] = []

    async def listen() -> None:
        told.extend([frame async for frame in frames(ws)])

    async def write(first: int) -> None:
        for number in range(first, 4000, 8):
            if not await process.push(number):
                return
            acknowledged.add(f"@m{number}==")
            if len(acknowledged) == 300:
                await process.end(signal.SIGKILL)

    await asyncio.gather(listen(), *(write(first) for first in range(8)))
    return acknowledged, told


async def test_nothing_acknowledged_is_lost_by_kill_9_and_resume_goes_on(process: Process) -> None:
    token = await process.agent()
    ws = await process.socket("identify", token=token, device_id="d1")
    session_id = (await ws.receive_json())["d"]["session_id"]
    acknowledged, told = await killed_under_load(process, ws)
    assert len(acknowledged) >= 300

    await process.start()
    audit = await process.call("GET", "/audit/verify", OPERATOR)
    assert (audit["holds"], audit["findings"]) == (True, [])
    assert audit["rows"] > 2 * len(acknowledged)
    ws = await process.socket("resume", token=token, session_id=session_id, s=told[-1]["s"])
    async for frame in frames(ws):
        if frame["op"] == "resumed":
            break
        told.append(frame)
    assert [(frame["op"], frame["s"]) for frame in told] == [("dispatch", s) for s in range(1, len(told) + 1)]
    created = [frame["d"] for frame in told if frame["t"] == "message.created"]
    shown = [message["platform_message_id"] for message in created]
    assert len(shown) == len(set(shown))
    assert acknowledged <= set(shown)
    places = {message["conversation_id"]: 0 for message in created}
    for message in created:
        places[message["conversation_id"]] += 1
        assert message["seq"] == places[message["conversation_id"]]

    assert await process.push(int(shown[-1][2:-2]))  # pushed again after the restart: known
    assert await process.push(9999)
    async for frame in frames(ws, until=len(told) + 1):
        assert frame["d"]["platform_message_id"] == "@m9999=="
    await ws.close()


async def test_devices_cut_in_the_middle_of_everything_leave_no_complaint(process: Process) -> None:
    token = await process.agent()
    for turn in range(20):
        ws = await process.socket("identify", token=token, device_id=f"d{turn % 3}")
        pushes = [asyncio.create_task(process.push(turn * 20 + number)) for number in range(20)]
        await ws.receive()
        assert ws._response.connection is not None
        assert ws._response.connection.transport is not None
        ws._response.connection.transport.abort()
        assert all(await asyncio.gather(*pushes))
    assert process._process is not None
    process._process.send_signal(signal.SIGTERM)
    _, words = await process._process.communicate()
    assert (process._process.returncode, words) == (0, b"")


async def test_sigterm_ends_it_cleanly_with_0_even_with_devices_connected(process: Process) -> None:
    token = await process.agent()
    ws = await process.socket("identify", token=token, device_id="d1")
    assert (await ws.receive_json())["op"] == "ready"
    ending = asyncio.create_task(process.end(signal.SIGTERM))
    assert await ws.receive_json() == {"op": "reconnect", "d": {"why": "restarting"}}
    message = await ws.receive()
    assert (message.type, ws.close_code) == (aiohttp.WSMsgType.CLOSE, 1012)
    await ws.close()
    assert await ending == 0


async def test_a_taken_port_is_exit_2_and_says_which(process: Process) -> None:
    second = await process.run("--port", str(process.port))
    _, words = await second.communicate()
    assert second.returncode == 2
    assert f"port {process.port} is taken: " in words.decode()


async def test_a_data_folder_in_use_is_exit_2_and_says_which(process: Process) -> None:
    second = await process.run("--port", "0", "--data", str(process.folder / "data"))
    _, words = await second.communicate()
    assert second.returncode == 2
    assert f"data folder {process.folder / 'data'} is in use" in words.decode()


async def test_a_storage_failure_ends_the_process_with_1(process: Process) -> None:
    await process.agent()
    database = apsw.Connection(str(process.folder / "data" / "service.db"))
    database.execute("CREATE TRIGGER full BEFORE INSERT ON message BEGIN SELECT RAISE(FAIL, 'disk full'); END")
    database.close()
    assert not await process.push(1)
    assert process._process is not None
    out, _ = await process._process.communicate()
    assert process._process.returncode == 1
    assert b"disk full" in out


async def test_a_connection_that_says_nothing_does_not_hold_up_the_end(process: Process) -> None:
    mute = socket.create_connection(("127.0.0.1", process.port))
    with contextlib.closing(mute):
        assert await process.end(signal.SIGTERM) == 0


async def test_a_database_of_a_newer_version_is_exit_2_and_says_what_to_do(process: Process) -> None:
    await process.end(signal.SIGTERM)
    apsw.Connection(str(process.folder / "data" / "service.db")).pragma("user_version", 99)
    second = await process.run("--port", "0", "--data", str(process.folder / "data"))
    _, words = await second.communicate()
    assert second.returncode == 2
    assert "the database has version 99" in words.decode()
    assert "start the version that wrote it" in words.decode()


async def test_a_restore_at_the_start_and_one_that_is_refused_with_exit_2(process: Process) -> None:
    await process.agent()
    assert await process.push(1)
    made = await process.call("POST", "/backups", OPERATOR)
    assert await process.push(2)
    await process.end(signal.SIGTERM)
    backup = process.folder / "data" / "backups" / f"{made['id']}.db"
    await process.start("--restore", str(backup))
    audit = await process.call("GET", "/audit/verify", OPERATOR)
    assert (audit["holds"], audit["head"]["number"]) == (True, made["number"] + 1)
    assert [one["reason"] for one in (await process.call("GET", "/backups", OPERATOR))["items"]] == [
        "made",
        "before a restore",
    ]
    await process.end(signal.SIGTERM)

    backup.write_bytes(backup.read_bytes()[:-4096])
    second = await process.run("--port", "0", "--data", str(process.folder / "data"), "--restore", str(backup))
    _, words = await second.communicate()
    assert second.returncode == 2
    assert "cannot be restored" in words.decode()
    await process.start()
    assert (await process.call("GET", "/audit/verify", OPERATOR))["holds"]


async def test_a_full_disk_refuses_aloud_ends_it_with_1_and_loses_nothing_acknowledged(process: Process) -> None:
    await process.agent()
    acknowledged = [number for number in range(20) if await process.push(number)]
    assert len(acknowledged) == 20
    assert process._process is not None
    log = process.folder / "data" / "service.db-wal"
    resource.prlimit(process._process.pid, resource.RLIMIT_FSIZE, (log.stat().st_size + 20_000, -1))
    number, refused = 20, 0
    while not refused and number < 2000:
        status = await process.pushed(number)
        if status == 200:
            acknowledged.append(number)
        else:
            refused = status
        number += 1
    assert refused == 503
    await process._process.wait()
    assert process._process.returncode == 1

    await process.start()
    audit = await process.call("GET", "/audit/verify", OPERATOR)
    assert (audit["holds"], audit["findings"]) == (True, [])
    database = apsw.Connection(str(process.folder / "data" / "service.db"))
    kept = {str(name) for (name,) in database.execute("SELECT platform_id FROM message")}
    database.close()
    assert {f"@m{number}==" for number in acknowledged} <= kept


async def test_a_database_that_another_process_has_locked_is_exit_1_and_says_so(process: Process) -> None:
    await process.end(signal.SIGTERM)
    other = apsw.Connection(str(process.folder / "data" / "service.db"))
    other.execute("BEGIN EXCLUSIVE")
    second = await process.run("--port", "0", "--data", str(process.folder / "data"))
    _, words = await second.communicate()
    other.close()
    assert (second.returncode, words.decode()) == (1, "the storage failed: database is locked\n")


async def test_a_plan_of_events_that_is_none_is_told(tmp_path: Path) -> None:
    for plan in ("soon", "1,-2", "1,,2", "inf"):
        process = await Process(tmp_path).run("--event-plan", plan)
        _, told = await process.communicate()
        assert (process.returncode, b"--event-plan" in told) == (2, True), plan
