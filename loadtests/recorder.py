"""One Locust process's stream of the run's history: rows, health samples, and one flush a second."""

import logging
from collections.abc import Callable
from pathlib import Path
from time import monotonic_ns, process_time_ns

import gevent

from history.writer import Writer

PERIOD_NS = 50_000_000
FLUSH_EVERY = 20  # periods: once a second

Record = Callable[..., None]  # the keywords of history.writer.Writer.add

_log = logging.getLogger("golive.history")


class Recorder:
    """Writes `<folder>/<stream>.arrows`; without a folder (Locust run by hand) rows are let go."""

    def __init__(self, folder: Path | None, stream: str, run: str) -> None:
        self._writer = Writer(folder, stream, run) if folder else None
        self.path = self._writer.path if self._writer else None
        self.add: Record = self._writer.add if self._writer else _nowhere
        self._failing = False
        self._watch: gevent.Greenlet[..., None] | None = None

    def watch(self) -> None:
        """Begin to sample lag and CPU and to flush once a second; calling it again changes nothing."""
        if self._writer and self._watch is None:
            self._watch = gevent.spawn(self._sample)

    def rest(self) -> None:
        """Sample no more: what follows (everybody leaves at once) is no load."""
        if self._watch:
            self._watch.kill()

    def close(self) -> None:
        """Write the rest and the end mark. Raises OSError where the disk does not take it."""
        self.rest()
        if self._writer:
            self._writer.close()

    def _sample(self) -> None:
        """Absolute schedule: a process that stood still for a second gives twenty late samples, not one."""
        due = monotonic_ns()
        while True:
            for _ in range(FLUSH_EVERY):
                due += PERIOD_NS
                gevent.sleep(max(0, due - monotonic_ns()) / 1e9)
                self.add("lag", n=max(0, monotonic_ns() - due) // 1000)
            self.add("cpu", n=process_time_ns() // 1000)
            self._flush()

    def _flush(self) -> None:
        assert self._writer
        try:
            self._writer.flush()
            self._failing = False
        except OSError as error:
            if not self._failing:
                _log.error("%s cannot be written (%s); rows are kept in memory", self._writer.path, error.strerror)
            self._failing = True


def _nowhere(kind: str, **row: object) -> None:
    del kind, row
