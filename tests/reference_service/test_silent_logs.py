"""A busy hour of a real process, with everything going wrong that can: its log names nobody and quotes nothing."""

import asyncio
import hashlib
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from tests.reference_service.test_main import OPERATOR, Process

MARK = "绝密"  # stands in every text, name, id and secret that somebody gives away here
LATIN = "SECRET7"


class Platform:
    """Grants tokens that are over at once, then refuses everything with words that must not be repeated."""

    def __init__(self) -> None:
        self.granted = False
        self.sends = asyncio.Event()
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        await request.read()
        no = {"error_code": 10007, "description": f"{MARK} {LATIN}"}
        if "oauth" in request.path and not self.granted:
            self.granted = True
            token = {"access_token": f"act-{LATIN}", "refresh_token": f"rft-{LATIN}", "expires_in": 1}
            return web.json_response({"data": {**token, "error_code": 0, "description": ""}, "message": "success"})
        if "oauth" in request.path:
            return web.json_response({"data": no, "message": "error"})
        self.sends.set()
        return web.json_response({"extra": no, "data": no})


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    played = Platform()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", played.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    played.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield played
    await runner.cleanup()


class Day:
    """What happens; `told` collects what the service told somebody in confidence."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.told: list[str] = []

    async def ask(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = self.process.url + path
        async with self.process.http.request(method, url, data=data, headers=headers) as answer:
            raw = await answer.read()
            return answer.status, json.loads(raw) if raw else None

    async def sign_in(self, login: str, password: str) -> dict[str, str]:
        _, tokens = await self.ask("POST", "/auth/login", {}, {"login": login, "password": password})
        self.told += [password, tokens["access_token"], tokens["refresh_token"]]
        return {"Authorization": f"Bearer {tokens['access_token']}"}

    async def shop(self, platform: str) -> dict[str, str]:
        """A shop of this platform; its administrator."""
        app = {"client_key": f"{LATIN}-{platform}", "client_secret": f"cs-{LATIN}", "authorization_code": LATIN}
        body = {"name": f"{MARK}店", "open_id": f"{LATIN}-7", "platform": platform, **app}
        if platform == "doudian":
            body |= {"open_id": "77", "authorization_code": ""}
        _, made = await self.ask("POST", "/shops", OPERATOR, body)
        return await self.sign_in(made["admin_login"], made["admin_password"])

    async def push(self, text: str, message: str, **content: Any) -> int:
        users = [{"open_id": f"{LATIN}-c1", "nick_name": f"{MARK}小王"}]
        said = {"conversation_short_id": "@1==", "server_message_id": message, "message_type": "text", "text": text}
        whole = {
            "event": "im_receive_msg",
            "client_key": f"{LATIN}-open-im",
            "from_user_id": f"{LATIN}-c1",
            "to_user_id": f"{LATIN}-7",
            "content": said | {"user_infos": users} | content,
        }
        body = msgspec.json.encode(whole)
        signed = {"X-Douyin-Signature": hashlib.sha1(f"cs-{LATIN}".encode() + body).hexdigest()}
        return (await self.ask("POST", "/douyin/im", signed, body))[0]

    async def push_unreadable(self) -> int:
        """Items of the other platform that cannot be read, each for another reason."""
        chats = [{"type": MARK, "sender": MARK}, {"shop_id": 77, "type": "TEXT", "content": MARK}, MARK]
        items = [{"tag": "90014", "msg_id": LATIN, "data": json.dumps(chat)} for chat in chats] + [MARK]
        body = msgspec.json.encode(items)
        key = f"{LATIN}-doudian"
        signed = hashlib.md5(key.encode() + body + f"cs-{LATIN}".encode()).hexdigest()
        return (await self.ask("POST", "/douyin/doudian", {"app-id": key, "event-sign": signed}, body))[0]

    async def refused(self, admin: dict[str, str]) -> None:
        """Requests that are wrong in every way."""
        for login in (f"{MARK}\n{{}}", "admin@shop"):
            assert (await self.ask("POST", "/auth/login", {}, {"login": login, "password": LATIN}))[0] == 401
        bodies: list[Any] = [{"name": MARK, "level": MARK}, {"name": 7}, MARK.encode(), b"\xff" + MARK.encode()]
        for body in bodies:
            assert (await self.ask("POST", "/agents", admin, body))[0] == 422
        assert (await self.ask("GET", f"/conversations/{MARK}%0A%0D{LATIN}", admin))[0] == 404
        assert (await self.ask("GET", f"/conversations?state={MARK}", admin))[0] == 422
        assert (await self.ask("GET", "/agents", {"Authorization": f"Bearer {LATIN}.{LATIN}"}))[0] == 401
        assert (await self.ask("DELETE", "/test-data", {"Authorization": f"Bearer {LATIN}"}))[0] == 401
        for raw in (f"GET /{LATIN} HTTP/1.1\r\nX: ".encode() + LATIN.encode() * 20_000, f"{LATIN}\r\n\r\n".encode()):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.process.port)
            writer.write(raw)
            assert (await reader.read()).startswith(b"HTTP/1.1 4")
            writer.close()


async def device(day: Day, agent: dict[str, str]) -> aiohttp.ClientWebSocketResponse:
    token = agent["Authorization"].removeprefix("Bearer ")
    ws = await day.process.socket("identify", token=token, device_id=f"{MARK}{LATIN}")
    day.told.append((await ws.receive_json())["d"]["session_id"])
    await ws.send_str(f'{{"op":"{MARK}"}}')
    await ws.send_bytes(LATIN.encode())
    return ws


async def settle(day: Day, admin: dict[str, str]) -> None:
    """What people of the shop write."""
    words = {"words": [{"word": f"{MARK}词", "to_agent": "block"}]}
    assert (await day.ask("PUT", "/sensitive-words", admin, words))[0] == 200
    article = {"kind": "faq", "title": f"{MARK}标题", "questions": [f"{MARK}问"], "answer": f"{MARK}答"}
    assert (await day.ask("POST", "/knowledge", admin, article))[0] == 201
    hook = {"url": f"http://127.0.0.1:9/{LATIN}", "events": ["message.created"]}
    status, made = await day.ask("POST", "/webhooks", admin, hook)
    assert status == 201
    day.told.append(made["secret"])


async def test_the_log_of_a_busy_hour_names_nobody_and_quotes_nothing(tmp_path: Path, platform: Platform) -> None:
    process = Process(tmp_path)
    async with aiohttp.ClientSession() as process.http:
        await process.start("--gateway", platform.url, "--test-hooks")
        day = Day(process)
        admin = await day.shop("open-im")
        await day.shop("doudian")
        await settle(day, admin)
        _, made = await day.ask("POST", "/agents", admin, {"name": f"{MARK}客服", "certified": True})
        agent = await day.sign_in(made["login"], made["password"])
        ws = await device(day, agent)
        for number, text in enumerate((f"{MARK}，你好", f"{MARK}词", f"我的电话 {LATIN}")):
            assert await day.push(text, f"m{number}") == 200
        assert await day.push(f"{MARK}改了", "m0") == 200  # the same id with another body
        assert await day.push("x", "m9", index={MARK: 1}) == 422
        assert await day.push_unreadable() == 200
        await ws.send_json({"op": "send", "d": {"conversation_id": "cv1", "text": f"{MARK}回", "client_msg_id": LATIN}})
        await asyncio.wait_for(platform.sends.wait(), 10)
        await day.refused(admin)
        assert (await day.ask("POST", "/auth/rotate", agent, {"password": made["password"]}))[0] == 200
        assert process._process is not None
        process._process.send_signal(signal.SIGTERM)
        out, err = await asyncio.wait_for(process._process.communicate(), 20)
    assert (process._process.returncode, err) == (0, b"")
    lines = [msgspec.json.decode(line) for line in out.splitlines()]
    expected = {"shop_created", "message_id_conflict", "item_not_read", "reply_not_sent", "event_not_delivered"}
    assert {line["event"] for line in lines} >= expected | {"token_refresh_failed", "password_rotated", "stopping"}
    text = out.decode()
    for secret in (MARK, LATIN, *day.told):
        assert secret not in text
    assert len(day.told) > 8
