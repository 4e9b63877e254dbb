"""The adapter for the bundled reference service, against contract/openapi.yaml: an example to write one's own from.

Needs `operator_key` among the run's secrets. Every shop it makes is marked as test data, which `close` removes.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from time import monotonic
from typing import Any

import aiohttp
import msgspec

from fixtures.automatic import Automatic
from fixtures.words import Listed
from history.run import ShopSpec
from targets import reference_business as business
from targets.interface import (
    Agent,
    Cursor,
    Device,
    Event,
    Leftover,
    Limits,
    Profile,
    Run,
    Shop,
    TargetError,
    Version,
)
from targets.reference_device import ANSWER_S, Data, Frame, Socket, begin, event

_PAGE = 500
_TO_CUSTOMER = {"off_platform": "block", "paid_review": "block", "fraud": "block"}  # the others are masked
_TO_AGENT = {"abuse": "block"}  # staff need not read it; the others are masked
_BROKEN = (aiohttp.ClientError, OSError, TimeoutError)


class _Page(msgspec.Struct):
    events: list[Frame]
    next: int
    limited: bool


class _Message(msgspec.Struct):
    conversation_id: str
    message_id: str
    seq: int
    sender: str
    platform_message_id: str | None
    client_msg_id: str | None
    text: str | None
    blocked: bool
    status: str


class _Messages(msgspec.Struct):
    items: list[_Message]
    next: int | None


class Reference:
    """targets.interface.Target."""

    name = "reference"
    offers = frozenset({"resume", "automatic", "profiles", "complaints", "figures"})
    limits = Limits()
    platform = "open-im"

    def __init__(self) -> None:
        self._run: Run
        self._admins: dict[str, str] = {}  # shop -> administrator's access token
        self._admin_logins: dict[str, tuple[str, str]] = {}  # shop -> administrator's login, password
        self._levels: dict[str, str] = {}  # agent -> level, where the rehearsal gave one
        self._logins: dict[str, str] = {}  # agent -> login
        self._tokens: dict[str, tuple[float, str]] = {}  # agent -> good until, access token

    async def open(self, run: Run) -> Version:
        """Reach the service and learn its version; TargetError where it is down, mute, not ready or not ours."""
        self._run = run
        if not run.secrets.get("operator_key"):
            raise TargetError(
                "the reference needs its operator key: set GOLIVE_OPERATOR_KEY to what it was started with"
            )
        await self._call("GET", "/readyz")
        told = await self._call("GET", "/version")
        return Version(str(told.get("name", "")), str(told.get("version", "")))

    async def close(self) -> list[Leftover]:
        """Remove every test shop; what cannot be removed is told, not raised."""
        try:
            await self._call("DELETE", "/api/v1/test-data", self._run.secrets["operator_key"])
        except TargetError as error:
            return [Leftover("the shops of this run", str(error))]
        return []

    async def shop(self, want: ShopSpec) -> Shop:
        """Create the shop with its administrator and the merchant's word list."""
        body = {
            "name": want.name,
            "open_id": want.open_id,
            "client_key": self._run.app.client_key,
            "client_secret": self._run.app.client_secret,
            "authorization_code": want.authorization_code,
            "capacity": want.capacity,
            "test": True,
            "platform": self._run.platform,
        }
        made = await self._call("POST", "/api/v1/shops", self._run.secrets["operator_key"], body)
        admin = await self._login(made["admin_login"], made["admin_password"])
        self._admins[made["id"]] = admin["access_token"]
        self._admin_logins[made["id"]] = made["admin_login"], made["admin_password"]
        await self._call(
            "PUT", "/api/v1/sensitive-words", admin["access_token"], {"words": word_rules(self._run.words)}
        )
        return Shop(want.id, made["id"], made["webhook_url"])

    async def agents(self, shop: Shop, n: int) -> list[Agent]:
        """Certified agents of the shop, with its capacity."""
        agents = []
        for number in range(1, n + 1):
            body = {"name": f"测试客服 {shop.id}-{number}", "certified": True}
            made = await self._call("POST", "/api/v1/agents", self._admins[shop.target_id], body)
            self._logins[made["id"]] = made["login"]
            agents.append(Agent(made["id"], shop, made["capacity"], made["password"]))
        return agents

    async def connect(self, agent: Agent, device: str, resume: Cursor | None) -> Device:
        """Open the device's WebSocket, resuming where that is possible; what was missed is never passed over."""
        url = self._run.target_url + "/api/v1/ws"
        try:
            async with asyncio.timeout(ANSWER_S):
                token = await self._token(agent)
                ws = await self._run.http.ws_connect(
                    url, decode_text=False, timeout=aiohttp.ClientWSTimeout(ws_close=2.0)
                )
                try:
                    connected = await begin(Socket(ws), token, device, resume, partial(self._missed, token))
                except BaseException:
                    self._tokens.pop(agent.id, None)  # it may be what was wrong
                    await ws.close()
                    raise
        except _BROKEN as error:
            raise TargetError(f"{url}: device {device} cannot connect: {_name(error)}") from error
        connected.level = self._levels.get(agent.id, "")
        connected.set_availability = partial(self._set_availability, agent)
        return connected

    async def automatic(self, shop: Shop, texts: Automatic) -> None:
        """targets.interface.Automates."""
        await business.automatic(self._call, self._admins[shop.target_id], texts)

    async def profiles(self, shop: Shop, customers: Sequence[Profile], agents: Sequence[Agent]) -> None:
        """targets.interface.Profiles."""
        self._levels |= await business.profiles(self._call, self._admins[shop.target_id], customers, agents)

    async def complain(self, agent: Agent, conversation: str, what: str) -> str:
        """targets.interface.HearsComplaints."""
        return await business.complain(self._call, await self._token(agent), conversation, what)

    async def close_complaint(self, agent: Agent, complaint: str, outcome: str) -> None:
        """targets.interface.HearsComplaints."""
        await business.close_complaint(self._call, await self._token(agent), complaint, outcome)

    async def figures(self, shop: Shop) -> Mapping[str, float]:
        """targets.interface.HasFigures."""
        admin = await self._login(*self._admin_logins[shop.target_id])  # a long run outlives the first token
        return await business.figures(self._call, admin["access_token"])

    async def _set_availability(self, agent: Agent, to: str) -> None:
        path = f"/api/v1/agents/{agent.id}/availability"
        await self._call("POST", path, await self._token(agent), {"availability": to})

    async def _missed(self, token: str, since: int, ready: Frame) -> list[tuple[int, Event]]:
        """The agent's log between a session that is over and the `ready` of the new one."""
        events: list[tuple[int, Event]] = []
        while since < ready.d.s:
            path = f"/api/v1/sync?since={since}&limit={_PAGE}"
            page = msgspec.convert(await self._call("GET", path, token), _Page)
            if page.limited:
                return await self._reread(token, ready)
            events += [(frame.s, event(frame)) for frame in page.events if frame.s <= ready.d.s]
            if page.next <= since:
                raise TargetError(f"{path}: the page goes no further ({page.next}) though the log does ({ready.d.s})")
            since = page.next
        return events

    async def _reread(self, token: str, ready: Frame) -> list[tuple[int, Event]]:
        """Where the log no longer reaches back: every message of the conversations held now."""
        events = []
        for held in ready.d.conversations:
            after: int | None = 0
            while after is not None:
                path = f"/api/v1/conversations/{held.conversation_id}/messages?after={after}&limit={_PAGE}"
                page = msgspec.convert(await self._call("GET", path, token), _Messages)
                events += [(ready.d.s, event(_dispatch(each))) for each in page.items if each.status != "recalled"]
                after = page.next
        return events

    async def _token(self, agent: Agent) -> str:
        until, token = self._tokens.get(agent.id, (0.0, ""))
        if monotonic() >= until:
            told = await self._login(self._logins[agent.id], agent.secret)
            token = told["access_token"]
            self._tokens[agent.id] = (monotonic() + told["expires_in"] * 0.8, token)
        return token

    async def _login(self, login: str, password: str) -> Any:
        return await self._call("POST", "/api/v1/auth/login", "", {"login": login, "password": password})

    async def _call(self, method: str, path: str, token: str = "", body: object = None) -> Any:
        """A call's decoded answer ({} where it is empty); anything but 2xx in time is a TargetError."""
        url = self._run.target_url + path
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = None if body is None else msgspec.json.encode(body)
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            async with (
                asyncio.timeout(ANSWER_S),
                self._run.http.request(method, url, data=data, headers=headers) as got,
            ):
                status, answer = got.status, await got.read()
        except _BROKEN as error:
            raise TargetError(f"{method} {url}: no answer ({_name(error)}); is the target running there?") from error
        if status >= 300:
            raise TargetError(f"{method} {url}: answered {status}: {answer[:200].decode(errors='replace')}")
        try:
            return msgspec.json.decode(answer) if answer else {}
        except msgspec.DecodeError as error:
            raise TargetError(f"{method} {url}: the answer is no JSON; is this the reference service?") from error


def word_rules(words: Iterable[Listed]) -> list[dict[str, str]]:
    """The merchant's list as the reference wants it: each word with its action each way."""
    return [
        {
            "word": each.word,
            "to_customer": _TO_CUSTOMER.get(each.category, "mask"),
            "to_agent": _TO_AGENT.get(each.category, "mask"),
        }
        for each in words
    ]


def _dispatch(message: _Message) -> Frame:
    fields = msgspec.structs.asdict(message)
    kind = "message.blocked" if fields.pop("blocked") else "message.created"
    return Frame(t=kind, d=msgspec.convert(fields, Data))


def _name(error: BaseException) -> str:
    return f"not within {ANSWER_S:.0f} s" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
