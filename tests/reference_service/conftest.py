"""A small stage for the pure core (one shop, its agents, customers who write), and a shop platform that checks."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import apsw
import msgspec
import pytest
from aiohttp import web

from reference_service.domain import (
    amending,
    assigning,
    clockwork,
    configuring,
    customers,
    handing,
    intake,
    labelling,
    noting,
    outbox,
    presence,
    reading,
    replies,
    shops,
    snoozing,
    speaking,
    visits,
)
from reference_service.domain.changes import Call, Changes
from reference_service.domain.events import Account, Echoed, Event, Kind, Ordered, OrderStep, Recalled, Written
from reference_service.domain.intake import Taking
from reference_service.domain.outbox import Answer
from reference_service.domain.reactions import settle
from reference_service.domain.records import Level, Logged, Message, Person, Priority, Shop
from reference_service.domain.replies import Accepted, Refused
from reference_service.domain.world import Desk, ShopFloor, Thread, World
from reference_service.filtering.words import Word, WordFilter
from reference_service.storage import tables
from reference_service.storage.journal import commit
from reference_service.storage.reader import Reader
from reference_service.storage.recovery import recover

T = TypeVar("T")
ECHO_WAIT_S = 10.0


class Stage:
    """Commands as short methods; `log(agent)` is what an agent was told, `calls` what was asked of the platform."""

    def __init__(self) -> None:
        self.world = World()
        self.now = 1000.0
        self.all: list[Changes] = []
        self.calls: list[Call] = []
        self.floor = self.shop("s1")

    def shop(self, name: str) -> ShopFloor:
        shop = Shop(id=name, name=name, open_id=f"o-{name}", client_key="ck", client_secret="cs", capacity=2, test=True)
        self._do(lambda changes: shops.add_shop(self.world, shop, "seal", changes))
        return self.world.floors[name]

    def agent(
        self,
        capacity: int = 2,
        certified: bool = True,
        device: str | None = "d1",
        shop: str = "s1",
        role: Any = "agent",
        level: Level = "regular",
    ) -> Desk:
        more = (capacity, certified, "seal")
        desk = self._do(lambda c: shops.add_agent(self.world, shop, "x", level, *more, c, role))
        if device:
            self.on(desk, device)
        return desk

    def on(self, desk: Desk, device: str = "d1") -> None:
        self._do(lambda changes: presence.device_on(self.world, desk, device, changes))

    def off(self, desk: Desk, device: str = "d1") -> None:
        presence.device_off(desk, device, self.now)

    def available(self, desk: Desk, to: Any) -> None:
        self._do(lambda changes: presence.set_availability(self.world, desk, to, changes))

    def words(self, *words: Word) -> None:
        self._do(lambda changes: shops.set_words(self.floor, WordFilter(words), changes))

    def configure(self, setting: msgspec.Struct) -> None:
        self._do(lambda changes: configuring.put(self.floor, setting, changes))

    def resolve(self, thread: Thread, reason: str = "agent") -> None:
        self._do(lambda changes: assigning.resolve(self.floor, thread, reason, changes))

    def gone(self, desk: Desk) -> None:
        """The agent had no device for longer than the resume window."""
        self._do(lambda changes: assigning.hand_on(self.world.floors[desk.person.shop_id], desk, "gone", changes))

    def event(self, event: Event) -> Taking:
        return self._do(lambda changes: intake.take(self.world, event, changes))

    def write(
        self, customer: str, message: str, text: str = "你好", shop: str = "s1", kind: str = "text", index: Any = None
    ) -> Taking:
        """A customer's message; its conversation is the customer's one with the shop."""
        where = f"@{customer}-{shop}"
        written = Written(self.account(shop), where, message, customer, f"昵称{customer}", kind, text, index)
        return self.event(written)

    def echo(self, customer: str, message: str, text: str) -> Taking:
        return self.event(Echoed(self.account("s1"), f"@{customer}-s1", message, text))

    def recall(self, message: str, conversation: str = "") -> Taking:
        return self.event(Recalled(self.account("s1"), conversation, message))

    @staticmethod
    def account(shop: str) -> Account:
        return Account("open-im", f"o-{shop}", "ck")

    def lead(self) -> Person:
        """The shop's administrator."""
        return next(person for person in self.world.people.values() if person.role == "admin")

    def give(self, customer: str, desk: Desk) -> None:
        self._do(lambda c: handing.give(self.floor, self.thread(customer), desk, self.lead(), c))

    def transfer(self, customer: str, desk: Desk | None, note: str = "", by: Person | None = None) -> None:
        who = by or self.lead()
        self._do(lambda c: handing.transfer(self.floor, self.thread(customer), desk, note, who, c))

    def snooze(self, customer: str, seconds: float) -> None:
        until = self.now + seconds
        self._do(lambda c: snoozing.snooze(self.world, self.thread(customer), until, self.lead(), c))

    def reopen(self, customer: str, desk: Desk | None = None) -> None:
        self._do(lambda c: visits.reopen(self.world, self.thread(customer), desk, self.lead(), c))

    def edit(self, customer: str, seq: int, text: str, by: Person) -> Message:
        return self._do(lambda c: amending.edit(self.world, self.thread(customer), seq, text, by, c))

    def take_back(self, customer: str, seq: int, by: Person, platform_can: bool = True) -> Message:
        return self._do(lambda c: amending.recall(self.world, self.thread(customer), seq, by, platform_can, c))

    def describe(self, customer: str, *tags: str) -> None:
        self._do(lambda c: customers.describe(self.floor.customers[customer], list(tags), None, c))

    def read(self, desk: Desk, customer: str, seq: int) -> None:
        self._do(lambda c: reading.mark(self.thread(customer), desk, seq, c))

    def remark(self, desk: Desk, customer: str, text: str, client_id: str) -> Accepted | Refused:
        name = self.thread(customer).conversation.id
        return self._do(lambda c: replies.remark(self.world, desk, name, text, client_id, c))

    def note(self, customer: str, text: str, by: Person | None = None) -> Message:
        who = by or self.lead()
        return self._do(lambda c: noting.note(self.floor, self.thread(customer), who, text, None, c))

    def say(self, customer: str, text: str, scene: str = "welcome") -> None:
        self._do(lambda c: speaking.say(self.world, self.thread(customer), text, scene, c))

    def order(self, customer: str, order: str, fen: int = 100, step: OrderStep = "paid", shop: str = "s1") -> None:
        """A step of a customer's order, told by the platform."""
        self.event(Ordered(self.account(shop), "", order, customer, step, fen))

    def put(self, setting: msgspec.Struct) -> None:
        self._do(lambda changes: configuring.put(self.floor, setting, changes))

    def label(self, customer: str, priority: Priority, *tags: str) -> None:
        self._do(lambda c: labelling.label(self.world, self.thread(customer), priority, tags, self.lead(), c))

    def reply(
        self, desk: Desk, thread: Thread, text: str, client_id: str, kind: Kind = "text", ref: str = ""
    ) -> Accepted | Refused:
        name = thread.conversation.id
        return self._do(lambda c: replies.reply(self.world, desk, name, text, client_id, c, kind, ref))

    def answer(self, call: Call, answer: Answer) -> None:
        thread = self.world.threads[call.conversation_id]
        self._do(lambda c: outbox.answered(self.world, thread, call.seq, answer, ECHO_WAIT_S, c))

    def wait(self, seconds: float) -> None:
        """Let time pass, and the clocks and the outbox do what is due."""
        self.now += seconds
        self._do(lambda changes: clockwork.run(self.world, self.now, changes))
        for thread in outbox.ripe(self.world, self.now):
            self._do(lambda changes, thread=thread: outbox.proceed(self.world, thread, changes))  # type: ignore[misc]

    def restart(self, folder: Path) -> None:
        """The world as its rows in this folder tell it; no device is connected any more."""
        connection = apsw.Connection(str(folder / "service.db"))
        connection.pragma("synchronous", "off")  # nobody pulls the plug of a test
        tables.prepare(connection)
        commit(connection, self.all)
        connection.close()
        reader = Reader(folder / "service.db")
        self.world, changes = recover(reader, self.now, ECHO_WAIT_S, self.world.speed)
        reader.close()
        self.floor = self.world.floors["s1"]
        self.all.append(changes)

    def thread(self, customer: str, shop: str = "s1") -> Thread:
        return self.world.floors[shop].threads[f"@{customer}-{shop}"]

    def log(self, desk: Desk) -> list[tuple[str, dict[str, Any]]]:
        """What an agent was told, in order: type and payload. Fails where the log is not dense."""
        rows = [row for changes in self.all for record, row in changes.rows if record is Logged]
        mine = [msgspec.convert(row, Logged) for row in rows if row[0] == desk.person.id]
        assert [entry.s for entry in mine] == list(range(1, len(mine) + 1))
        return [(entry.t, msgspec.json.decode(entry.d)) for entry in mine]

    def told(self, desk: Desk, kind: str) -> list[dict[str, Any]]:
        return [payload for told, payload in self.log(desk) if told == kind]

    def _do(self, command: Callable[[Changes], T]) -> T:
        changes = Changes(at=self.now)
        result = command(changes)
        settle(self.world, changes)
        self.all.append(changes)
        self.calls.extend(changes.calls)
        return result


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="session")
def new_stage() -> type[Stage]:
    """For property tests, which need one a case."""
    return Stage


