"""All simulated agents of a run: made, connected, working, and dropped by schedule."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from random import Random
from typing import cast

from fixtures.automatic import automatic
from fixtures.script import Script, script_of
from history.run import RunSpec
from history.tokens import find
from history.writer import Writer
from simulators.workforce import drops
from simulators.workforce.agent import SimulatedAgent
from simulators.workforce.complaints import Complaints
from simulators.workforce.ledger import Ledger
from simulators.workforce.replies import Replies
from targets.interface import Agent, HearsComplaints, Target

_AT_ONCE = 16  # devices being connected at the same time


class Crew:
    """The agents at their stations. `begun` is set when the first customer's message is seen."""

    def __init__(self, target: Target, spec: RunSpec, staff: Sequence[Agent], writer: Writer) -> None:
        self.begun = asyncio.Event()
        self._spec = spec
        script = script_of(spec.scenario.talk)
        rng = Random(f"{spec.seed} workforce")
        seconds = round(len(staff) * spec.scenario.shops.second_device_share)
        second = set(rng.sample(range(len(staff)), min(seconds, len(staff))))
        self.agents = [
            _simulate(target, spec, agent, number, 2 if number in second else 1, writer, self.begun.set, script)
            for number, agent in enumerate(staff)
        ]
        self.stations = [station for agent in self.agents for station in agent.stations]

    async def connect(self) -> None:
        """Every device for the first time; raises the first TargetError."""
        await _each(station.connect for station in self.stations)

    async def live(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for station in self.stations:
                tasks.create_task(station.live())
            for agent in self.agents:
                tasks.create_task(agent.work())
            tasks.create_task(self._drop())

    async def leave(self) -> None:
        """Every device closes politely."""
        await _each(station.leave for station in self.stations)

    async def _drop(self) -> None:
        """Cut devices while the scenario's phases last; the drain is left in peace."""
        scenario = self._spec.scenario
        seconds = sum(phase.seconds for phase in scenario.phases)
        plan = drops.schedule(scenario.faults, len(self.stations), seconds, Random(f"{self._spec.seed} drops"))
        await self.begun.wait()
        loop = asyncio.get_running_loop()
        begin = loop.time()
        for drop in plan:
            await asyncio.sleep(begin + drop.at_s - loop.time())
            await self.stations[drop.device].drop(drop.away_s)


def _simulate(
    target: Target,
    spec: RunSpec,
    agent: Agent,
    number: int,
    devices: int,
    writer: Writer,
    begun: Callable[[], None],
    script: Script,
) -> SimulatedAgent:
    rng = Random(f"{spec.seed} agent {number}")
    habits = spec.scenario.agents
    ledger = Ledger(writer, agent.shop.id, agent.id, agent.capacity)
    wanted = spec.scenario.business.complaints and "complaints" in target.offers
    texts = automatic(spec.number, script, spec.scenario.business)
    greetings = frozenset(filter(None, map(find, (texts.welcome, texts.complaint_closed))))
    return SimulatedAgent(
        partial(target.connect, agent),
        [f"{agent.id}/{device}" for device in range(1, devices + 1)],
        habits,
        spec.scenario.business_speed,
        Replies(spec.number, number, habits.listed_share, rng, script),
        ledger,
        begun,
        rng,
        script,
        Complaints(ledger, script, cast(HearsComplaints, target) if wanted else None, agent),
        greetings,
    )


async def _each(steps: Iterable[Callable[[], Awaitable[None]]]) -> None:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def passing(step: Callable[[], Awaitable[None]]) -> None:
        async with gate:
            await step()

    await asyncio.gather(*(passing(step) for step in steps))
