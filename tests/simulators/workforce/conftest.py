"""A target in this process whose devices say what the test tells them to; for the agents' own rules only."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from history.events import Event as Row
from history.reader import read
from history.writer import Writer
from targets.interface import Closed, Cursor, Event, Sent, TargetError


class ScriptedDevice:
    """One connection; `tell` makes it yield, `outcomes` are its answers to replies (ok when used up)."""

    def __init__(self, target: "ScriptedTarget", name: str, resume: Cursor | None) -> None:
        self.name = name
        self.resumed = resume is not None
        self.cursor: Cursor | None = resume or "0"
        self._target = target
        self._queue: asyncio.Queue[Event | Closed] = asyncio.Queue()

    def tell(self, event: Event | Closed) -> None:
        self._queue.put_nowait(event)

    async def events(self) -> AsyncIterator[Event | Closed]:
        while True:
            event = await self._queue.get()
            if isinstance(event, Event) and event.seq:
                self.cursor = str(event.seq)
            yield event
            if isinstance(event, Closed):
                return

    async def reply(self, conversation: str, text: str, client_id: str) -> Sent:
        return self._target.answer("reply", self.name, conversation, text, client_id)

    async def resolve(self, conversation: str) -> Sent:
        return self._target.answer("resolve", self.name, conversation, "", "")

    async def availability(self, to: str) -> None:
        self._target.calls.append(("availability", self.name, to, "", ""))

    async def close(self) -> None:
        self.tell(Closed(1000, "bye"))

    async def cut(self) -> None:
        self.tell(Closed(1006, "lost"))


class ScriptedTarget:
    """`devices` are all connections ever made, `calls` everything asked; `refuse` connects that many times less."""

    def __init__(self) -> None:
        self.devices: list[ScriptedDevice] = []
        self.resumes: list[Cursor | None] = []
        self.calls: list[tuple[str, str, str, str, str]] = []
        self.outcomes: list[Sent] = []
        self.refuse = 0
        self._waiters: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    async def connect(self, device: str, resume: Cursor | None) -> ScriptedDevice:
        self.resumes.append(resume)
        if self.refuse:
            self.refuse -= 1
            raise TargetError("not now")
        self.devices.append(ScriptedDevice(self, device, resume))
        self.notice()
        return self.devices[-1]

    def answer(self, what: str, device: str, conversation: str, text: str, client_id: str) -> Sent:
        self.calls.append((what, device, conversation, text, client_id))
        outcome = self.outcomes.pop(0) if self.outcomes else Sent("ok", "m1")
        self.notice()
        return outcome

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait, at most 5 s, until something this target sees makes the condition true."""
        done = asyncio.get_running_loop().create_future()
        self._waiters.append((condition, done))
        self._check()
        await asyncio.wait_for(done, 5)

    def notice(self) -> None:
        """Look at what is waited for, once whoever acts now has gone as far as it can."""
        asyncio.get_running_loop().call_soon(self._check)

    def asked(self, what: str) -> list[tuple[str, str, str, str, str]]:
        return [call for call in self.calls if call[0] == what]

    def _check(self) -> None:
        for condition, done in self._waiters:
            if not done.done() and condition():
                done.set_result(None)


class Rows:
    """A history stream and what stands in it."""

    def __init__(self, folder: Path) -> None:
        self.writer = Writer(folder, "agents")

    def of(self, *kinds: str) -> list[Row]:
        self.writer.flush()
        return [row for row in (Row(**each) for each in read(self.writer.path).table.to_pylist()) if row.kind in kinds]


@pytest.fixture
async def target() -> ScriptedTarget:
    return ScriptedTarget()


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    rows = Rows(tmp_path)
    yield rows
    rows.writer.close()
