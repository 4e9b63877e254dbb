"""Asks the gateway's doors for other hosts (hosts.py); blocking, so also fit for gevent and for a thread."""

import http.client
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic_ns
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec

from history.clock import SHARED, Probe, Reading, identity, reading, shared
from history.run import RunSpec

PROBES = 8
TIMEOUT_S = 10.0

T = TypeVar("T")


class DoorError(OSError):
    """The gateway did not open: what was asked, of whom, and what came back."""


class Unreachable(DoorError):
    """Nothing answers there, or not yet."""


class Compared(NamedTuple):
    """This process's clock at `t` (ns) beside the gateway's."""

    t: int
    reading: Reading
    shared: bool  # the very same clock: nothing was to be measured


class _Time(msgspec.Struct):
    t: int
    clock: str = ""


class _Answer(msgspec.Struct):
    why: str = ""


@dataclass(frozen=True)
class Doors:
    """The gateway at `url` (http:// or https://); `key` is the run's, `ca_file` the CA its certificate is proven by."""

    url: str
    key: str = ""
    ca_file: str = ""

    def clock(self) -> Compared:
        """Compare clocks over one connection of its own. Raises DoorError."""
        with self._connection() as line:
            first = self._time(line)
            if shared(identity(), first.clock):
                return Compared(monotonic_ns(), SHARED, True)
            probes = [self._probe(line) for _ in range(PROBES)]
        return Compared(probes[-1].after, reading(probes), False)

    def run(self) -> RunSpec:
        """The run's specification, without secrets. Raises DoorError."""
        with self._connection() as line:
            return self._decode(self._ask(line, "GET", "/_golive/run"), RunSpec)

    def started(self) -> None:
        """Tell that the customers have begun. Raises DoorError."""
        with self._connection() as line:
            self._ask(line, "POST", "/_golive/started")

    def leave(self, stream: str, path: Path) -> None:
        """Leave a whole stream file at the gateway. Raises DoorError, or OSError where the file cannot be read."""
        with self._connection() as line, path.open("rb") as file:
            line.timeout = 6 * TIMEOUT_S
            size = {"Content-Length": str(os.fstat(file.fileno()).st_size)}
            self._ask(line, "POST", f"/_golive/history/{stream}", file, size)

    @contextmanager
    def _connection(self) -> Iterator[http.client.HTTPConnection]:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        line: http.client.HTTPConnection
        if parts.scheme == "https":
            trust = ssl.create_default_context(cafile=self.ca_file or None)
            line = http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT_S, context=trust)
        else:
            line = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_S)
        try:
            yield line
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, DoorError):
                raise
            raise Unreachable(f"the gateway {self.url} cannot be reached ({error or type(error).__name__})") from error
        finally:
            line.close()

    def _probe(self, line: http.client.HTTPConnection) -> Probe:
        before = monotonic_ns()
        there = self._time(line).t
        return Probe(before, there, monotonic_ns())

    def _time(self, line: http.client.HTTPConnection) -> _Time:
        return self._decode(self._ask(line, "GET", "/_golive/clock"), _Time)

    def _ask(
        self,
        line: http.client.HTTPConnection,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        keys = {"X-Golive-Key": self.key} if self.key else {}
        line.request(method, path, body, {**keys, **(headers or {})})  # type: ignore[arg-type]  # a file is a body, too
        answer = line.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise DoorError(f"{method} {self.url}{path}: answered {answer.status} {_why(content)}".rstrip())
        return content

    def _decode(self, content: bytes, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.MsgspecError as error:
            raise DoorError(f"{self.url} does not answer as a golive gateway of this version ({error})") from error


def _why(content: bytes) -> str:
    try:
        return msgspec.json.decode(content, type=_Answer).why
    except msgspec.MsgspecError:
        return ""
