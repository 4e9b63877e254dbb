"""One agent's life: told of messages on each device, answers them one at a time, oldest waiting first."""

import asyncio
from collections.abc import Callable
from random import Random

from fixtures.script import BUNDLED, Script
from history.scenario import Agents
from history.tokens import find
from simulators.workforce.complaints import Complaints
from simulators.workforce.ledger import Ledger
from simulators.workforce.mind import Inbox, Waiting, backoff_s, pause_s, skill
from simulators.workforce.replies import Draft, Replies
from simulators.workforce.station import Connect, Station
from targets.interface import Device, Event, Sent

_REMEMBERED = 4096  # target ids an agent knows as seen; a replay after a long absence is shorter


class SimulatedAgent:
    """A person at one or two devices. `begun` is called when the first customer's message appears."""

    def __init__(
        self,
        connect: Connect,
        devices: list[str],
        habits: Agents,
        business_speed: float,
        replies: Replies,
        ledger: Ledger,
        begun: Callable[[], None],
        rng: Random,
        script: Script = BUNDLED,
        complaints: Complaints | None = None,
        greetings: frozenset[str] = frozenset(),
    ) -> None:
        self._greetings = greetings  # tokens of automatic texts that answer nothing
        self._complaints = complaints or Complaints(ledger, script)
        self._online = asyncio.Event()
        self.stations = [Station(name, connect, self._told, self._online, ledger, rng) for name in devices]
        self._habits = habits
        self._speed = business_speed
        self._replies = replies
        self._ledger = ledger
        self._begun = begun
        self._rng = rng
        self._script = script
        self._skill = skill(rng)
        self._inbox = Inbox()
        self._something = asyncio.Event()
        self._seen: dict[tuple[str, str], None] = {}

    async def work(self) -> None:
        """Answer what waits, for ever."""
        while True:
            await self._something.wait()
            waiting = self._inbox.oldest()
            if waiting is None:
                self._something.clear()
            else:
                await self._answer(waiting.conversation, self._replies.write(waiting.text))

    def _told(self, device: str, event: Event) -> None:
        if event.kind in ("message", "withheld"):
            if event.sender == "customer":
                self._read(device, event)
            elif event.sender == "bot":
                self._ledger.told(device, event)
                if find(event.text or "") not in self._greetings:
                    self._inbox.forget(event.conversation)  # answered: a person need not say it again
        elif event.kind not in ("reply_failed", "in_doubt") or self._first(event.kind, event.client_id or ""):
            self._ledger.told(device, event)
            if event.kind == "released":
                self._inbox.forget(event.conversation)

    def _read(self, device: str, event: Event) -> None:
        text = event.text or ""
        self._ledger.customer_wrote(device, event, self._script.words.listed_in(text))
        if self._first("message", event.target_id):
            self._inbox.heard(Waiting(event.conversation, event.platform_id or event.target_id, text))
            self._something.set()
            self._begun()

    def _first(self, kind: str, name: str) -> bool:
        """Whether no device has told this before; the agent acts once, on the device that is first."""
        if (kind, name) in self._seen:
            return False
        self._seen[kind, name] = None
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return True

    async def _answer(self, conversation: str, draft: Draft, complaint: str = "") -> None:
        await asyncio.sleep(pause_s(self._habits, self._skill, draft.words, self._speed, self._rng))
        current = self._inbox.take(conversation)  # everything written there until now is answered by this reply
        if current is None:
            return
        complaint = complaint or await self._complaints.hear(conversation, current.text)
        sent = await self._send(current, draft)
        if sent.outcome == "failed" and draft.listed:
            self._inbox.again(current)
            await self._answer(conversation, self._replies.write(current.text, decent=True), complaint)
            return
        await self._complaints.settle(conversation, complaint)
        if self._script.dialogues.is_closing(current.text):
            await self._resolve(conversation)

    async def _send(self, current: Waiting, draft: Draft) -> Sent:
        """Press send once, and again with the same id while the outcome is unknown or the target asks for later."""
        station, device = await self._at_a_device()
        self._ledger.answered(station.name, current.conversation, draft.token, current.message, draft.listed)
        failures = 0
        while True:
            sent = await device.reply(current.conversation, draft.text, draft.token)
            self._ledger.replied(station.name, current.conversation, draft.token, sent)
            if sent.outcome != "unknown" and sent.code != "overloaded":
                return sent
            await asyncio.sleep(backoff_s(failures, self._rng))
            failures += 1
            station, device = await self._at_a_device()

    async def _resolve(self, conversation: str) -> None:
        failures = 0
        while True:
            _, device = await self._at_a_device()
            if (await device.resolve(conversation)).outcome != "unknown":
                return
            await asyncio.sleep(backoff_s(failures, self._rng))
            failures += 1

    async def _at_a_device(self) -> tuple[Station, Device]:
        while True:
            for station in self.stations:
                if station.device is not None:
                    return station, station.device
            self._online.clear()
            await self._online.wait()
