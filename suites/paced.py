"""A short play at a stated load, recorded as a rehearsal records one, for the same figures from the same reports.

Everything but the target runs in this process: what its loop is late by (`lag_s`) is the harness's own error.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from time import monotonic_ns
from typing import Final, NamedTuple

import polars as pl

from history.reader import read
from history.tokens import find
from history.writer import Writer
from reports.gates import Figures, check_lines, judge
from reports.health import lag_p99
from reports.load import load
from reports.model import Gate
from reports.record import NS, History
from simulators.douyin import frames
from simulators.workforce.ledger import Ledger
from suites.customer import Customer
from suites.lab import Lab, LabShop
from targets.interface import Agent, Closed, Device, Event

_DEVICES: Final = ("1", "2")  # the first answers
LONGEST_S: Final = 60.0
_LATE_S: Final = 10.0  # how long the last replies may take
_FLUSHED_S: Final = 10.0  # the gateway's stream is written once a second
_POLL_S: Final = 0.05


class UnknownError(Exception):
    """What was measured says nothing about the target: no pass, and no broken promise either."""


class Load(NamedTuple):
    """So many customers' messages a second in all, each answered at once; the customers of a shop share one agent."""

    rate: float
    seconds: float
    shops: int
    customers: int  # of each shop

    @property
    def messages(self) -> int:
        """How many are written in all."""
        return round(self.rate * self.seconds)

    def at_most(self, rate: float) -> "Load":
        """The same messages in more time, no more of them a second than a target bears (0: no limit); what does not
        fit into LONGEST_S is left out.
        """
        if not rate or rate >= self.rate:
            return self
        return self._replace(rate=rate, seconds=min(self.messages / rate, LONGEST_S))

    def __str__(self) -> str:
        return f"{self.rate:g} messages and {self.rate:g} replies a second for {self.seconds:g} s"


class Played(NamedTuple):
    """The history of a play, and how late the harness's own loop was (p99, s; None: not known)."""

    history: History
    lag_s: float | None
    missing: str  # which replies did not come; "" where all did


def judged(line: str, history: History) -> Gate:
    """What a gate on latency finds in the history of a play. Raises UnknownError where that bears no judgement."""
    (wanted,) = check_lines((line,))
    gate = judge(wanted, Figures((), history.latencies, (), {}))
    if gate.state not in ("holds", "broken"):
        raise UnknownError(f"{line}: {gate.reason}")
    return gate


class _Customer(Customer):
    """One whose doings are rows."""

    writer: Writer

    async def write(self, number: int, due_ns: int) -> None:
        """The number-th message of the play, at its time."""
        own = f"{self.id}-p{number}"
        self._row("intended", t=due_ns, message=own)
        await asyncio.sleep(max(0, due_ns - monotonic_ns()) / NS)  # the pace of the load
        self._row("sent", t=monotonic_ns(), message=own)
        await self.say("在吗", own_id=own)

    async def hear(self, frame: frames.ServerFrame) -> None:
        """Record a reply in the moment it comes."""
        if isinstance(frame, frames.Receive):
            self._row("received", t=monotonic_ns(), message=find(frame.text), ref=frame.message)
        await super().hear(frame)

    def joined(self) -> None:
        """The connection is ready."""
        self._row("joined", t=monotonic_ns())

    def _row(self, kind: str, *, t: int, message: str = "", ref: str = "") -> None:
        self.writer.add(
            kind, t=t, shop=self.shop, conversation=self.conversation, actor=self.id, message=message, ref=ref
        )


async def play(lab: Lab, wanted: Load) -> Played:
    """Play the load in shops of their own, in a lab that is used for nothing else."""
    async with AsyncExitStack() as stack:
        people, staff = (
            stack.enter_context(closing(Writer(lab.folder / "history", part, lab.spec.id)))
            for part in ("customers", "agents")
        )
        customers: list[_Customer] = []
        for _ in range(wanted.shops):
            shop = await lab.shop(capacity=wanted.customers)
            await stack.enter_async_context(_staffed(lab, shop, staff))
            customers += [await _come(lab, shop, people) for _ in range(wanted.customers)]
        start = monotonic_ns()
        await asyncio.gather(
            *(customers[n % len(customers)].write(n, start + int(n * NS / wanted.rate)) for n in range(wanted.messages))
        )
        missing = await _answered(customers, wanted.messages)
        end = monotonic_ns()
    await _flushed(lab, monotonic_ns())
    history = load(lab.folder)
    return Played(history, _lag(history, start, end), missing)


async def _come(lab: Lab, shop: LabShop, writer: Writer) -> _Customer:
    made = _Customer(f"{shop.spec.id}-{lab.mark()}", shop.spec.id, lab.mark, lab.story, lab.patience_s)
    made.writer = writer
    await made.come(lab.run.http, lab.gateway_url, "测试顾客")
    made.joined()
    lab.guests.append(made)
    return made


@asynccontextmanager
async def _staffed(lab: Lab, shop: LabShop, writer: Writer) -> AsyncIterator[None]:
    agent = shop.agents[0]
    ledger = Ledger(writer, shop.spec.id, agent.id, agent.capacity)
    devices = [await _sign_on(lab, agent, f"{agent.id}/{name}", ledger) for name in _DEVICES]
    async with asyncio.TaskGroup() as listening:
        for name, device in devices:
            listening.create_task(_listen(lab, name, device, ledger, answers=name.endswith(_DEVICES[0])))
        yield
        for name, device in devices:
            ledger.device_off(name, "closed")
            await device.close()


async def _sign_on(lab: Lab, agent: Agent, name: str, ledger: Ledger) -> tuple[str, Device]:
    device = await lab.connect(agent, name, None)
    ledger.device_on(name, resumed=False)
    await device.availability("online")
    ledger.availability(name, "online")
    return name, device


async def _listen(lab: Lab, name: str, device: Device, ledger: Ledger, *, answers: bool) -> None:
    async with asyncio.TaskGroup() as replies:
        async for event in device.events():
            if isinstance(event, Closed):
                return
            if event.sender == "customer" and event.kind in ("message", "withheld"):
                ledger.customer_wrote(name, event, "")
                if answers:
                    replies.create_task(_answer(lab, name, device, ledger, event))
            elif event.kind != "message":
                ledger.told(name, event)


async def _answer(lab: Lab, name: str, device: Device, ledger: Ledger, event: Event) -> None:
    token = lab.mark()
    ledger.answered(name, event.conversation, token, event.platform_id or "", listed=False)
    ledger.replied(name, event.conversation, token, await device.reply(event.conversation, f"在的 {token}", token))


async def _answered(customers: list[_Customer], wanted: int) -> str:
    try:
        async with asyncio.timeout(_LATE_S):
            while (got := sum(len({one.text for one in each.received}) for each in customers)) < wanted:  # noqa: ASYNC110
                await asyncio.sleep(_POLL_S)  # many events, no one of which is the last
    except TimeoutError:
        return f"{got} of {wanted} replies came within {_LATE_S:g} s of the last message"
    return ""


async def _flushed(lab: Lab, until: int) -> None:
    """Until the platform's own stream tells of everything before that time (ns)."""
    async with asyncio.timeout(_FLUSHED_S):
        while read(lab.folder / "history" / "gateway.arrows").watermark < until:  # noqa: ASYNC110
            await asyncio.sleep(_POLL_S)  # a file has no event for it


def _lag(history: History, start: int, end: int) -> float | None:
    rows = history.rows.filter((pl.col("kind") == "lag") & pl.col("t").is_between(start, end))
    return lag_p99(rows["n"] / 1e6, (end - start) / NS)
