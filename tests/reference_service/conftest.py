"""A small stage for the pure core (one shop, its agents, customers who write) that keeps every command's changes."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import pytest

from reference_service.domain import intake, outbox, presence, replies, shops
from reference_service.domain.changes import Call, Changes
from reference_service.domain.events import Account, Echoed, Event, Recalled, Written
from reference_service.domain.intake import Taking
from reference_service.domain.outbox import Answer
from reference_service.domain.records import Logged, Shop
from reference_service.domain.replies import Accepted, Refused
from reference_service.domain.world import Desk, ShopFloor, Thread, World
from reference_service.filtering.words import Word

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

    def agent(self, capacity: int = 2, certified: bool = True, device: str | None = "d1", shop: str = "s1") -> Desk:
        desk = self._do(lambda c: shops.add_agent(self.world, shop, "x", "regular", capacity, certified, "seal", c))
        if device:
            self.on(desk, device)
        return desk

    def on(self, desk: Desk, device: str = "d1") -> None:
        self._do(lambda changes: presence.device_on(self.world, desk, device, changes))

    def off(self, desk: Desk, device: str = "d1") -> None:
        presence.device_off(desk, device, self.now)

    def available(self, desk: Desk, to: Any) -> None:
        self._do(lambda changes: presence.set_availability(self.world, desk, to, self.now, changes))

    def words(self, *words: Word) -> None:
        self._do(lambda changes: shops.set_words(self.floor, words, (), changes))

    def event(self, event: Event) -> Taking:
        return self._do(lambda changes: intake.take(self.world, event, self.now, changes))

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

    def reply(self, desk: Desk, thread: Thread, text: str, client_id: str) -> Accepted | Refused:
        return self._do(lambda c: replies.reply(self.world, desk, thread.conversation.id, text, client_id, self.now, c))

    def answer(self, call: Call, answer: Answer) -> None:
        thread = self.world.threads[call.conversation_id]
        self._do(lambda c: outbox.answered(self.world, thread, call.seq, answer, ECHO_WAIT_S, self.now, c))

    def wait(self, seconds: float) -> None:
        """Let time pass, and the outbox do what is due."""
        self.now += seconds
        for thread in outbox.ripe(self.world, self.now):
            self._do(lambda changes, thread=thread: outbox.proceed(self.world, thread, changes))  # type: ignore[misc]

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
        changes = Changes()
        result = command(changes)
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
