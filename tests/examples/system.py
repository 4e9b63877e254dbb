"""A tiny customer-service system that knows nothing of golive: what the adapters of docs/examples bind. In memory.

An agent's inbox is one numbered list, which is polled (`GET /inbox`) or pushed (`/live`).
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp
from aiohttp import web

ADMIN, PASSWORD = "admin-token", "agent-password"


@dataclass
class Person:
    """An agent: what they were told, and what wakes their devices."""

    name: str
    online: bool = False
    inbox: list[dict[str, Any]] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def tell(self, **item: Any) -> None:
        """Put something into the inbox."""
        self.inbox.append({"n": len(self.inbox) + 1, **item})
        async with self.news:
            self.news.notify_all()


@dataclass
class Chat:
    """A conversation with one customer."""

    id: str
    tenant: dict[str, Any]
    customer: str
    agent: Person | None = None
    waiting: list[dict[str, Any]] = field(default_factory=list)
    last: str = ""  # the customer's newest message


class System:
    """Everything it knows. `slips`: the bug to show that a test of it can fail."""

    def __init__(self, slips: str = "") -> None:
        self.slips = slips
        self.tenants: dict[str, dict[str, Any]] = {}
        self.people: dict[str, Person] = {}
        self.chats: dict[str, Chat] = {}
        self.seen: set[str] = set()
        self.said: dict[str, str] = {}  # a reply's key -> its id
        self.tokens: dict[str, str] = {}  # tenant -> of the platform
        self.turn, self.ids = count(), count(1)
        self.http: aiohttp.ClientSession

    async def receive(self, push: dict[str, Any]) -> None:
        """A customer's message goes to the chat's agent, or waits for one."""
        content, tenant = push["content"], self.tenants[push["to_user_id"]]
        if content["server_message_id"] in self.seen and self.slips != "forgets ids":
            return
        self.seen.add(content["server_message_id"])
        name = content["conversation_short_id"]
        chat = self.chats.setdefault(name, Chat(name, tenant, push["from_user_id"]))
        chat.last = content["server_message_id"]
        item = {"chat": name, "from": "customer", "id": f"m{next(self.ids)}", "platform_id": chat.last}
        chat.waiting.append({**item, "text": content["text"]})
        await self.assign(chat)

    async def assign(self, chat: Chat) -> None:
        """Give a chat to the next agent who is online, with all that waits."""
        team = [one for one in self.people.values() if one.online and one.name.startswith(chat.tenant["account"])]
        chat.agent = chat.agent or (team[next(self.turn) % len(team)] if team else None)
        while chat.agent and chat.waiting:
            await chat.agent.tell(**chat.waiting.pop(0))

    async def say(self, agent: Person, name: str, text: str, key: str) -> str:
        """An agent's reply, sent to the platform; its id. Raises PermissionError."""
        chat = self.chats.get(name)
        if chat is None or chat.agent is not agent:
            raise PermissionError("not your chat")
        if key not in self.said:
            self.said[key] = f"m{next(self.ids)}"
            await self.send(chat, text)
        return self.said[key]

    async def send(self, chat: Chat, text: str) -> None:
        """Call the platform, with a token that is got once."""
        app, account = chat.tenant["douyin"], chat.tenant["account"]
        keys = {"client_key": app["key"], "client_secret": app["secret"], "grant_type": "authorization_code"}
        if account not in self.tokens:
            body = {**keys, "code": chat.tenant["code"]}
            async with self.http.post(f"{app['api']}/oauth/access_token/", json=body) as answer:
                self.tokens[account] = (await answer.json())["data"]["access_token"]
        content = {"msg_type": 1, "text": {"text": text}}
        call = {"msg_id": chat.last, "conversation_id": chat.id, "to_user_id": chat.customer, "content": content}
        headers, query = {"access-token": self.tokens[account]}, {"open_id": account}
        async with self.http.post(f"{app['api']}/im/send/msg/", json=call, headers=headers, params=query) as answer:
            assert (await answer.json())["data"]["error_code"] == 0

    async def status(self, agent: Person, to: str) -> None:
        """An agent comes or goes; who waited is theirs."""
        agent.online = to == "online"
        for chat in self.chats.values():
            await self.assign(chat)


