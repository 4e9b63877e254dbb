"""An adapter for a system that pushes to its agents over a WebSocket. Save it as my_adapter.py, change the frames."""

import asyncio

import aiohttp

from targets.interface import Agent, Closed, Event, Limits, Sent, Shop, TargetError, Version

LOST = (aiohttp.ClientError, OSError, TimeoutError, ValueError, TypeError, KeyError)


class MyTarget:
    name = "our staging"
    offers = frozenset({"resume"})
    limits = Limits(max_agents=200)
    platform = "open-im"  # what the simulated platform speaks

    async def open(self, run):
        self.run = run
        return Version(*await self.ask("GET", "/about", "name", "version"))

    async def close(self):
        return []  # this system forgets its test tenants by itself, every night

    async def shop(self, want):
        app = {"key": self.run.app.client_key, "secret": self.run.app.client_secret, "api": self.run.gateway_url}
        tenant = {"account": want.open_id, "code": want.authorization_code, "douyin": app}
        (made,) = await self.ask("POST", "/tenants", "id", body=tenant, token=self.run.secrets["admin_token"])
        return Shop(want.id, made, self.run.target_url + "/hooks/douyin")

    async def agents(self, shop, n):
        names = [f"{shop.target_id}-agent-{number}" for number in range(1, n + 1)]
        return [Agent(name, shop, 15, self.run.secrets["agent_password"]) for name in names]

    async def connect(self, agent, device, resume):
        body = {"user": agent.id, "password": agent.secret, "device": device}
        token, newest = await self.ask("POST", "/login", "token", "newest", body=body)
        try:
            socket = await self.run.http.ws_connect(self.run.target_url + "/live", heartbeat=15)
            await socket.send_json({"token": token, "after": int(resume or newest)})
        except LOST as error:
            raise TargetError(f"/live: {agent.id} cannot connect ({error!r})") from error
        return MyDevice(socket, resume or str(newest), resume is not None)

    async def ask(self, method, path, *wanted, body=None, token=""):
        headers, limit = {"Authorization": f"Bearer {token}"}, aiohttp.ClientTimeout(10)
        url = self.run.target_url + path
        try:
            async with self.run.http.request(method, url, json=body, headers=headers, timeout=limit) as answer:
                told = await answer.json()
                return [told[name] for name in wanted]
        except LOST as error:
            raise TargetError(f"{method} {path}: no answer of use ({error!r})") from error


class MyDevice:
    def __init__(self, socket, cursor, resumed):
        self.socket, self.cursor, self.resumed = socket, cursor, resumed
        self.asked = {}  # our key of what was asked -> the future of its answer

    async def events(self):
        async for message in self.socket:
            frame = message.json()
            if "key" in frame and not self.asked[frame["key"]].done():  # an answer to `act`
                why = frame.get("refused")
                self.asked[frame["key"]].set_result(Sent("failed", code=why) if why else Sent("ok", frame["id"]))
            elif "n" in frame:
                self.cursor = str(frame["n"])
                chat, who, text = frame["chat"], frame["from"], frame["text"]
                yield Event("message", chat, who, frame["id"], frame["platform_id"], text=text)
        yield Closed(self.socket.close_code or 1006, "closed")

    async def reply(self, conversation, text, client_id):
        return await self.act("say", client_id, chat=conversation, text=text)

    async def resolve(self, conversation):
        return await self.act("close", f"close {conversation}", chat=conversation)

    async def act(self, do, key, **more):
        self.asked[key] = asyncio.get_running_loop().create_future()
        try:
            await self.socket.send_json({"do": do, "key": key, **more})
            return await asyncio.wait_for(self.asked[key], 10)
        except LOST:
            return Sent("unknown")  # it may have happened: golive sends it again with the same key

    async def availability(self, to):
        await self.act("status", f"status {to}", status=to)

    async def close(self):
        await self.socket.close()

    async def cut(self):
        self.socket._response.connection.transport.abort()  # aiohttp has no public way


target = MyTarget()
