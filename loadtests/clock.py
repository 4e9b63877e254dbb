"""One timer for all greenlets of a process that wait for a moment: `gevent.sleep` would make a timer for each."""

from collections.abc import Callable
from heapq import heappop, heappush
from time import monotonic_ns

import gevent

AT_ONCE = 100  # greenlets woken before sockets get their turn


class Clock:
    """Wakes greenlets at CLOCK_MONOTONIC times (ns), each straight from the hub; late by 0-1 ms (epoll counts in ms).

    Those due within the same millisecond share one wake-up of the process, which is what a paced load costs most.
    """

    def __init__(self) -> None:
        self._hub = gevent.get_hub()
        self._times: list[int] = []  # a heap
        self._due: dict[int, list[Callable[[], object]]] = {}
        self._timer = self._hub.loop.timer(0)
        self._ringing = False

    def sleep_until(self, t: int) -> None:
        """Let others run until `t`; where that has passed, only let them have a turn."""
        wake = gevent.getcurrent().switch
        due = self._due.get(t)
        if due is None:
            due = self._due[t] = []
            heappush(self._times, t)
            if self._times[0] == t and not self._ringing:
                self._arm()
        due.append(wake)
        try:
            while wake in due:
                self._hub.switch()
        finally:
            if wake in due:  # killed while it waited
                due.remove(wake)

    def _ring(self) -> None:
        self._ringing = True
        times, now, woken = self._times, monotonic_ns(), 0
        try:
            while times and times[0] <= now and woken < AT_ONCE:
                due = self._due.pop(heappop(times))
                while due:
                    woken += 1
                    due.pop(0)()
        finally:
            self._ringing = False
            if times:
                self._arm()

    def _arm(self) -> None:
        self._timer.stop()
        self._timer.close()
        self._timer = self._hub.loop.timer(max(0, self._times[0] - monotonic_ns()) / 1e9)
        self._timer.start(self._ring)
