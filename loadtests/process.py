"""One Locust process of a run: its share of the slots, its connections, its stream, and the moment the run begins."""

import contextlib
import logging
import os
import signal
import sys
from time import monotonic_ns
from typing import Any

import gevent
from gevent.event import AsyncResult
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from fixtures.people import person
from history.scenario import Phase
from loadtests.assignment import Assignment, UsageError, assignment
from loadtests.engine import Engine
from loadtests.recorder import Recorder
from loadtests.schedule import begins, length_s

START = "golive-start"  # the master's message to its workers: {"t0": ns, "workers": n}
BEFORE_NS = 1_000_000_000  # between test start and run start: users are made, nothing is sent
PER_USER_NS = 600_000  # … and this much more for each user
HEALTH_NS = 500_000_000  # health is sampled from this long before the run's start: making the users is no load

_log = logging.getLogger("golive.customers")


class LoadProcess:
    """What the users of this process share. Lives as long as the process; `begin` and `end` frame one test."""

    engine: Engine
    recorder: Recorder

    def __init__(self, environment: Environment, task: Assignment) -> None:
        self.task = task
        self.stopping = False
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
        """Whether the customers shall leave: asked to stop, or phases and drain have passed."""
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

    def end(self) -> None:
        """The test is over (Locust's test_stop): everybody left; close connections, end the stream."""
        if isinstance(self._environment.runner, MasterRunner):
            self._start = AsyncResult()
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
        self._start, self._users = AsyncResult(), 0

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
        gevent.spawn(self._tell_time)
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
        self.recorder.watch()
        if self._index() == 0:
            self._tell_phases(t0, self.task.scenario.phases)

    def _tell_phases(self, t0: int, phases: tuple[Phase, ...]) -> None:
        for phase, begin in zip(phases, begins(phases), strict=False):
            at = t0 + int(begin * 1e9)
            sleep_until(at)
            self.recorder.add("phase", t=at, note=phase.name)
            _log.info("phase %s: %g s at %g messages/s", phase.name, phase.seconds, phase.rate)

    def _index(self) -> int:
        return max(0, int(getattr(self._environment.runner, "worker_index", 0)))

    def _broken(self, drain: "gevent.Greenlet[..., None]") -> None:
        _log.critical("the customers' engine failed: %r", drain.exception)
        self._environment.process_exit_code = 4
        self.stopping = True


def install(events: Any) -> None:
    """Bind Locust's events to this process; called once, when a locustfile imports the customer."""
    events.init_command_line_parser.add_listener(_arguments)
    events.init.add_listener(_init)
    events.quitting.add_listener(_quitting)


def sleep_until(t: int) -> None:
    """Sleep until a CLOCK_MONOTONIC time (ns)."""
    gevent.sleep(max(0, t - monotonic_ns()) / 1e9)


def _arguments(parser: Any) -> None:
    parser.add_argument(
        "--scenario",
        default="launch",
        env_var="GOLIVE_SCENARIO",
        help="a scenario's name (loadtests/scenarios/) or its .toml file; without meaning where GOLIVE_RUN names a run",
    )


def _init(environment: Environment, **_: Any) -> None:
    options = environment.parsed_options
    try:
        task = assignment(os.environ, environment.host, getattr(options, "scenario", "launch"))
    except UsageError as error:
        print(error, file=sys.stderr, flush=True)
        sys.exit(2)
    process = LoadProcess(environment, task)
    environment.golive = process  # type: ignore[attr-defined]  # Locust's own way to give users something
    events: Any = environment.events
    events.test_start.add_listener(lambda **_: process.begin())
    events.test_stop.add_listener(lambda **_: process.end())
    if isinstance(environment.runner, WorkerRunner):
        environment.runner.register_message(START, lambda msg, **_: process.told(msg.data))
    events.worker_connect.add_listener(lambda **_: process.tell_workers())
    gevent.signal_handler(signal.SIGTERM, setattr, process, "stopping", True)


def _quitting(environment: Environment, **_: Any) -> None:
    """Failed requests are the judge's business: this process did its work where it could write its history."""
    if environment.process_exit_code is None:
        environment.process_exit_code = 0
