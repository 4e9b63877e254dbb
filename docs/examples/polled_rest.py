"""An adapter for a system that is polled over HTTP. Save it as my_adapter.py and change the paths."""

import asyncio

import aiohttp

from targets.interface import Agent, Closed, Event, Limits, Sent, Shop, TargetError, Version

POLL_S = 0.2


class MyTarget:
    name = "our staging"
    offers = frozenset({"resume"})
    limits = Limits(poll_s=POLL_S, max_agents=20)
    platform = "open-im"  # what the simulated platform speaks

    async def open(self, run):
        self.run = run
        about = await self.ask("GET", "/about")
        return Version(about["name"], about["version"])

    async def close(self):
        return []  # this system forgets its test tenants by itself, every night

    async def shop(self, want):
        app = {"key": self.run.app.client_key, "secret": self.run.app.client_secret, "api": self.run.gateway_url}
        tenant = {"account": want.open_id, "code": want.authorization_code, "douyin": app}
        made = await self.ask("POST", "/tenants", tenant, self.run.secrets["admin_token"])
        return Shop(want.id, made["id"], self.run.target_url + "/hooks/douyin")

    async def agents(self, shop, n):
        names = [f"{shop.target_id}-agent-{number}" for number in range(1, n + 1)]
        return [Agent(name, shop, 15, self.run.secrets["agent_password"]) for name in names]

    async def connect(self, agent, device, resume):
        login = await self.ask("POST", "/login", {"user": agent.id, "password": agent.secret, "device": device})
        return MyDevice(self, login["token"], login["newest"], resume)

    async def ask(self, method, path, body=None, token=""):
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with self.run.http.request(
                method, self.run.target_url + path, json=body, headers=headers, timeout=aiohttp.ClientTimeout(10)
            ) as answer:
                if answer.status >= 300:
                    raise TargetError(f"{method} {path}: answered {answer.status}: {await answer.text()}")
                return await answer.json()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise TargetError(f"{method} {path}: no answer ({error!r})") from error


class MyDevice:
    def __init__(self, target, token, newest, resume):
        self.target, self.token = target, token
        self.resumed = resume is not None
        self.cursor = resume or str(newest)  # a device that is new begins with what comes now
        self.closed = asyncio.Event()

    async def events(self):
        while not self.closed.is_set():
            try:
                page = await self.target.ask("GET", f"/inbox?after={self.cursor}", token=self.token)
            except TargetError as error:
                yield Closed(1006, str(error))
                return
            for item in page["items"]:
                if self.closed.is_set():
                    break
                self.cursor = str(item["n"])
                chat, who, text = item["chat"], item["from"], item["text"]
                yield Event("message", chat, who, item["id"], item["platform_id"], text=text)
            await asyncio.sleep(POLL_S)
        yield Closed(1000, "closed")

    async def reply(self, conversation, text, client_id):
        return await self.act(f"/chats/{conversation}/messages", {"text": text, "key": client_id})

    async def resolve(self, conversation):
        return await self.act(f"/chats/{conversation}/close", {})

    async def act(self, path, body):
        try:
            done = await self.target.ask("POST", path, body, self.token)
        except TargetError as error:
            refused = "answered 4" in str(error)
            return Sent("failed", code=str(error)) if refused else Sent("unknown")
        return Sent("ok", done["id"])

    async def availability(self, to):
        await self.target.ask("POST", "/status", {"status": to}, self.token)

    async def close(self):
        self.closed.set()

    async def cut(self):
        self.closed.set()


target = MyTarget()
