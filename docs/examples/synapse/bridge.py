"""The bridge a team would write between Douyin and Matrix: `python bridge.py settings.json`.

A customer's conversation is a room; the customer is a ghost in it, an agent is invited, in turn. What an agent writes
there is sent to the customer. Settings: port, homeserver, server_name, as_token, hs_token, key, store.
"""

import asyncio
import hmac
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import aiohttp
import douyin
from aiohttp import web
from matrix import ASSIGNED, CONVERSATION, OURS, RESOLVED, TRANSFER, Matrix
from store import Reply, Room, Store

ECHO_S = 3.0  # a reply whose answer was lost is known by its echo; without one for so long it is in doubt
PATIENCE = 8  # tries of a reply that the platform is too busy for
PAUSE_S = 0.25  # before the second try; twice as long before each further one


class Bridge:
    """Everything that is between the two, wired together."""

    def __init__(self, http: aiohttp.ClientSession, matrix: Matrix, store: Store) -> None:
        self.http, self.matrix, self.store = http, matrix, store
        self.shops = store.shops()  # open_id -> {name, code, app, space, agents, turn}
        self.accounts: dict[str, douyin.Account] = {}
        self._doorway = asyncio.Semaphore(4)  # a new room costs a homeserver half a second: those who have one go first
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # by conversation
        self._senders: dict[str, asyncio.Task[None]] = {}  # by room
        self._echoes: dict[tuple[str, str], asyncio.Future[str]] = {}  # by conversation and text

    def genuine(self, body: bytes, given: str) -> bool:
        """Whether an app of any of our shops signed a push."""
        secrets = {shop["app"]["client_secret"] for shop in self.shops.values()}
        return any(douyin.genuine(secret, body, given) for secret in secrets)

    async def open_shop(self, said: dict[str, Any]) -> None:
        """A new shop, with a space of its own."""
        space = await self.matrix.room(said["name"], [], {})
        self.keep_shop({**said, "space": space, "agents": [], "turn": 0})

    async def hire(self, open_id: str, users: list[str]) -> None:
        """Invite agents into a shop's space; from then on conversations are theirs."""
        shop = self.shops[open_id]
        for user in users:
            await self.matrix.invite(shop["space"], user)
        self.keep_shop({**shop, "agents": [*shop["agents"], *users]})

    def keep_shop(self, shop: dict[str, Any]) -> None:
        """A shop is new or has changed."""
        self.shops[shop["open_id"]] = shop
        self.store.keep_shop(shop["open_id"], shop)

    async def pushed(self, push: douyin.Pushed) -> None:
        """One event of the webhook; what we know no meaning for is passed over."""
        async with self._locks[push.conversation]:
            if push.event == "im_receive_msg" and push.shop in self.shops:
                await self._customer_wrote(push)
            elif push.event == "im_send_msg":
                await self._echoed(push)
            elif push.event == "im_recall_msg" and (found := self.store.passed(push.shop, push.message)):
                room = self.store.at(found[0])
                if room:
                    await self.matrix.redact(room.room, found[1], room.ghost)

    async def _customer_wrote(self, push: douyin.Pushed) -> None:
        if self.store.passed(push.shop, push.message):
            return  # the platform tells some things twice
        room = self.store.room(push.conversation)
        if room is None:
            async with self._doorway:
                room = await self._new_room(push)
        room = await self._assigned(room)
        content = {"msgtype": "m.text", "body": push.text, OURS: {"message_id": push.message}}
        event = await self.matrix.send(room.room, push.message, content, room.ghost)
        self.store.keep_passed(push.message, room, event)

    async def _echoed(self, push: douyin.Pushed) -> None:
        """Our own reply, told back; or one that was written elsewhere, which the agent should see."""
        ours = self._echoes.get((push.conversation, push.text))
        if ours and not ours.done():
            ours.set_result(push.message)
        room = self.store.room(push.conversation)
        if room and push.source != self.shops[room.shop]["app"]["client_key"]:
            content = {"msgtype": "m.notice", "body": push.text, OURS: {"elsewhere": True}}
            await self.matrix.send(room.room, push.message, content)

    async def _new_room(self, push: douyin.Pushed) -> Room:
        ghost = await self.matrix.ghost(push.customer, push.nick)
        state = {CONVERSATION: {"conversation": push.conversation, "shop": push.shop, "customer": push.customer}}
        name = await self.matrix.room(push.nick, [ghost], state, self.shops[push.shop]["space"])
        await self.matrix.join(name, ghost)
        room = Room(push.conversation, name, push.shop, push.customer, ghost, "", False, "")
        self.store.keep_room(room)
        return room

    async def _assigned(self, room: Room) -> Room:
        """The room with an agent: who has it, or had it last, or is next in turn; those who are online go first."""
        if room.held:
            return room
        shop = self.shops[room.shop]
        turn = [shop["agents"][(shop["turn"] + step) % len(shop["agents"])] for step in range(len(shop["agents"]))]
        order = [room.agent, *turn] if room.agent in turn else turn
        agent = order[0]
        for each in order:
            if await self.matrix.online(each):
                agent = each
                break
        self.keep_shop({**shop, "turn": (shop["agents"].index(agent) + 1) % len(turn)})
        return await self._give(room, agent)

    async def _give(self, room: Room, agent: str) -> Room:
        """Give a room to an agent: who had it before is in it no more. "": it is finished, and stays where it was."""
        if agent and agent != room.agent:
            await self.matrix.invite(room.room, agent)
        await self.matrix.state(room.room, ASSIGNED, {"agent": agent or None})
        if agent and room.agent not in ("", agent):
            await self.matrix.dismiss(room.room, room.agent)
        room = room._replace(agent=agent or room.agent, held=bool(agent))
        self.store.keep_room(room)
        return room

    async def happened(self, event: dict[str, Any]) -> None:
        """One event of the homeserver: an agent's reply, one taken back, a conversation finished or handed on."""
        room = self.store.at(event["room_id"])
        if room is None or self.matrix.own(event["sender"]):
            return
        content = event["content"]
        if event["type"] == "m.room.message" and content.get("msgtype") == "m.text":
            name = content.get(OURS, {}).get("client_id") or event["event_id"]
            self.store.keep_reply(room.room, name, event["event_id"], content["body"])
            self.send_replies(room.room)
        elif event["type"] == "m.room.redaction":
            await self._recall(room, event.get("redacts") or content.get("redacts", ""))
        elif event["type"] in (RESOLVED, TRANSFER):
            async with self._locks[room.conversation]:
                await self._give(self.store.at(room.room) or room, content.get("to", ""))

    async def _recall(self, room: Room, event: str) -> None:
        """Take a reply back that has gone; one that has not does not go."""
        reply = self.store.reply(event)
        if reply and reply.message:
            app, account = self._road(room)
            await douyin.recall(self.http, app, account, room.conversation, reply.message)
        elif reply and reply.state == "new":
            self.store.mark(reply, "recalled")

    def send_replies(self, room: str) -> None:
        """Let a room's replies go, one after the other."""
        if room not in self._senders or self._senders[room].done():
            self._senders[room] = asyncio.create_task(self._send_all(room))

    async def _send_all(self, room: str) -> None:
        while waiting := self.store.replies(room):
            reply = waiting[0]
            if reply.state == "sending":  # we were stopped in the middle: it may have gone
                answered = douyin.Answered("unknown", "the bridge was restarted")
            else:
                self.store.mark(reply, "sending")
                answered = await self._send(reply)
            await self._tell(reply, answered)
            self.store.mark(reply, answered.outcome, answered.message)

    def _road(self, room: Room) -> tuple[douyin.App, douyin.Account]:
        """By which app and account the platform is called for a room."""
        shop = self.shops[room.shop]
        account = self.accounts.setdefault(room.shop, douyin.Account(room.shop, shop["code"]))
        return douyin.App(**shop["app"]), account

    async def _send(self, reply: Reply) -> douyin.Answered:
        """Send one reply, again while the platform is too busy for it."""
        answered = douyin.Answered("failed", "the conversation is gone")
        for attempt in range(PATIENCE):
            if attempt:
                await asyncio.sleep(PAUSE_S * 2 ** (attempt - 1))
            room = self.store.at(reply.room)
            if room is None:
                break
            answered = await self._try(room, reply)
            if answered.outcome != "later":
                break
        return answered

    async def _try(self, room: Room, reply: Reply) -> douyin.Answered:
        key, (app, account) = (room.conversation, reply.text), self._road(room)
        echo = self._echoes[key] = asyncio.get_running_loop().create_future()
        try:
            answered = await douyin.send(
                self.http, app, account, room.conversation, room.customer, room.last, reply.text
            )
            if answered.outcome == "unknown":
                async with asyncio.timeout(ECHO_S):
                    return douyin.Answered("ok", "known by its echo", await echo)
            return answered
        except TimeoutError:
            return answered
        finally:
            del self._echoes[key]

    async def _tell(self, reply: Reply, answered: douyin.Answered) -> None:
        """Say in the room that a reply did not go, or may not have."""
        if answered.outcome == "ok":
            return
        words = "It is not known whether this was delivered" if answered.outcome == "unknown" else "Not delivered"
        told = {"client_id": reply.name, "in_doubt": answered.outcome == "unknown", "why": answered.why}
        content = {"msgtype": "m.notice", "body": f"{words} ({answered.why}): {reply.text}", OURS: told}
        await self.matrix.send(reply.room, f"told-{reply.event}", content)


