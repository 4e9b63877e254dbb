"""One Locust process of a run: its share of the slots, its connections, its stream, and the moment the run begins."""

import contextlib
import gc
import logging
import sys
from time import monotonic_ns

import gevent
from gevent.event import AsyncResult, Event
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from fixtures.people import person
from history.scenario import Phase
from loadtests.assignment import Assignment
from loadtests.engine import Engine
from loadtests.recorder import Recorder
from loadtests.schedule import begins, length_s

START = "golive-start"  # the master's message to its workers: {"t0": ns, "workers": n}
LEAVE = "golive-leave"  # … and: leave now, one after the other
BEFORE_NS = 1_000_000_000  # between test start and run start: users are made, nothing is sent
PER_USER_NS = 600_000  # … and this much more for each user
LEAVE_NS = 1_000_000  # between two customers' goodbyes: a crowd at the door would hold up everybody's last replies
HEALTH_NS = 500_000_000  # health is sampled from this long before the run's start: making the users is no load

_log = logging.getLogger("golive.customers")


class LoadProcess:
    """What the users of this process share. Lives as long as the process; `begin` and `end` frame one test."""

    engine: Engine

    def __init__(self, environment: Environment, task: Assignment) -> None:
        self.task = task
        self.stopping = False
        self.recorder = Recorder(None, "", "")
        self.leaving = Event()  # users that have nothing left to do wait for it
        self._gone_by = 0  # when they all have left (ns)
        self._clock: gevent.Greenlet[..., None] | None = None
        self._start: AsyncResult[int] = AsyncResult()
        self._environment = environment
        self._workers = 1
        self._users = 0
        person(task.scenario.seed, 0)  # makes the pool of people now, not under load

    @property
    def users(self) -> int:
        """Users to spawn over all workers: one a slot, rounded up so that every worker has equally many."""
        each = -(-self.task.scenario.customers.concurrency // self._workers)
        return each * self._workers

    def start(self) -> int:
        """When the run starts (ns); waits until that is known."""
        t0 = self._start.get()
        assert t0 is not None
        return t0

    def next_slot(self) -> int:
        """The next slot of this process: its index, then every `workers`-th; may be beyond the last customer."""
        slot = self._index() + self._users * self._workers
        self._users += 1
        return slot

    def over(self) -> bool:
        """Whether the test shall end. When it first should, customers are told to leave, which takes a moment."""
        if not self._gone_by and self._enough():
            self._gone_by = monotonic_ns() + LEAVE_NS * self.users
            self.leave()
            if isinstance(self._environment.runner, MasterRunner):
                self._environment.runner.send_message(LEAVE)
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
        runner = self._environment.runner
        if isinstance(runner, MasterRunner):
            self._workers = max(1, runner.worker_count)
            self._set_start()
            self.tell_workers()
            return
        if not isinstance(runner, WorkerRunner):
            self._set_start()
        self._open(f"customers-{self._index()}" if isinstance(runner, WorkerRunner) else "customers")

    def ending(self) -> None:
        """The test begins to end (Locust's test_stopping). A worker that comes back from now on is told no start."""
        if isinstance(self._environment.runner, MasterRunner):
            self._forget()
        self.recorder.rest()

    def end(self) -> None:
        """The test is over (Locust's test_stop): everybody left; close connections, end the stream."""
        if isinstance(self._environment.runner, MasterRunner):
            return
        finishing = gevent.spawn(self._finish)
        while not finishing.ready():
            with contextlib.suppress(gevent.GreenletExit):  # a user who quits the run is killed in here: finish first
                finishing.join()

    def _finish(self) -> None:
        if not self.engine.close():
            _log.warning("some connections did not close in time and were dropped")
        try:
            self.recorder.close()
        except OSError as error:
            _log.error("the history could not be ended: %s", error.strerror)
            self._environment.process_exit_code = 4
        self._forget()

    def _forget(self) -> None:
        """Another test may follow, from Locust's UI."""
        if self._clock:
            self._clock.kill()
        self._start, self._users, self._gone_by = AsyncResult(), 0, 0
        self.leaving.clear()

    def told(self, data: dict[str, int]) -> None:
        """The master's start message."""
        self._workers = data["workers"]
        if not self._start.ready():
            self._start.set(data["t0"])

    def tell_workers(self) -> None:
        """Tell every worker when the run starts; again when a late one comes."""
        if self._start.ready() and self._environment.runner:
            self._environment.runner.send_message(START, {"t0": self.start(), "workers": self._workers})

    def _open(self, stream: str) -> None:
        folder = self.task.folder
        self.engine = Engine(self.task.gateway + "/customer")
        self.engine.drain.link_exception(self._broken)
        try:
            self.recorder = Recorder(folder.history if folder else None, stream, self.task.run)
        except FileExistsError as error:
            self._refuse(f"{error.filename}: this run has its customers already; start another run")
            return
        self._clock = gevent.spawn(self._tell_time)
        if folder and self._index() == 0:
            folder.announce("customers")

    def _refuse(self, why: str) -> None:
        """Nothing can be recorded, so nothing is sent: keep no history, end as a usage error."""
        print(why, file=sys.stderr, flush=True)
        self.recorder = Recorder(None, "", "")
        self._environment.process_exit_code = 2
        self.stopping = True

    def _set_start(self) -> None:
        self._start.set(monotonic_ns() + BEFORE_NS + PER_USER_NS * self.users)

    def _tell_time(self) -> None:
        """Sample health shortly before the start; the first worker records each phase at its absolute begin."""
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

    def _tell_phase(self, t: int, phase: Phase) -> None:
        if self._index() == 0:
            self.recorder.add("phase", t=t, note=phase.name)
            _log.info("phase %s: %g s at %g messages/s", phase.name, phase.seconds, phase.rate)

    def _index(self) -> int:
        return max(0, int(getattr(self._environment.runner, "worker_index", 0)))

    def _broken(self, drain: "gevent.Greenlet[..., None]") -> None:
        _log.critical("the customers' engine failed: %r", drain.exception)
        self._environment.process_exit_code = 4
        self.stopping = True


def sleep_until(t: int) -> None:
    """Sleep until a CLOCK_MONOTONIC time (ns)."""
    gevent.sleep(max(0, t - monotonic_ns()) / 1e9)
