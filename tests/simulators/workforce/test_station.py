"""One device that is connected, cut, and comes back."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

from simulators.workforce.ledger import Ledger
from simulators.workforce.station import Station
from targets.interface import Closed, Event, TargetError

Target = Any  # the fixtures of conftest.py
Rows = Any
HELLO = Event("message", "c1", "customer", target_id="m1", platform_id="@1", text="你好", seq=1)


class Desk:
    """A station with its ears: `heard` is what it was told."""

    def __init__(self, target: Target, rows: Rows) -> None:
        self.heard: list[tuple[str, Event]] = []
        self.station = Station(
            "a1/1",
            target.connect,
            self.hear,
            asyncio.Event(),
            Ledger(rows.writer, "s01", "a1", 15),
            Random(1),
        )
        self.life: asyncio.Task[None] | None = None
        self.notice = target.notice

    def hear(self, device: str, event: Event) -> None:
        self.heard.append((device, event))
        self.notice()

    async def begin(self) -> None:
        await self.station.connect()
        self.life = asyncio.create_task(self.station.live())


@pytest.fixture
async def desk(target: Target, rows: Rows) -> AsyncIterator[Desk]:
    desk = Desk(target, rows)
    yield desk
    if desk.life is not None:
        await desk.station.leave()
        await asyncio.wait_for(desk.life, 5)


def notes(rows: Rows) -> list[tuple[str, str]]:
    return [(row.kind, row.note) for row in rows.of("device_on", "device_off", "availability")]


async def test_a_fresh_device_makes_its_agent_available(desk: Desk, target: Target, rows: Rows) -> None:
    await desk.begin()
    assert target.asked("availability") == [("availability", "a1/1", "online", "", "")]
    assert notes(rows) == [("device_on", "fresh"), ("availability", "online")]
    assert {(row.shop, row.actor, row.device) for row in rows.of("device_on")} == {("s01", "a1", "a1/1")}


async def test_a_dropped_device_resumes_after_the_last_event_it_showed(desk: Desk, target: Target, rows: Rows) -> None:
    await desk.begin()
    target.devices[0].tell(HELLO)
    await target.until(lambda: desk.heard)
    await desk.station.drop(0.001)
    target.devices[0].tell(HELLO._replace(seq=2))  # what an adapter still had in hand when the line was cut
    await target.until(lambda: len(target.devices) == 2)
    assert target.resumes == [None, "1"]
    assert desk.heard == [("a1/1", HELLO)]
    assert notes(rows)[2:] == [("device_off", "cut"), ("device_on", "resumed")]


async def test_a_lost_connection_resumes_and_tells_why_it_went(desk: Desk, target: Target, rows: Rows) -> None:
    await desk.begin()
    target.devices[0].tell(HELLO)
    target.devices[0].tell(Closed(1006, "reset by peer"))
    await target.until(lambda: len(target.devices) == 2)
    assert target.resumes == [None, "1"]
    assert ("device_off", "target: reset by peer") in notes(rows)


async def test_where_the_session_is_over_the_device_begins_anew(desk: Desk, target: Target) -> None:
    await desk.begin()
    target.devices[0].tell(Closed(4001, "signed out", resumable=False))
    await target.until(lambda: len(target.asked("availability")) == 2)
    assert target.resumes == [None, None]


async def test_a_dead_target_is_asked_again_until_it_is_back(desk: Desk, target: Target) -> None:
    await desk.begin()
    target.refuse = 3
    target.devices[0].tell(Closed(1006, "killed"))
    await target.until(lambda: len(target.devices) == 2)
    assert target.resumes == [None, "0", "0", "0", "0"]


async def test_the_first_connection_must_succeed(desk: Desk, target: Target) -> None:
    target.refuse = 1
    with pytest.raises(TargetError, match="not now"):
        await desk.begin()


async def test_leaving_is_polite_and_final(desk: Desk, target: Target, rows: Rows) -> None:
    await desk.begin()
    await desk.station.leave()
    assert desk.life is not None
    await asyncio.wait_for(desk.life, 5)
    await desk.station.drop(0.001)
    assert (len(target.devices), notes(rows)[-1]) == (1, ("device_off", "closed"))
