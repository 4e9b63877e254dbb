"""The adapter for the bundled reference service, against contract/openapi.yaml: an example to write one's own from.

Needs `operator_key` among the run's secrets. Every shop it makes is marked as test data, which `close` removes.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from time import monotonic
from typing import Literal

import aiohttp
import msgspec

from fixtures.automatic import Automatic
from fixtures.words import Listed
from history.run import ShopSpec
from targets import reference_acts as acts
from targets import reference_business as business
from targets.interface import (
    OFFERS,
    Action,
    Agent,
    Change,
    Cursor,
    Device,
    Event,
    FilterVerdict,
    Leftover,
    Limits,
    Profile,
    Run,
    Sent,
    Shop,
    Snapshot,
    TargetError,
    Version,
    Words,
)
from targets.reference_calls import BROKEN, Calls, Refused, why
from targets.reference_device import ANSWER_S, Frame, Socket, begin, event, identify

OFFERED = frozenset(OFFERS) - {"restart"}  # of a service that somebody else started
_TO_CUSTOMER = {"off_platform": "block", "paid_review": "block", "fraud": "block"}  # the others are masked
_TO_AGENT = {"abuse": "block"}  # staff need not read it; the others are masked


class _Page(msgspec.Struct):
    events: list[Frame]
    next: int
    limited: bool


class Reference:
    """targets.interface.Target."""

    name = "reference"
    offers = OFFERED
    limits = Limits()
    platform = "open-im"

    def __init__(self) -> None:
        self._run: Run
        self._call: Calls
        self._operator_key = ""
        self._admin_logins: dict[str, tuple[str, str]] = {}  # shop -> administrator's login, password
        self._levels: dict[str, str] = {}  # agent -> level, where the rehearsal gave one
        self._logins: dict[str, str] = {}  # agent -> login
        self._tokens: dict[str, tuple[float, str]] = {}  # login -> good until, access token
        self._looks = count(1)

    async def open(self, run: Run) -> Version:
        """Reach the service and learn its version; TargetError where it is down, mute, not ready or not ours."""
        self._run = run
        self._call = Calls(run)
        self._operator_key = run.secrets.get("operator_key", "")
        if not self._operator_key:
            raise TargetError(
                "the reference needs its operator key: set GOLIVE_OPERATOR_KEY to what it was started with"
            )
        await self._call("GET", "/readyz")
        told = await self._call("GET", "/version")
        absent = set() if await self._has_hooks() else {"clock"}
        absent |= set() if run.platform == "open-im" else {"recall"}  # no other platform has that call
        self.offers = type(self).offers - absent
        return Version(str(told.get("name", "")), str(told.get("version", "")))

    async def close(self) -> list[Leftover]:
        """Remove every test shop; what cannot be removed is told, not raised."""
        try:
            await self._call("DELETE", "/api/v1/test-data", self._operator_key)
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
        made = await self._call("POST", "/api/v1/shops", self._operator_key, body)
        self._admin_logins[made["id"]] = made["admin_login"], made["admin_password"]
        shop = Shop(want.id, made["id"], made["webhook_url"])
        rules = {"words": word_rules(self._run.words)}
        await self._call("PUT", "/api/v1/sensitive-words", await self._administrator(shop), rules)
        return shop

    async def agents(self, shop: Shop, n: int) -> list[Agent]:
        """Certified agents of the shop, with its capacity."""
        admin = await self._administrator(shop)
        agents = []
        for number in range(1, n + 1):
            body = {"name": f"测试客服 {shop.id}-{number}", "certified": True}
            made = await self._call("POST", "/api/v1/agents", admin, body)
            self._logins[made["id"]] = made["login"]
            agents.append(Agent(made["id"], shop, made["capacity"], made["password"]))
        return agents

    async def connect(self, agent: Agent, device: str, resume: Cursor | None) -> Device:
        """Open the device's WebSocket, resuming where that is possible; what was missed is never passed over."""
        async with self._socket(f"device {device}", agent) as (socket, token):
            connected = await begin(socket, token, device, resume, partial(self._missed, token))
        connected.level = self._levels.get(agent.id, "")
        connected.set_availability = partial(self._set_availability, agent)
        return connected

    async def automatic(self, shop: Shop, texts: Automatic) -> None:
        """targets.interface.Automates."""
        await business.automatic(self._call, await self._administrator(shop), texts)

    async def profiles(self, shop: Shop, customers: Sequence[Profile], agents: Sequence[Agent]) -> None:
        """targets.interface.Profiles."""
        admin = await self._administrator(shop)
        self._levels |= await business.profiles(self._call, admin, customers, agents)

    async def complain(self, agent: Agent, conversation: str, what: str) -> str:
        """targets.interface.HearsComplaints."""
        return await business.complain(self._call, await self._token(agent), conversation, what)

    async def close_complaint(self, agent: Agent, complaint: str, outcome: str) -> None:
        """targets.interface.HearsComplaints."""
        await business.close_complaint(self._call, await self._token(agent), complaint, outcome)

    async def figures(self, shop: Shop) -> Mapping[str, float]:
        """targets.interface.HasFigures."""
        return await business.figures(self._call, await self._administrator(shop))

    async def history(self, agent: Agent, conversation: str, after: int) -> list[Event]:
        """targets.interface.KeepsHistory."""
        kept = await acts.messages(self._call, await self._token(agent), conversation, after)
        return [acts.shown(each) for each in kept]

    async def state(self, agent: Agent) -> Snapshot:
        """targets.interface.ShowsState, by a real device that begins afresh and leaves at once."""
        async with self._socket(f"a fresh device of {agent.id}", agent) as (socket, token):
            await socket.expect("hello")
            ready = await identify(socket, token, f"look-{next(self._looks)}")
            await socket.ws.close()
            return acts.held(ready)

    async def act(self, agent: Agent, action: Action) -> Sent:
        """targets.interface.Acts."""
        return await acts.act(self._call, await self._token(agent), action)

    async def check_texts(
        self, shop: Shop, texts: Sequence[str], to: Literal["customer", "agent"]
    ) -> list[FilterVerdict]:
        """targets.interface.Filters."""
        return await acts.check_texts(self._call, await self._administrator(shop), texts, to)

    async def configure(self, shop: Shop, change: Change) -> None:
        """targets.interface.Configures."""
        admin = await self._administrator(shop)
        if isinstance(change, Words):
            await acts.words(self._call, admin, change)
        else:
            await acts.hours(self._call, admin, change)

    async def advance(self, seconds: float) -> None:
        """targets.interface.HasClock; the service must have been started with --test-hooks."""
        await self._call("POST", "/api/v1/test-hooks/clock", self._operator_key, {"advance_s": seconds})

    async def bearer(self, who: Agent | Shop | None) -> str:
        """targets.interface.SpeaksContract."""
        if who is None:
            return self._operator_key
        return await (self._token(who) if isinstance(who, Agent) else self._administrator(who))

    @asynccontextmanager
    async def _socket(self, who: str, agent: Agent) -> AsyncIterator[tuple[Socket, str]]:
        """An open WebSocket and the agent's token; it is closed where what is done with it fails."""
        url = self._run.target_url + "/api/v1/ws"
        try:
            async with asyncio.timeout(ANSWER_S):
                token = await self._token(agent)
                ws = await self._run.http.ws_connect(
                    url, decode_text=False, timeout=aiohttp.ClientWSTimeout(ws_close=2.0)
                )
                try:
                    yield Socket(ws), token
                except BaseException:
                    self._tokens.pop(self._logins[agent.id], None)  # it may be what was wrong
                    await ws.close()
                    raise
        except BROKEN as error:
            raise TargetError(f"{url}: {who} cannot connect: {why(error)}") from error

    async def _has_hooks(self) -> bool:
        try:
            await self._call("POST", "/api/v1/test-hooks/clock", self._operator_key, {})
        except Refused as error:
            if error.status != 404:
                raise
            return False
        return True

    async def _set_availability(self, agent: Agent, to: str) -> None:
        path = f"/api/v1/agents/{agent.id}/availability"
        await self._call("POST", path, await self._token(agent), {"availability": to})

    async def _missed(self, token: str, since: int, ready: Frame) -> list[tuple[int, Event]]:
        """The agent's log between a session that is over and the `ready` of the new one."""
        events: list[tuple[int, Event]] = []
        while since < ready.d.s:
            path = f"/api/v1/sync?since={since}&limit={acts.PAGE}"
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
        events: list[tuple[int, Event]] = []
        for held in ready.d.conversations:
            kept = await acts.messages(self._call, token, held.conversation_id, 0)
            events += [(ready.d.s, acts.shown(each)) for each in kept if each.status != "recalled"]
        return events

    async def _token(self, agent: Agent) -> str:
        return await self._signed_in(self._logins[agent.id], agent.secret)

    async def _administrator(self, shop: Shop) -> str:
        return await self._signed_in(*self._admin_logins[shop.target_id])

    async def _signed_in(self, login: str, password: str) -> str:
        """An access token that is good for a while yet."""
        until, token = self._tokens.get(login, (0.0, ""))
        if monotonic() >= until:
            told = await self._call("POST", "/api/v1/auth/login", "", {"login": login, "password": password})
            token = told["access_token"]
            self._tokens[login] = (monotonic() + told["expires_in"] * 0.8, token)
        return token


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
