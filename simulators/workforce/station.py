"""One device of one agent: connected, cut, away, and back again with what it missed."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import aiohttp

from simulators.workforce.ledger import Ledger
from simulators.workforce.mind import backoff_s
from targets.interface import Closed, Cursor, Device, Event, TargetError

Connect = Callable[[str, Cursor | None], Awaitable[Device]]
Told = Callable[[str, Event], None]
_UNREACHED = (TargetError, aiohttp.ClientError, OSError, TimeoutError)


class Station:
    """Keeps one device connected until told to leave. `device` is None while it is not; `online` is set when it is."""

    def __init__(
        self, name: str, connect: Connect, told: Told, online: asyncio.Event, ledger: Ledger, rng: Random
    ) -> None:
        self.name = name
        self.device: Device | None = None
        self._connect = connect
        self._told = told
        self._online = online
        self._ledger = ledger
        self._rng = rng
        self._cursor: Cursor | None = None
        self._away_s = 0.0
        self._leaving = False

    async def connect(self) -> None:
        """Connect once, resuming where that is possible, and be available; raises TargetError."""
        device = await self._connect(self.name, self._cursor)
        if not device.resumed:
            await self._sign_on(device)
        if self._leaving:
            return await device.close()
        self._ledger.device_on(self.name, device.resumed)
        if not device.resumed:
            self._ledger.availability(self.name, "online")
        self.device = device
        self._online.set()
        return None

    async def live(self) -> None:
        """Listen and come back, until it leaves."""
        while not self._leaving:
            if self.device is not None:
                await self._listen(self.device)
            else:
                await self._come_back()

    async def drop(self, away_s: float) -> None:
        """Lose the connection without a word, and stay away that long; a device that is off already stays so."""
        if (device := self.device) is not None and not self._leaving:
            self._away_s = away_s
            self._gone(device, "cut")
            await device.cut()

    async def leave(self) -> None:
        """Close politely, for good."""
        self._leaving = True
        if (device := self.device) is not None:
            self._gone(device, "closed")
            await device.close()

    async def _sign_on(self, device: Device) -> None:
        try:
            await device.availability("online")
        except _UNREACHED:
            await device.cut()
            raise

    async def _listen(self, device: Device) -> None:
        async for event in device.events():
            if self.device is not device:
                return  # it was dropped: what an adapter still had in hand was never seen
            if isinstance(event, Closed):
                # "cut" alone is the harness's own doing, which excuses latency: a target's words never read like it
                self._gone(device, f"target: {event.reason or event.code}", event.resumable)
            else:
                self._told(self.name, event)

    async def _come_back(self) -> None:
        pause_s, self._away_s = self._away_s or backoff_s(0, self._rng), 0.0
        failures = 0
        while self.device is None and not self._leaving:
            await asyncio.sleep(pause_s)
            try:
                await self.connect()
            except _UNREACHED:
                failures += 1
                pause_s = backoff_s(failures, self._rng)

    def _gone(self, device: Device, why: str, resumable: bool = True) -> None:
        self._ledger.device_off(self.name, why)
        self._cursor = device.cursor if resumable else None
        self.device = None