class Doors:
    """The system's HTTP and WebSocket."""

    def __init__(self, system: System) -> None:
        self.system = system

    async def about(self, _: web.Request) -> web.Response:
        return web.json_response({"name": "tiny", "version": "7"})

    async def tenant(self, request: web.Request) -> web.Response:
        if request.headers["Authorization"] != f"Bearer {ADMIN}":
            return web.json_response({"error": "who are you?"}, status=403)
        said = await request.json()
        self.system.tenants[said["account"]] = said
        return web.json_response({"id": said["account"]})

    async def login(self, request: web.Request) -> web.Response:
        said = await request.json()
        if said["password"] != PASSWORD:
            return web.json_response({"error": "wrong password"}, status=403)
        agent = self.system.people.setdefault(said["user"], Person(said["user"]))
        return web.json_response({"token": f"T {agent.name}", "newest": len(agent.inbox)})

    async def hook(self, request: web.Request) -> web.Response:
        body, push = await request.read(), json.loads(await request.read())
        secrets = [tenant["douyin"]["secret"] for tenant in self.system.tenants.values()]
        signs = [hashlib.sha1(secret.encode() + body).hexdigest() for secret in secrets]
        if not any(hmac.compare_digest(sign, request.headers["X-Douyin-Signature"]) for sign in signs):
            return web.json_response({}, status=401)
        if push["event"] == "verify_webhook":
            return web.json_response(push["content"])
        if push["event"] == "im_receive_msg":
            await self.system.receive(push)
        return web.json_response({})

    async def inbox(self, request: web.Request) -> web.Response:
        return web.json_response({"items": self._agent(request).inbox[int(request.query["after"]) :]})

    async def message(self, request: web.Request) -> web.Response:
        said, name = await request.json(), request.match_info["chat"]
        try:
            return web.json_response({"id": await self.system.say(self._agent(request), name, **said)})
        except PermissionError as error:
            return web.json_response({"error": str(error)}, status=403)

    async def close(self, request: web.Request) -> web.Response:
        self.system.chats[request.match_info["chat"]].agent = None
        return web.json_response({"id": ""})

    async def status(self, request: web.Request) -> web.Response:
        await self.system.status(self._agent(request), (await request.json())["status"])
        return web.json_response({})

    async def live(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = await socket.receive_json()
        agent = self.system.people[hello["token"][2:]]
        pushing = asyncio.create_task(self._push(socket, agent, hello["after"]))
        async for message in socket:
            frame = message.json()
            try:
                await socket.send_json({"key": frame["key"], "id": await self._do(agent, frame)})
            except PermissionError as error:
                await socket.send_json({"key": frame["key"], "refused": str(error)})
        pushing.cancel()
        return socket

    async def _push(self, socket: web.WebSocketResponse, agent: Person, after: int) -> None:
        while True:
            for item in agent.inbox[after:]:
                await socket.send_json(item)
                after = item["n"]
            async with agent.news:
                await agent.news.wait_for(lambda after=after: len(agent.inbox) > after)

    async def _do(self, agent: Person, frame: dict[str, Any]) -> str:
        if frame["do"] == "say":
            return await self.system.say(agent, frame["chat"], frame["text"], frame["key"])
        if frame["do"] == "close":
            self.system.chats[frame["chat"]].agent = None
        else:
            await self.system.status(agent, frame["status"])
        return ""

    def _agent(self, request: web.Request) -> Person:
        return self.system.people[request.headers["Authorization"].removeprefix("Bearer T ")]


@contextlib.asynccontextmanager
async def running(system: System) -> AsyncIterator[str]:
    """The system, served inside the block; its URL."""
    doors, app = Doors(system), web.Application()
    app.router.add_get("/about", doors.about)
    app.router.add_post("/tenants", doors.tenant)
    app.router.add_post("/login", doors.login)
    app.router.add_post("/hooks/douyin", doors.hook)
    app.router.add_get("/inbox", doors.inbox)
    app.router.add_post("/chats/{chat}/messages", doors.message)
    app.router.add_post("/chats/{chat}/close", doors.close)
    app.router.add_post("/status", doors.status)
    app.router.add_get("/live", doors.live)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession() as system.http:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
