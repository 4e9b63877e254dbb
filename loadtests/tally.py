"""Locust's statistics, fed once a second: `events.request.fire` costs 4-13 µs an event, this about one."""

from collections import Counter, defaultdict
from time import time
from typing import Any

import gevent
import locust.stats
from locust.env import Environment

FOLD_S = 1.0
FOLD_AT = 2000  # entries waiting, so that no fold holds up the process for more than two milliseconds


class Requests:
    """Requests of one name that ended, in order. Flat lists: a tuple for each would keep the collector busy."""

    __slots__ = ("at", "failures", "ms", "size")

    def __init__(self) -> None:
        self.at: list[float] = []  # s since the epoch
        self.ms: list[float | None] = []  # None: nothing was waited for
        self.size = 0  # bytes, together
        self.failures: dict[str, list[float]] = defaultdict(list)  # when, by their text


class Statistics:
    """What the users of one process measured, on its way to Locust's page, CSV files and master.

    Where somebody besides Locust listens to `events.request`, each event is fired as Locust's own users fire it.
    """

    def __init__(self, environment: Environment) -> None:
        self._stats: Any = environment.stats
        self._event: Any = environment.events.request
        self._own = sum(handler.__module__ == "locust.runners" for handler in self._event._handlers)
        self._waiting: dict[tuple[str, str], Requests] = defaultdict(Requests)
        events: Any = environment.events
        events.test_stop.add_listener(lambda **_: self.fold())
        events.reset_stats.add_listener(lambda **_: self._waiting.clear())
        if environment.reset_stats:
            events.spawning_complete.add_listener(lambda **_: self._waiting.clear())
        gevent.spawn(self._fold_often)

    def add(self, name: str, ms: float | None, size: int = 0, failure: str | None = None, kind: str = "WS") -> None:
        """A request has ended, after `ms`, with `size` bytes. Names and failures are few and never hold an id."""
        if len(self._event._handlers) > self._own:
            self._event.fire(
                request_type=kind, name=name, response_time=ms, response_length=size, exception=failure, context={}
            )
            return
        waiting = self._waiting[name, kind]
        now = time()
        waiting.at.append(now)
        waiting.ms.append(ms)
        waiting.size += size
        if failure:
            waiting.failures[failure].append(now)
        if len(waiting.at) >= FOLD_AT:
            self.fold()

    def fold(self) -> None:
        """Hand over everything that waits."""
        waiting, self._waiting = self._waiting, defaultdict(Requests)
        for (name, kind), requests in waiting.items():
            news = entry(self._stats, name, kind, requests)
            self._stats.entries[name, kind].extend(news)
            self._stats.total.extend(news)
            for failure, times in requests.failures.items():
                _tell_error(self._stats, kind, name, failure, times)

    def _fold_often(self) -> None:
        while True:
            gevent.sleep(FOLD_S)
            self.fold()


def statistics_of(environment: Environment) -> Statistics:
    """The one of this environment, made at the first call."""
    found: Statistics | None = getattr(environment, "golive_statistics", None)
    if found is None:
        found = environment.golive_statistics = Statistics(environment)  # type: ignore[attr-defined]
    return found


def entry(stats: Any, name: str, kind: str, requests: Requests) -> Any:
    """What Locust's own StatsEntry would hold after these requests (at least one)."""
    made: Any = locust.stats.StatsEntry(stats, name, kind)
    times = [ms for ms in requests.ms if ms is not None]
    failed = [int(at) for ats in requests.failures.values() for at in ats]
    made.start_time, made.last_request_timestamp = requests.at[0], requests.at[-1]
    made.num_requests = len(requests.at)
    made.num_none_requests = len(requests.at) - len(times)
    made.num_failures = len(failed)
    made.total_response_time = sum(times)
    made.min_response_time, made.max_response_time = min(times, default=None), max(times, default=0)
    made.total_content_length = requests.size
    made.response_times = Counter(map(locust.stats.bucket_response_time, times))
    made.num_reqs_per_sec = Counter(map(int, requests.at))
    made.num_fail_per_sec = Counter(failed)
    return made


def _tell_error(stats: Any, kind: str, name: str, failure: str, times: list[float]) -> None:
    key = locust.stats.StatsError.create_key(kind, name, failure)
    error = stats.errors.setdefault(key, locust.stats.StatsError(kind, name, failure))
    error.occurrences += len(times)
    error.first_seen = error.first_seen or times[0]
    error.last_seen = times[-1]