class DoudianPlatform:
    """The shop platform's open API, refusing what is not canonical and signed; `script` holds the next answers."""

    def __init__(self) -> None:
        self.secret = "2ad2355c-01d0-11f8-91dc-05a8cd1054b1"
        self.key = "3409409348479354011"
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.tokens: list[str | None] = []  # the access token of each call
        self.granted: list[dict[str, Any]] = []
        self.script: list[dict[str, Any] | int] = []  # an answer's fields, or an HTTP status
        self.url = ""
        self._numbers = 7301234567890123457

    async def handle(self, request: web.Request) -> web.Response:
        query, body = request.query, await request.text()
        self.tokens.append(query.get("access_token"))
        if self.script:
            told = self.script.pop(0)
            return web.Response(status=told) if isinstance(told, int) else self._answer(told)
        asked = json.loads(body)
        canonical = json.dumps(asked, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        signed = f"app_key{self.key}method{query['method']}param_json{canonical}timestamp{query['timestamp']}v2"
        secret = self.secret
        right = hmac.new(secret.encode(), f"{secret}{signed}{secret}".encode(), hashlib.sha256).hexdigest()
        known = query["app_key"] == self.key and request.path == "/" + query["method"].replace(".", "/")
        if not known or (query["v"], query["sign_method"], query["sign"]) != ("2", "hmac-sha256", right):
            return self._answer({"code": 40003, "sub_code": "isv.signature-invalid"})
        return self._answer(self._token(asked) if request.path.startswith("/token/") else self._send(asked))

    def _token(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("code") == "wrong":
            return {"code": 50001, "sub_code": "dop.token-generate-failed:code-invalid"}
        self.granted.append(asked)
        number = len(self.granted)
        return {"data": {"access_token": f"at-{number}", "refresh_token": f"rt-{number}", "expires_in": 604800}}

    def _send(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._numbers += 1
        self.sent.put_nowait(asked)
        return {"data": {"message_id": str(self._numbers)}}

    @staticmethod
    def _answer(fields: dict[str, Any]) -> web.Response:
        ok = {"code": 10000, "msg": "success", "sub_code": "", "sub_msg": "", "log_id": "2021", "data": {}}
        return web.json_response(ok | fields)


@pytest.fixture
async def doudian() -> AsyncIterator[DoudianPlatform]:
    played = DoudianPlatform()
    app = web.Application()
    app.router.add_post("/{path:.*}", played.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    played.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield played
    await runner.cleanup()
