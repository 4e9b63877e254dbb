"""One Locust process of a run: its share of the slots, its connections, its stream, and the moment the run begins."""

import contextlib
import gc
import logging
import os
import sys
from time import monotonic_ns

import gevent
from gevent.event import AsyncResult, Event
from locust.env import Environment

from fixtures.people import person
from fixtures.script import script_of
from history.scenario import Phase
from loadtests import storms
from loadtests.assignment import Assignment
from loadtests.delivery import deliver
from loadtests.engine import Engine
from loadtests.pacer import Pacer
from loadtests.recorder import Recorder
from loadtests.schedule import begins, length_s
from loadtests.team import Team
from loadtests.timekeeping import Timekeeper
from simulators.douyin.door_client import DoorError

BEFORE_NS = 1_000_000_000  # between test start and run start: users are made, nothing is sent
PER_USER_NS = 600_000  # … and this much more for each user
LEAVE_NS = 1_000_000  # between two customers' goodbyes: a crowd at the door would hold up everybody's last replies
HEALTH_NS = 500_000_000  # health is sampled from this long before the run's start: making the users is no load

_log = logging.getLogger("golive.customers")


class LoadProcess:
    """What the users of this process share. Lives as long as the process; `begin` and `end` frame one test.

    A master has no users and no engine; its stream tells the phases, and who was lost.
    """

    engine: Engine

    def __init__(self, environment: Environment, task: Assignment) -> None:
        """Raises DoorError where the gateway's clock cannot be read."""
        self.task = task
        self.script = script_of(task.scenario.talk)
        self.stopping = False
        self.recorder = Recorder(None, "", "")
        self.leaving = Event()  # users that have nothing left to do wait for it
        self.team = Team(environment)
        self._time = Timekeeper(task.doors, far=task.folder is None)
        self._gone_by = 0  # when they all have left (ns)
        self._clock: gevent.Greenlet[..., None] | None = None
        self._storms: gevent.Greenlet[..., None] | None = None
        self._start: AsyncResult[int] = AsyncResult()
        self._environment = environment
        self._pacer = Pacer()
        self._users = 0
        person(task.scenario.seed, 0)  # makes the pool of people now, not under load

    def join(self) -> None:
        """Be one of Locust's processes from now on."""
        self.team.join(lambda t0: self._set_start(self._time.from_gateway(t0)), self.leave, self._late)

    @property
    def users(self) -> int:
        """Users to spawn over all workers: one a slot, rounded up so that every worker has equally many."""
        each = -(-self.task.scenario.customers.concurrency // self.team.size)
        return each * self.team.size

    def start(self) -> int:
        """When the run starts (ns); waits until that is known."""
        t0 = self._start.get()
        assert t0 is not None
        return t0

    def next_slot(self) -> int:
        """The next slot of this process: its rank, then one for each process; may be beyond the last customer."""
        slot = self.team.rank + self._users * self.team.size
        self._users += 1
        return slot

    def place_s(self) -> float:
        """Seconds until this process may send its next customer message: its share of the scenario's max_rate."""
        return self._pacer.wait_s(monotonic_ns() / 1e9, self.task.scenario.max_rate / self.team.size)

    def over(self) -> bool:
        """Whether the test shall end. When it first should, customers are told to leave, which takes a moment."""
        if not self._start.ready():
            self.team.assemble()
        self._count()
        if not self._gone_by and self._enough():
            self._gone_by = monotonic_ns() + LEAVE_NS * self.users
            self.leave()
            self.team.dismiss()
        return self._gone_by > 0 and monotonic_ns() > self._gone_by

    def leave(self) -> None:
        """Tell the users of this process; their lag is no longer sampled."""
        self.recorder.rest()
        self.leaving.set()

    def _enough(self) -> bool:
        """Asked to stop, or phases and drain have passed."""
        if self.stopping or self.task.stop_asked():
            return True
        lasts = length_s(self.task.scenario.phases) + self.task.scenario.drain_s()
        return self._start.ready() and monotonic_ns() > self.start() + int(lasts * 1e9)

    def begin(self) -> None:
        """A test starts here (Locust's test_start)."""
        if not self.team.follows:
            self._set_start(monotonic_ns() + BEFORE_NS + PER_USER_NS * self.users)
        if self.team.leads:
            self.team.begin(self._time.to_gateway(self.start()))
        self._open("master" if self.team.leads else f"customers-{self.team.rank}" if self.team.follows else "customers")

    def ending(self) -> None:
        """The test begins to end (Locust's test_stopping). A worker that comes back from now on is told no start."""
        self._count()
        self.team.end()
        self.recorder.rest()

    def end(self) -> None:
        """The test is over (Locust's test_stop): everybody left; close connections, end the stream."""
        finishing = gevent.spawn(self._finish)
        while not finishing.ready():
            with contextlib.suppress(gevent.GreenletExit):  # a user who quits the run is killed in here: finish first
                finishing.join()

    def _finish(self) -> None:
        if not self.team.leads and not self.engine.close():
            _log.warning("some connections did not close in time and were dropped")
        self._time.end(self.recorder.add)
        try:
            self.recorder.close()
        except OSError as error:
            _log.error("the history could not be ended: %s", error.strerror)
            self._environment.process_exit_code = 4
        if self.task.folder is None and self.task.doors and self.recorder.path:
            deliver(self.recorder.path, self.task.doors, self.task.run)
        self._forget()

    def _forget(self) -> None:
        """Another test may follow, from Locust's UI."""
        gevent.killall([greenlet for greenlet in (self._clock, self._storms) if greenlet])
        self._start, self._users, self._gone_by = AsyncResult(), 0, 0
        self.leaving.clear()

    def _set_start(self, t0: int) -> None:
        if not self._start.ready():
            self._start.set(t0)

    def _count(self) -> None:
        """The master: a worker that is lost in mid-run takes its customers with it, and the run is over."""
        if self._gone_by or self.stopping or not (lost := self.team.missing()):
            return
        for worker in lost:
            self.recorder.add("died", actor=worker.partition(" ")[0], note=f"{worker} is not heard from any more")
        self._stop(3, f"{', '.join(lost)}: not heard from any more; its customers are gone, so the run is ended")

    def _late(self) -> None:
        """A worker that nobody waited for sends nothing, and ends."""
        self._stop(
            2, "this run began without this worker; nothing was sent. Start it while golive still waits for workers"
        )
        gevent.spawn(self._environment.runner.quit)  # type: ignore[union-attr]

    def _stop(self, code: int, why: str) -> None:
        print(why, file=sys.stderr, flush=True)
        self._environment.process_exit_code = code
        self.stopping = True

    def _open(self, stream: str) -> None:
        if not self.team.leads:
            self.engine = Engine(self.task.gateway + "/customer", ca_file=os.environ.get("GOLIVE_CA"))
            self.engine.drain.link_exception(self._broken)
        try:
            self.recorder = Recorder(self.task.history, stream, self.task.run)
        except FileExistsError as error:
            self.recorder = Recorder(None, "", "")
            self._stop(2, f"{error.filename}: this run has its customers already; start another run")
            return
        self._time.watch(self.recorder.add)
        self._clock = gevent.spawn(self._tell_time)
        if not self.team.leads:
            self._storms = gevent.spawn(self._play_storms, stream)
        if not self.team.follows:
            self._announce()

    def _announce(self) -> None:
        """Say that the customers are there: in the run's folder, or where that is elsewhere, to the gateway."""
        if self.task.folder:
            self.task.folder.announce("customers")
        elif self.task.doors:
            try:
                self.task.doors.started()
            except DoorError as error:
                self._stop(4, str(error))

    def _tell_time(self) -> None:
        """Sample health shortly before the start; each phase is recorded once, at its absolute begin."""
        t0 = self.start()
        sleep_until(t0 - HEALTH_NS)
        gc.collect()
        self.recorder.watch()
        phases = self.task.scenario.phases
        for phase, begin in zip(phases, begins(phases), strict=False):
            at = t0 + int(begin * 1e9)
            sleep_until(at)
            gc.freeze()  # a full collection would walk every customer, 40-120 ms long; what is there by now stays
            self._tell_phase(at, phase)

    def _play_storms(self, stream: str) -> None:
        storms.play(self.task.scenario, self.start(), self.engine, self.recorder.add, stream)

    def _tell_phase(self, t: int, phase: Phase) -> None:
        if not self.team.follows:
            self.recorder.add("phase", t=t, note=phase.name)
            _log.info("phase %s: %g s at %g messages/s", phase.name, phase.seconds, phase.rate)

    def _broken(self, drain: "gevent.Greenlet[..., None]") -> None:
        self._stop(4, f"the customers' engine failed: {drain.exception!r}")


def sleep_until(t: int) -> None:
    """Sleep until a CLOCK_MONOTONIC time (ns)."""
    gevent.sleep(max(0, t - monotonic_ns()) / 1e9)
