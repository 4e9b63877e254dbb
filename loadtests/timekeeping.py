"""This process's clock beside the gateway's: compared at start, at end, and every so often between."""

import contextlib
import logging

import gevent

from history.clock import SHARED
from loadtests.recorder import Record
from simulators.douyin.door_client import Compared, DoorError, Doors

PERIOD_S = 20.0

_log = logging.getLogger("golive.customers")


class Timekeeper:
    """Converts times of this clock to the gateway's and back. Without doors (Locust run by hand) they are one."""

    def __init__(self, doors: Doors | None, far: bool) -> None:
        """Compare for the first time. Raises DoorError where this host is `far` from the run's, and none is had.

        Beside the gateway, one that is not there is the customers' trouble, and no reason not to record it.
        """
        self._doors = doors
        self._first = Compared(0, SHARED, True)
        with contextlib.nullcontext() if far else contextlib.suppress(DoorError):
            self._first = doors.clock() if doors else self._first
        self._watch: gevent.Greenlet[..., None] | None = None

    def to_gateway(self, t: int) -> int:
        """A time of this clock (ns) as one of the gateway's."""
        return t + self._first.reading.offset_ns

    def from_gateway(self, t: int) -> int:
        """A time of the gateway's clock (ns) as one of this."""
        return t - self._first.reading.offset_ns

    def watch(self, add: Record) -> None:
        """Record the first comparison, and go on comparing until `end`; nothing where both read the same clock."""
        if not self._first.shared:
            _record(add, self._first)
            self._watch = gevent.spawn(self._go_on, add)

    def end(self, add: Record) -> None:
        """Compare for the last time."""
        if self._watch:
            self._watch.kill()
            self._watch = None
            self._compare(add)

    def _go_on(self, add: Record) -> None:
        while True:
            gevent.sleep(PERIOD_S)
            self._compare(add)

    def _compare(self, add: Record) -> None:
        assert self._doors
        try:
            _record(add, self._doors.clock())
        except DoorError as error:
            _log.warning("the clock could not be compared: %s", error)


def _record(add: Record, compared: Compared) -> None:
    add("clock", t=compared.t, n=compared.reading.offset_ns, note=str(compared.reading.error_ns))