class Doors:
    """The bridge's HTTP: Douyin's webhook, the homeserver's transactions, and who keeps the shops."""

    def __init__(self, bridge: Bridge, key: str, hs_token: str) -> None:
        self._bridge, self._key, self._hs_token = bridge, key, hs_token

    async def webhook(self, request: web.Request) -> web.Response:
        """A push of the platform: answered 200 when it is in its room."""
        body, given = await request.read(), request.headers.get("X-Douyin-Signature", "")
        if not self._bridge.genuine(body, given):
            return web.json_response({"error": "wrong signature"}, status=401)
        try:
            push = douyin.parse(body)
        except (ValueError, AttributeError, TypeError):
            return web.json_response({"error": "not a push"}, status=400)
        if push.event == "verify_webhook":
            return web.json_response({"challenge": push.challenge})
        await asyncio.shield(self._bridge.pushed(push))  # the platform may cut the line; what has begun goes on
        return web.json_response({})

    async def transaction(self, request: web.Request) -> web.Response:
        """What happened in our rooms; the homeserver tells it again until it is taken."""
        if request.headers.get("Authorization") != f"Bearer {self._hs_token}":
            return web.json_response({"errcode": "M_FORBIDDEN"}, status=403)
        for event in (await request.json())["events"]:
            await self._bridge.happened(event)
        return web.json_response({})

    async def shop(self, request: web.Request) -> web.Response:
        """POST /shops {open_id, name, code, app}; POST /shops/{id}/agents {users}; DELETE /shops/{id}."""
        if not hmac.compare_digest(request.headers.get("X-Bridge-Key", "").encode(), self._key.encode()):
            return web.json_response({"error": "wrong key"}, status=401)
        open_id = request.match_info.get("shop", "")
        if open_id and open_id not in self._bridge.shops:
            return web.json_response({"error": f"no shop {open_id!r}"}, status=404)
        if request.method == "DELETE":
            rooms = [room.room for room in self._bridge.store.forget(open_id)]
            return web.json_response({"rooms": [*rooms, self._bridge.shops.pop(open_id)["space"]]})
        said = await request.json()
        await (self._bridge.hire(open_id, said["users"]) if open_id else self._bridge.open_shop(said))
        return web.json_response({})


async def serve(settings: dict[str, Any]) -> None:
    """Run until cancelled."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http:
        matrix = Matrix(http, settings["homeserver"], settings["as_token"], settings["server_name"])
        bridge = Bridge(http, matrix, Store(settings["store"]))
        doors = Doors(bridge, settings["key"], settings["hs_token"])
        app = web.Application()
        app.router.add_post("/douyin", doors.webhook)
        app.router.add_put("/_matrix/app/v1/transactions/{name}", doors.transaction)
        app.router.add_post("/shops", doors.shop)
        app.router.add_post("/shops/{shop}/agents", doors.shop)
        app.router.add_delete("/shops/{shop}", doors.shop)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", settings["port"]).start()
        for room in bridge.store.rooms_that_wait():
            bridge.send_replies(room)
        try:
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text())))
