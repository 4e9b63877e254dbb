"""The lab: the simulated platform in this process, a target behind its adapter, and shops for tests to use up."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any, Final, Literal, cast

import pytest

from history.run import RunSpec, ShopSpec
from history.tokens import token
from simulators.douyin.doors import KEY_HEADER
from simulators.douyin.profiles import profile
from simulators.workforce.roster import register
from suites.api import Api, Who
from suites.customer import Customer
from suites.desk import Desk
from suites.hosting import Hosted
from suites.pace import Pace, lowest
from suites.setting import Setting, sized, trust
from suites.story import Story
from targets.interface import (
    Action,
    Agent,
    Change,
    Cursor,
    Device,
    Event,
    Leftover,
    Limits,
    Run,
    Sent,
    Shop,
    Snapshot,
    Target,
    TargetError,
    Transfer,
    Version,
)
from targets.platform import Platform

FAILED: Final = "the lab cannot be set up"  # a failure with these words ends the suite: it is no target's
_SENDER: Final = 1  # of the tokens that this process hands out
_POLL_S: Final = 0.02
_SETTLED_S: Final = 60.0
_DUE_S: Final = 1.0  # how late a real timer may be
_SKEW_S: Final = 5.0  # between the clocks of two machines
_CLOSE_S: Final = 30.0  # an adapter that hangs must not hang the suite
_END_S: Final = 5.0


class LabShop:
    """A shop of one test: its specification, the target's Shop, its agents, our contract's API where it speaks it."""

    def __init__(self, lab: "Lab", spec: ShopSpec, target: Shop, agents: list[Agent]) -> None:
        self.lab, self.spec, self.target, self.agents = lab, spec, target, agents
        self._numbers = count(1)

    @property
    def api(self) -> Api:
        """Calls of our contract as this shop's people; skips the test where the target does not speak it."""
        self.lab.need("contract")
        return Api(
            self.lab.run.http,
            self.lab.run.target_url,
            self.bearer,
            self.lab.operations,
            self.lab.story,
            self.lab.patience_s,
        )

    async def customer(self, name: str = "", nick: str = "", after: int = 0) -> Customer:
        """A customer who came; a new one unless `name` is that of one who was here before."""
        own = name or f"{self.spec.id}-c{next(self._numbers)}"
        made = Customer(own, self.spec.id, self.lab.mark, self.lab.story, self.lab.patience_s, self.lab.pace)
        await made.come(self.lab.run.http, self.lab.gateway_url, nick or f"测试{own}", after)
        self.lab.guests.append(made)
        return made

    async def desk(
        self, agent: int | Agent = 0, device: str = "1", resume: Cursor | None = None, *, online: bool = True
    ) -> Desk:
        """A device of an agent, connected, and the agent online unless told otherwise."""
        who = agent if isinstance(agent, Agent) else self.agents[agent]
        name = f"{who.id}/{device}"
        connected = await self.lab.connect(who, name, resume)
        made = Desk(who, connected, name, self.lab)
        if online:
            await made.availability("online")
        return made

    async def history(self, conversation: str, agent: int = 0) -> list[Event]:
        """Every message of a conversation, as an agent of the shop may see it now."""
        self.lab.need("history")
        return list(await cast(Any, self.lab.target).history(self.agents[agent], conversation, 0))

    async def state(self, agent: int = 0) -> Snapshot:
        """What a device of that agent would show that begins now."""
        self.lab.need("state")
        return cast(Snapshot, await cast(Any, self.lab.target).state(self.agents[agent]))

    async def configure(self, change: Change) -> None:
        """Change the shop's words or hours from now on."""
        self.lab.need(type(change).__name__.lower())
        await cast(Any, self.lab.target).configure(self.target, change)

    async def act(self, action: Action, agent: int = 0) -> Sent:
        """Do it as that agent."""
        name = type(action).__name__.lower()
        self.lab.need(name)
        done = cast(Sent, await cast(Any, self.lab.target).act(self.agents[agent], action))
        self.lab.story.tell(f"agent {self.agents[agent].id}", f"{name} -> {done.outcome} {done.code}".rstrip())
        return done

    async def transfer(self, conversation: str, to: int, by: int = 0) -> None:
        """Let an agent hand a conversation to a colleague."""
        done = await self.act(Transfer(conversation, self.agents[to]), agent=by)
        assert done.outcome == "ok", f"the transfer of {conversation} {done.outcome}: {done.code}"

    async def bearer(self, who: Who) -> str:
        """An access token: of an agent, of the shop's administrator, of the operator."""
        kinds: dict[Who, Shop | None] = {"admin": self.target, "operator": None}
        speaker = cast(Any, self.lab.target)
        return str(await speaker.bearer(kinds[who] if isinstance(who, str) else who))


