"""One client process of benchmarks/engine.py: N Locust users of one engine, one case; prints its figures as JSON.

python benchmarks/engine_client.py ours|sync saturated|paced|idle|full|ramp PORT USERS [RUN]
"""

import json
import os
import sys
from itertools import count
from random import Random
from time import monotonic, monotonic_ns, process_time_ns
from typing import Any, ClassVar

import gevent
import gevent.pool
from gevent.event import Event
from locust import User, task  # patches the standard library; `websockets` must come after it
from locust.env import Environment
from websockets.sync.client import connect

from loadtests.connection import Closed, Connection
from loadtests.engine import Engine
from loadtests.tally import Statistics

TEXT = json.dumps({"op": "send", "id": "c00017-4", "text": "x" * 160})  # 203 bytes
WARM_S, SATURATED_S, PACED_S = 1.0, 4.0, 10.0


class Case:
    """What all users of this process share."""

    name = ""
    port = 0
    engine: Engine
    statistics: Statistics
    go = Event()
    running = True
    connected = 0
    numbers = count()


def fire(user: User, since: int, size: int) -> None:
    """One round trip in Locust's statistics, as a Locust user tells it."""
    Case.done += 1  # type: ignore[attr-defined]
    user.environment.events.request.fire(
        request_type="WS",
        name="echo",
        response_time=(monotonic_ns() - since) / 1e6,
        response_length=size,
        exception=None,
        context={},
    )


Case.done = 0  # type: ignore[attr-defined]


def pace(user_number: int) -> Any:
    """Absolute times (s) one a second, at a phase of its own: the same for both engines."""
    first = monotonic() + Random(user_number).random()
    return (first + number for number in count())


class OursUser(User):
    """Our engine: the answer comes to `heard` in the drain greenlet."""

    since = 0  # when the newest text was sent (ns)

    def opened(self, _: Connection, __: int) -> None:
        """Connected."""
        Case.connected += 1

    def heard(self, connection: Connection, t: int, text: str) -> None:
        """The echo: saturated, the next message follows at once."""
        Case.done += 1  # type: ignore[attr-defined]
        Case.statistics.add("echo", (t - self.since) / 1e6, len(text))
        if Case.name == "saturated" and Case.running:
            self.since = monotonic_ns()
            connection.send(TEXT)

    def closed(self, *_: Connection | int | Closed) -> None:
        """Over."""

    @task
    def play(self) -> None:
        """Say, or only be there."""
        connection = Case.engine.connect(self)
        Case.go.wait()
        if Case.name == "saturated":
            self.since = monotonic_ns()
            connection.send(TEXT)
        elif Case.name == "paced":
            for at in pace(next(Case.numbers)):
                Case.engine.clock.sleep_until(int(at * 1e9))
                self.since = monotonic_ns()
                connection.send(TEXT)
        Event().wait()


class SyncUser(User):
    """`websockets.sync`, as a tutorial would use it under Locust."""

    @task
    def play(self) -> None:
        """Say, or only be there."""
        with connect(f"ws://127.0.0.1:{Case.port}/", compression=None, ping_interval=None) as ws:
            Case.connected += 1
            Case.go.wait()
            if Case.name == "idle":
                Event().wait()
            for at in pace(next(Case.numbers)):
                if Case.name == "paced":
                    gevent.sleep(max(0.0, at - monotonic()))
                since = monotonic_ns()
                ws.send(TEXT)
                fire(self, since, len(ws.recv()))


class Arrival:
    """One of a crowd that connects in one moment."""

    opened_ones: ClassVar[list[float]] = []
    failed = 0

    def opened(self, *_: Connection | int) -> None:
        """In."""
        Arrival.opened_ones.append(monotonic())

    def heard(self, *_: Connection | int | str) -> None:
        """Nobody speaks."""

    def closed(self, *_: Connection | int | Closed) -> None:
        """Refused, or timed out."""
        Arrival.failed += 1


def ramp(engine: Engine, number: int) -> dict[str, float]:
    """Everybody asks for a connection at once: seconds until the last is in, how many failed, CPU µs of each."""
    cpu, began = process_time_ns(), monotonic()
    for _ in range(number):
        engine.connect(Arrival())
    while len(Arrival.opened_ones) + Arrival.failed < number:
        gevent.sleep(0.01)
    spent = (process_time_ns() - cpu) / 1e3 / number
    return {"failed": Arrival.failed, "last_s": max(Arrival.opened_ones, default=began) - began, "cpu_us": spent}


def resident_kib() -> float:
    """Resident memory of this process."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 1024


def spawn(user: type[User], number: int, environment: Environment) -> None:
    """Start users fifty at a time, until all are connected."""
    group = gevent.pool.Group()
    for begun in range(0, number, 50):
        for _ in range(50):
            user(environment).start(group)
        while Case.connected < min(begun + 50, number):
            gevent.sleep(0.005)


def per_message(seconds: float) -> dict[str, float]:
    """CPU µs per round trip and round trips a second, after a warm-up."""
    Case.go.set()
    gevent.sleep(WARM_S)
    cpu, done, began = process_time_ns(), Case.done, monotonic()  # type: ignore[attr-defined]
    gevent.sleep(seconds)
    spent, made = (process_time_ns() - cpu) / 1e3, Case.done - done  # type: ignore[attr-defined]
    return {"cpu_us": spent / made, "per_s": made / (monotonic() - began)}


def full(environment: Environment, run: str, port: int, number: int) -> dict[str, float]:
    """Memory of whole customers in conversation: after the ramp against before the first user."""
    from loadtests.assignment import assignment
    from loadtests.process import LoadProcess
    from loadtests.scheduled import ScheduledCustomer

    env = {"GOLIVE_RUN": run, "GOLIVE_GATEWAY": f"http://127.0.0.1:{port}"}
    process = LoadProcess(environment, assignment(env, None, ""))
    environment.golive = process  # type: ignore[attr-defined]
    process.begin()
    before = resident_kib()
    group = gevent.pool.Group()
    for _ in range(number):
        ScheduledCustomer(environment).start(group)
    gevent.sleep((process.start() - monotonic_ns()) / 1e9 + 10.0)
    assert len(process.engine.connections) == number
    return {"kib": (resident_kib() - before) / number}


def main() -> None:
    """Run the case that the command line names."""
    engine, Case.name, Case.port, number = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    environment = Environment(user_classes=[OursUser, SyncUser])
    environment.create_local_runner()
    if Case.name == "full":
        print(json.dumps(full(environment, sys.argv[5], Case.port, number)), flush=True)
        os._exit(0)
    Case.statistics = Statistics(environment)
    Case.engine = Engine(f"http://127.0.0.1:{Case.port}/")
    if Case.name == "ramp":
        print(json.dumps(ramp(Case.engine, number)), flush=True)
        os._exit(0)
    users: dict[str, type[User]] = {"ours": OursUser, "sync": SyncUser}
    warm = 50  # the first users pay for what all share
    spawn(users[engine], warm, environment)
    before = resident_kib()
    Case.connected = 0
    spawn(users[engine], number, environment)
    found = {"kib": (resident_kib() - before) / number}
    if Case.name != "idle":
        found |= per_message(SATURATED_S if Case.name == "saturated" else PACED_S)
    print(json.dumps(found), flush=True)
    os._exit(0)  # the users are mid-talk; nothing is to be kept


if __name__ == "__main__":
    main()
