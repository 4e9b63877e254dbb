"""What every Locust user of this comparison does alike: when to send, what is recorded, when all are done."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from time import monotonic, monotonic_ns

import gevent
from locust import User

TEXT = json.dumps({"op": "send", "id": "c00017-4", "text": "x" * 160})  # 203 bytes, as floor.c sends
CONNECTIONS, SECONDS = int(os.environ.get("PEER_CONNECTIONS", "0")), int(os.environ.get("PEER_SECONDS", "0"))
RAMP_S = float(os.environ.get("PEER_RAMP_S", "0"))

_begun = monotonic()
_numbers = count()
_done = count(1)
_trips: list[int] = []


def by_gevent(at: int) -> None:
    """Let others run until `at` (ns)."""
    gevent.sleep(max(0, at - monotonic_ns()) / 1e9)


def moments(sleep_until: Callable[[int], None] = by_gevent) -> Iterator[None]:
    """Comes back at each moment to send: once a second, at a phase of this user's own, after the ramp."""
    first = max(monotonic(), _begun + RAMP_S) + Random(next(_numbers)).random()
    for turn in range(SECONDS):
        sleep_until(int((first + turn) * 1e9))
        yield


def took(since: int, until: int) -> float:
    """Keeps one round trip exactly; it in ms."""
    _trips.append(until - since)
    return (until - since) / 1e6


def record(user: User, since: int, until: int, size: int) -> None:
    """One round trip, ns: exactly, and in Locust's statistics as a Locust user tells it."""
    user.environment.events.request.fire(
        request_type="WS",
        name="echo",
        response_time=took(since, until),
        response_length=size,
        exception=None,
        context={},
    )


def finished(user: User) -> None:
    """This user has had all its answers; after the last one Locust ends, and the round trips are written."""
    if next(_done) == CONNECTIONS:
        with open(os.environ["PEER_TRIPS"], "w") as file:
            file.writelines(f"{trip}\n" for trip in _trips)
        gevent.spawn(user.environment.runner.quit)  # it waits for this user, too


def now() -> int:
    """CLOCK_MONOTONIC, ns."""
    return monotonic_ns()


if not CONNECTIONS:
    sys.exit("benchmarks/peers starts this file")