class Lab:
    """One target, one gateway. Tests run one after the other here; a process of its own has a lab of its own."""

    def __init__(
        self,
        asked: Setting,
        spec: RunSpec,
        target: Target,
        run: Run,
        version: Version,
        near: str,
        hosted: Hosted | None,
    ) -> None:
        self.asked, self.spec, self.target, self.run, self.version = asked, spec, target, run, version
        self.gateway_url = near
        self.hosted = hosted
        self.story = Story()
        self.limits = target.limits or Limits()
        workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
        self.pace = Pace(lowest(workers, self.limits.max_rate, asked.bound.max_rate if asked.bound else 0.0))
        self.patience_s = asked.patience_s + 2 * self.limits.poll_s
        self.operations: frozenset[str] = frozenset()  # what the target's own openapi.yaml lists
        self.guests: list[Customer] = []
        self.desks: list[Desk] = []
        self.loop = asyncio.get_running_loop()
        self.folder = Path()
        self._specs: Iterator[ShopSpec] = iter(spec.shops)
        self._marks = count(1)
        self._webhook = ""
        self._shops = 0
        self._left: list[Leftover] | None = None
        self._time_s: float | None = None  # what a test may still let pass; None: it did not say

    @property
    def offers(self) -> frozenset[str]:
        """What the adapter offers, and a restart where the target is the suite's own process."""
        return self.target.offers | ({"restart"} if self.hosted else frozenset())

    @property
    def platform(self) -> Platform:
        """The platform profile of this lab: for pushes a test makes itself."""
        return profile(self.spec.platform, self.spec.scenario.gateway)

    def need(self, *names: str) -> None:
        """Skip the test, which is *not verified*, where the target does not offer one of these."""
        for name in names:
            if name not in self.offers:
                pytest.skip(f"not offered: {name}")

    def need_time(self, seconds: float) -> None:
        """Skip the test where the target's time cannot go on by so much: neither by a jump of its clock, nor by waiting
        (`--real-time`). More than that `advance` refuses.
        """
        if "clock" not in self.offers and seconds > (allowed := self.asked.real_time_s):
            pytest.skip(f"not offered: clock; without one this takes {seconds:g} s, and --real-time allows {allowed:g}")
        self._time_s = seconds + _SKEW_S

    def may(self, harm: str) -> None:
        """Skip where a test would harm a system that is not ours and whose adapter does not say that it may."""
        if self.hosted is None and harm not in self.limits.may_harm:
            pytest.skip(f"not offered: the adapter's limits.may_harm does not name {harm!r}")

    def mark(self) -> str:
        """A letters-only token that no other text of this run has."""
        return token(self.spec.number, _SENDER, next(self._marks))

    async def shop(self, agents: int = 1, capacity: int = 15) -> LabShop:
        """A shop of its own for a test, with that many agents (all certified, none online)."""
        try:
            spec = sized(next(self._specs), agents, capacity)
        except StopIteration:
            raise RuntimeError("the suite has used up all its shops") from None  # no fault of the target's
        try:
            made, staff = await self._furnish(spec, agents)
        except TargetError as error:
            if self._shops:
                raise
            raise TargetError(f"{FAILED}: {error}") from error  # without a first shop no test says anything
        self._shops += 1
        self.story.tell("lab", f"shop {spec.id} with {agents} agents, capacity {capacity}")
        return LabShop(self, spec, made, staff)

    async def _furnish(self, spec: ShopSpec, agents: int) -> tuple[Shop, list[Agent]]:
        made = await self.target.shop(spec)
        assert isinstance(made, Shop), f"the adapter's shop() gave {made!r}, and no targets.interface.Shop"
        if not self._webhook:
            await register(self.run.http, self.gateway_url, self.spec.key, made.webhook_url, trust(self.run.ca_file))
            self._webhook = made.webhook_url
        assert made.webhook_url == self._webhook, f"{made.webhook_url}: an application has one webhook, {self._webhook}"
        return made, await self.target.agents(made, agents)

    async def connect(self, agent: Agent, device: str, resume: Cursor | None) -> Device:
        """The adapter's connect."""
        return await self.target.connect(agent, device, resume)

    async def disturb(self, customer: Customer, **what: object) -> None:
        """Let the platform do something to the customer's next message, or the next call about it (docs/gateway.md)."""
        wish = {"customer": customer.id, "shop": customer.shop, "with": what}
        async with self.run.http.post(
            f"{self.gateway_url}/_golive/disturb", json=wish, headers={KEY_HEADER: self.spec.key}
        ) as answer:
            if answer.status != 200:
                raise RuntimeError(f"the simulated platform refused to disturb: {await answer.text()}")
        self.story.tell("platform", f"will disturb {customer.id}: {what}")

    async def pending(self) -> int:
        """Pushes that the platform has neither got acknowledged nor given up."""
        async with self.run.http.get(f"{self.gateway_url}/_golive/health") as answer:
            return int((await answer.json())["pending"])

    async def settled(self) -> None:
        """Wait until the platform has nothing on its way to the target."""
        until = monotonic() + _SETTLED_S
        while left := await self.pending():
            if monotonic() > until:
                raise TimeoutError(f"the platform still had {left} pushes on their way after {_SETTLED_S:g} s")
            await asyncio.sleep(_POLL_S)  # the platform has no event for it

    async def advance(self, seconds: float) -> None:
        """Let the target's business time go on; what became due then has happened when it returns."""
        if self._time_s is None:
            self.need("clock")
        elif seconds > self._time_s:
            raise ValueError(f"advance({seconds:g}): of what need_time asked for, {self._time_s:g} s are left")
        else:
            self._time_s -= seconds
        if "clock" in self.offers:
            self.story.tell("clock", f"jumps {seconds:g} s ahead")
            await cast(Any, self.target).advance(seconds)
        else:
            self.story.tell("clock", f"goes on for {seconds:g} s, in real time")
            # The one wait that is right: that time has passed is no event. Devices and customers go on meanwhile.
            await asyncio.sleep(seconds + _DUE_S)

    async def restart(self, how: Literal["kill", "stop"] = "kill") -> None:
        """kill -9, or a clean stop, and a new start; devices lose their connections."""
        self.need("restart")
        self.story.tell("lab", f"restarts the target ({how})")
        if self.hosted is None:
            await cast(Any, self.target).restart(how)
            return
        await self.hosted.stop(how)
        await self.hosted.start()

    async def leave(self) -> list[Leftover]:
        """Let the adapter remove its test data, once; what it could not remove."""
        if self._left is None:
            self._left = [Leftover("the test data of this run", f"close() did not end within {_CLOSE_S:g} s")]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_S):
                    self._left = list(await self.target.close())
        return self._left

    async def tidy(self) -> None:
        """End what a test left open."""
        for guest in self.guests:
            with contextlib.suppress(Exception):  # the test is over: how its connections end is nobody's matter
                await asyncio.wait_for(guest.leave(), _END_S)
        for desk in self.desks:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(desk.end(), _END_S)
        self.guests.clear()
        self.desks.clear()
        self._time_s = None
