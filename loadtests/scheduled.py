"""The customers of a scenario: each user plays one slot of the schedule, with the mind of simulators/customers.py."""

from random import Random
from time import monotonic_ns
from typing import Any

from gevent.event import Event
from locust import LoadTestShape, task

from fixtures.shops import shop_of
from history.scenario import Scenario
from loadtests.customer import CustomerUser
from loadtests.process import LEAVE_NS, LoadProcess
from loadtests.schedule import Due, closed_visits, first_turn, next_active, open_slot, think_s
from simulators import customers as mind
from simulators.douyin.frames import Receive

LEAD_NS = 1_000_000_000  # customers connect this long before their first message
PATIENCE_S = 60.0  # closed workload: how long a reply is waited for; divided by nothing, the target is real
FAREWELL_S = 20.0  # … and how long after the goodbye


class ScheduledCustomer(CustomerUser):
    """Plays a slot from the run's start to the end of its phases, then stays connected until all are told to leave."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.scenario: Scenario = self.process.task.scenario
        self.memory = mind.Memory()

    def on_start(self) -> None:
        """Take a slot; the run's start must be known for that."""
        self.t0 = self.process.start()
        self.slot = self.process.next_slot()
        self.rng = Random(f"{self.scenario.seed}/mind/{self.slot}")

    @task
    def play(self) -> None:
        """The whole run of one slot; slots beyond the last customer only fill up the workers."""
        if self.slot < self.scenario.customers.concurrency:
            if self.scenario.customers.workload == "open":
                self._open()
            else:
                self._closed()
        self.process.leaving.wait()
        self._until(monotonic_ns() + self.slot * LEAVE_NS)
        self._rate_and_leave()
        Event().wait()  # until Locust ends the user

    def on_reply(self, frame: Receive, waited_s: float | None) -> None:
        """Take the reply in; some are confirmed as read."""
        business_s = (waited_s or 0.0) * self.scenario.business_speed
        self.memory = mind.react(self.memory, frame.text, business_s, self.process.script)
        if self.rng.random() < mind.READ_SHARE:
            self.read(frame.index)

    def on_stop(self) -> None:
        """Rate, then leave."""
        self._rate_and_leave()

    def _open(self) -> None:
        plan = open_slot(self.scenario, self.slot)
        texts: dict[int, list[str]] = {}
        visit = -1
        for place, due in enumerate(plan):
            intended = self._at(due.t_s)
            if due.visit != visit:
                visit = due.visit
                self._until(intended - LEAD_NS)
                self._come(visit)
            self._until(intended)
            if due.part == 0:
                texts[due.turn] = self._speak(due.parts, due.last)
            self.say(texts[due.turn][due.part], intended)
            if due.last and due.part == due.parts - 1:
                self._farewell(plan[place + 1 :][:1])

    def _closed(self) -> None:
        habits, phases = self.scenario.customers, self.scenario.phases
        at: float | None = first_turn(self.scenario, self.slot)
        visit = -1
        for number, last in closed_visits(habits.visit_turns, self.rng):
            if at is None:
                return
            if number != visit:
                visit = number
                self._until(self._at(at) - LEAD_NS)
                self._come(visit)
            self._turn(at, last)
            self.wait_reply(PATIENCE_S)
            if last:
                self._rate_and_leave()
            think = think_s(habits.think_s, self.scenario.business_speed, self.rng)
            at = next_active(phases, (monotonic_ns() - self.t0) / 1e9 + think)

    def _turn(self, at: float, last: bool) -> None:
        offsets = mind.burst(self.scenario.customers.burst_share, self.rng)
        self._texts.clear()  # what came late answers an older turn
        for text, late in zip(self._speak(len(offsets), last), offsets, strict=True):
            self._until(self._at(at + late))
            self.say(text, self._at(at + late))

    def _speak(self, size: int, last: bool) -> list[str]:
        habits, script = self.scenario.customers, self.process.script
        turn = mind.speak(self.who, self.memory, habits, size, last, self.rng, script)
        self.memory = mind.remember(self.memory, turn)
        return list(turn.texts)

    def _come(self, visit: int) -> None:
        """The slot's next customer arrives."""
        number = visit * self.scenario.customers.concurrency + self.slot
        shop = shop_of(self.slot, self.process.task.shops).id
        self.who = mind.customer(self.scenario.seed, number, shop, self.scenario.customers.vip_share)
        self.memory = mind.Memory()
        self.arrive(self.who.id, self.who.nick, shop)

    def _farewell(self, following: list[Due]) -> None:
        """After the goodbye: wait for an answer, but not into the next customer's time."""
        until = (self._at(following[0].t_s) - 2 * LEAD_NS) if following else monotonic_ns() + int(FAREWELL_S * 1e9)
        self._texts.clear()
        self.wait_reply(max(0.0, min(FAREWELL_S, (until - monotonic_ns()) / 1e9)))
        self._rate_and_leave()

    def _rate_and_leave(self) -> None:
        if self.visit:
            self.rate(mind.stars(self.memory, self.rng))
        self.leave()

    def _until(self, t: int) -> None:
        self.engine.clock.sleep_until(t)

    def _at(self, t_s: float) -> int:
        return self.t0 + int(t_s * 1e9)


class Rehearsal(LoadTestShape):
    """All users at once (their schedules spread what they do), until phases and drain are over or a stop is asked."""

    def tick(self) -> tuple[int, float] | None:
        """Locust asks once a second. Without a process (Locust only lists its classes) there is nothing to run."""
        process: LoadProcess | None = getattr(self.runner and self.runner.environment, "golive", None)
        if process is None or process.over():
            return None
        return process.users, float(process.users)
