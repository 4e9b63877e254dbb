"""golive's adapter of Matrix Synapse behind the bridge: shops are spaces, agents users, devices /sync long polls."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any, Literal, NamedTuple
from urllib.parse import quote
from uuid import uuid4

import aiohttp

from history.run import ShopSpec
from targets.interface import (
    Action,
    Agent,
    Closed,
    Cursor,
    Event,
    Leftover,
    Limits,
    Recall,
    Run,
    Sent,
    Shop,
    TargetError,
    Transfer,
    Version,
)

BRIDGE = "http://127.0.0.1:8971"
CLIENT, ADMIN = "/_matrix/client/v3", "/_synapse/admin"
OURS = "com.example.douyin"  # the bridge's field and event types
POLL_S = 8.0  # how long a /sync waits for news
PAGE = 100
FILTER = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {
        "timeline": {"limit": PAGE},
        "state": {"types": [f"{OURS}.assigned"]},
        "ephemeral": {"types": []},
        "account_data": {"types": []},
    },
}


class Refused(TargetError):
    """The homeserver or the bridge answered that it will not."""

    def __init__(self, words: str, code: str) -> None:
        super().__init__(words)
        self.code = code


class Synapse:
    """targets.interface.Target. Matrix numbers no messages, so that `history` and `state` are not offered."""

    name = "synapse"
    offers = frozenset({"resume", "recall", "transfer"})
    limits = Limits(max_agents=20, max_rate=10.0)
    platform = "open-im"

    def __init__(self) -> None:
        self._run: Run
        self._admin = ""  # access token
        self._tokens: dict[tuple[str, str], str] = {}  # agent, device -> access token
        self._shops: list[ShopSpec] = []
        self._users: list[str] = []

    async def open(self, run: Run) -> Version:
        """Reach the homeserver and be its administrator; TargetError where it is not there."""
        self._run = run
        made = await self.register(f"admin-{run.id}", run.secrets["registration"], admin=True)
        self._admin, self._users = made["access_token"], [made["user_id"]]
        told = await self.call("GET", f"{ADMIN}/v1/server_version", self._admin)
        return Version("Matrix Synapse", str(told["server_version"]))

    async def close(self) -> list[Leftover]:
        """Delete the rooms of every shop, then its users, the administrator last."""
        left = []
        for spec in self._shops:
            try:
                for room in (await self.bridge("DELETE", f"/shops/{quote(spec.open_id)}"))["rooms"]:
                    await self.call("DELETE", f"{ADMIN}/v1/rooms/{quote(room)}", self._admin, {"purge": True})
            except TargetError as error:
                left.append(Leftover(f"the rooms of shop {spec.id}", str(error)))
        for user in reversed(self._users):
            try:
                await self.call("POST", f"{ADMIN}/v1/deactivate/{quote(user)}", self._admin, {"erase": True})
            except TargetError as error:
                left.append(Leftover(user, str(error)))
        return left

    async def shop(self, want: ShopSpec) -> Shop:
        """A space, made by the bridge."""
        app, url = self._run.app, self._run.gateway_url
        said = {"open_id": want.open_id, "name": want.name, "code": want.authorization_code}
        keys = {"client_key": app.client_key, "client_secret": app.client_secret, "url": url}
        await self.bridge("POST", "/shops", {**said, "app": keys})
        self._shops.append(want)
        return Shop(want.id, want.open_id, f"{BRIDGE}/douyin")

    async def agents(self, shop: Shop, n: int) -> list[Agent]:
        """Users of the homeserver whom the bridge knows as the shop's agents. Nothing there holds their capacity."""
        agents = []
        for number in range(1, n + 1):
            name = f"{self._run.id}-{shop.id}-{number}".lower()
            secret = hashlib.sha256(f"{self._run.secrets['registration']}/{name}".encode()).hexdigest()
            user = (await self.register(name, secret))["user_id"]
            self._users.append(user)
            agents.append(Agent(user, shop, 15, secret))
        await self.bridge("POST", f"/shops/{quote(shop.target_id)}/agents", {"users": [agent.id for agent in agents]})
        return agents

    async def connect(self, agent: Agent, device: str, resume: Cursor | None) -> "Device":
        """Sign the device in once, and sync: from the cursor, or from now."""
        made = Device(self, agent.id, await self._token(agent, device), resume)
        await made.begin()
        return made

    async def act(self, agent: Agent, action: Action) -> Sent:
        """Take a message back; tell the bridge to hand a conversation on."""
        token, room = await self._token(agent, "more"), quote(action.conversation)
        match action:
            case Recall(_, message):
                return await self.put(f"/rooms/{room}/redact/{quote(message)}/back-{quote(message)}", token, {})
            case Transfer(_, to):
                return await self.put(f"/rooms/{room}/send/{OURS}.transfer/{uuid4().hex}", token, {"to": to.id})
        return Sent("failed", code="not offered")

    async def put(self, path: str, token: str, content: object) -> Sent:
        """Write an event into a room."""
        try:
            return Sent("ok", (await self.call("PUT", CLIENT + path, token, content))["event_id"])
        except Refused as error:
            return Sent("failed", code="overloaded" if error.code == "M_LIMIT_EXCEEDED" else error.code)
        except TargetError:
            return Sent("unknown")

    async def _token(self, agent: Agent, device: str) -> str:
        """The access token of an agent's device, which signs in once."""
        if (agent.id, device) not in self._tokens:
            who = {"type": "m.id.user", "user": agent.id}
            asked = {"type": "m.login.password", "identifier": who, "password": agent.secret, "device_id": device}
            self._tokens[agent.id, device] = (await self.call("POST", f"{CLIENT}/login", "", asked))["access_token"]
        return self._tokens[agent.id, device]

    async def register(self, name: str, password: str, admin: bool = False) -> Any:
        """A new user, by the homeserver's shared secret."""
        path = f"{ADMIN}/v1/register"
        nonce = (await self.call("GET", path, ""))["nonce"]
        words = "\0".join((nonce, name, password, "admin" if admin else "notadmin")).encode()
        mac = hmac.new(self._run.secrets["registration"].encode(), words, hashlib.sha1).hexdigest()
        asked = {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": mac}
        return await self.call("POST", path, "", asked)

    async def bridge(self, method: str, path: str, body: object = None) -> Any:
        """A call to the bridge's own doors."""
        return await self._ask(method, BRIDGE + path, {"X-Bridge-Key": self._run.secrets["bridge"]}, body, {}, 30)

    async def call(self, method: str, path: str, token: str, body: object = None, query: Any = None) -> Any:
        """A call to the homeserver: its JSON. Refused where it says no, another TargetError where it says nothing."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self._ask(method, self._run.target_url + path, headers, body, query or {}, POLL_S + 10)

    async def _ask(self, method: str, url: str, headers: Any, body: object, query: Any, patience_s: float) -> Any:
        limit = aiohttp.ClientTimeout(total=patience_s)
        try:
            async with self._run.http.request(
                method, url, json=body, headers=headers, params=query, timeout=limit
            ) as answer:
                told = await answer.json()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise TargetError(f"{method} {url}: no answer ({error!r}); is `run.py` running?") from error
        if 400 <= answer.status < 500:
            raise Refused(f"{method} {url}: answered {answer.status}: {told}", str(told.get("errcode", "refused")))
        if answer.status != 200:
            raise TargetError(f"{method} {url}: answered {answer.status}: {told}")
        return told


class Told(NamedTuple):
    """Something for `events`, and how far the cursor is with it: the sync it came by, and its own name in there."""

    since: str
    name: str
    event: Event | Closed | None  # None: everything of that sync was told


class Device:
    """targets.interface.Device. Its cursor is a sync's token, and what was told of the next sync already."""

    def __init__(self, target: Synapse, user: str, token: str, resume: Cursor | None) -> None:
        self.resumed = resume is not None
        self._target, self._user, self._token = target, user, token
        self._since, self._done = json.loads(resume) if resume else ("", [])
        self._asked = self._since  # the token of the sync under way, which is ahead of what was told
        self._queue: asyncio.Queue[Told] = asyncio.Queue()
        self._presence = "online"
        self._whose: dict[str, str | None] = {}  # room -> the event that said whose it is
        self._open = True
        self._reading: asyncio.Task[None]

    @property
    def cursor(self) -> Cursor | None:
        """Where to resume."""
        return json.dumps([self._since, self._done])

    async def begin(self) -> None:
        """The first sync, without waiting; TargetError where there is none."""
        await self._sync(0.0)
        self._reading = asyncio.create_task(self._read())

    async def events(self) -> AsyncIterator[Event | Closed]:
        """What the device is told, in the order in which it came."""
        while True:
            told = await self._queue.get()
            if told.event is None:
                self._since, self._done = told.since, []
                continue
            self._done.append(told.name)
            yield told.event
            if isinstance(told.event, Closed):
                return

    async def reply(self, conversation: str, text: str, client_id: str) -> Sent:
        """Say it in the room; the homeserver makes the same client_id of one device one event."""
        content = {"msgtype": "m.text", "body": text, OURS: {"client_id": client_id}}
        return await self._send(conversation, "m.room.message", client_id, content)

    async def resolve(self, conversation: str) -> Sent:
        """Say in the room that it is finished; the bridge takes note."""
        return await self._send(conversation, f"{OURS}.resolved", uuid4().hex, {})

    async def availability(self, to: Literal["online", "away", "offline"]) -> None:
        """The agent's presence, which the bridge looks at."""
        self._presence = {"away": "unavailable"}.get(to, to)
        path = f"{CLIENT}/presence/{quote(self._user)}/status"
        await self._target.call("PUT", path, self._token, {"presence": self._presence})

    async def close(self) -> None:
        """Stop listening."""
        self._end(Closed(1000, "closed"))

    async def cut(self) -> None:
        """Stop in the middle of a poll: its connection is closed; HTTP knows no other farewell."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._end(Closed(1006, "cut"))

    async def _send(self, room: str, kind: str, name: str, content: object) -> Sent:
        path = f"/rooms/{quote(room)}/send/{kind}/{quote(name, safe='')}"
        return await self._target.put(path, self._token, content)

    async def _read(self) -> None:
        try:
            while True:
                await self._sync(POLL_S)
        except TargetError as error:
            self._end(Closed(1006, str(error)))

    def _end(self, closed: Closed) -> None:
        if self._open:
            self._open = False
            self._reading.cancel()
            self._queue.put_nowait(Told("", "", closed))

    async def _sync(self, wait_s: float) -> None:
        query = {"filter": json.dumps(FILTER), "timeout": int(wait_s * 1000), "set_presence": self._presence}
        if self._asked:
            query["since"] = self._asked
        page = await self._target.call("GET", f"{CLIENT}/sync", self._token, query=query)
        skip, first = set(self._done) if self._asked == self._since else set(), not self._asked
        rooms = page.get("rooms", {})
        for name, room in [*rooms.get("join", {}).items(), *rooms.get("leave", {}).items()]:
            for raw in self._begin(name, room) if first else await self._news(name, room):
                told = read(name, raw, self._user)
                if told and raw["event_id"] not in skip:
                    self._queue.put_nowait(Told(self._asked, raw["event_id"], told))
        self._asked = page["next_batch"]
        self._queue.put_nowait(Told(self._asked, "", None))

    def _begin(self, name: str, room: Any) -> list[Any]:
        """What a new device shows of an agent's room that was there before it: whose it is, and its last messages."""
        known = [*room["state"]["events"], *room["timeline"]["events"]]
        whose = [raw for raw in known if raw["type"] == f"{OURS}.assigned"][-1:]
        if not whose or whose[0]["content"]["agent"] != self._user:
            return []
        self._whose[name] = whose[0]["event_id"]
        return [*whose, *(raw for raw in room["timeline"]["events"] if raw["type"] == "m.room.message")]

    async def _news(self, room: str, told: Any) -> list[Any]:
        """A room's state and timeline; of a timeline with a gap, what is in the gap, too."""
        gap: list[Any] = []
        if told["timeline"]["limited"]:
            start = told["timeline"]["prev_batch"]
            while start:
                query = {"dir": "b", "from": start, "to": self._asked, "limit": PAGE}
                path = f"{CLIENT}/rooms/{quote(room)}/messages"
                page = await self._target.call("GET", path, self._token, query=query)
                gap += page["chunk"]
                start = page.get("end")
        news = [*told["state"]["events"], *reversed(gap), *told["timeline"]["events"]]
        news = list({raw["event_id"]: raw for raw in news}.values())
        whose = [raw["event_id"] for raw in news if raw["type"] == f"{OURS}.assigned"]
        known, self._whose[room] = self._whose.get(room), whose[-1] if whose else self._whose.get(room)
        return [raw for raw in news if raw["event_id"] != known]  # a state that is told once more is no news


def read(room: str, raw: Any, user: str) -> Event | None:
    """What an event of a room means to the harness; None for what it has no word for."""
    content, kind, sender = raw["content"], raw["type"], raw["sender"]
    ours = content.get(OURS) or {}
    if kind == f"{OURS}.assigned":
        mine = content["agent"] == user
        note = "" if mine else "transferred" if content["agent"] else "resolved"
        return Event("assigned" if mine else "released", room, "system", raw["event_id"], note=note)
    who: Literal["customer", "agent"] = "customer" if sender.startswith("@douyin_") else "agent"
    if kind == "m.room.redaction":
        return Event("recalled", room, who, raw.get("redacts") or content["redacts"])
    if kind != "m.room.message" or "body" not in content:
        return None
    client_id, text = ours.get("client_id"), content["body"]
    if "in_doubt" in ours:
        kind = "in_doubt" if ours["in_doubt"] else "reply_failed"
        return Event(kind, room, "system", raw["event_id"], client_id=client_id, note=ours["why"])
    return Event("message", room, who, raw["event_id"], ours.get("message_id"), client_id, text)


target = Synapse()
