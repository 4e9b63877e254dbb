"""The record of a run as checkers see it: one frame of all events, and the tables derived from it, each made once."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from history.run import RunSpec
from history.scenario import Scenario
from reports import devices, latency, life, losses, staffing

SETTLE_S = 10.0  # the part of Scenario.drain_s() that follows the retry plan: what took longer is judged missing
NS = 1_000_000_000

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "t": pl.Int64,
    "kind": pl.Categorical,
    "shop": pl.Categorical,
    "conversation": pl.Categorical,
    "message": pl.Categorical,
    "ref": pl.Categorical,
    "actor": pl.Categorical,
    "device": pl.Categorical,
    "n": pl.Int64,
    "note": pl.Categorical,
    "stream": pl.Categorical,
    "row": pl.UInt32,
}


@dataclass(frozen=True)
class StreamInfo:
    """One stream as it was found: whose, how far (ns, gateway's clock), and how sure its clock is."""

    name: str
    ended: bool
    watermark: int
    error_ns: int = 0

    @property
    def part(self) -> str:
        """The part of the run that wrote it: customers-1 belongs to customers."""
        return self.name.partition("-")[0]


@dataclass(frozen=True, eq=False)
class History:
    """Everything recorded up to `horizon` (ns): beyond it at least one stream is silent and nothing is known.

    `rows` has SCHEMA's columns, times on the gateway's clock; `row` keeps each stream's own order.
    """

    rows: pl.DataFrame
    streams: tuple[StreamInfo, ...]
    horizon: int
    spec: RunSpec | None = None

    def of(self, *kinds: str) -> pl.DataFrame:
        """The rows of these kinds, in each stream's order."""
        return self.rows.filter(pl.col("kind").is_in(kinds))

    def has(self, part: str) -> bool:
        """Whether every stream of a part of the run is here (whole or cut)."""
        wanted = self.spec.workers if self.spec and part == "customers" else 1
        return sum(stream.part == part for stream in self.streams) >= wanted

    @property
    def scenario(self) -> Scenario | None:
        """What the run was asked to be, where run.json is there."""
        return self.spec.scenario if self.spec else None

    @property
    def settled(self) -> int:
        """What had to happen to a thing begun before this time (ns) has happened, or is missing."""
        return self.horizon - int(SETTLE_S * NS)

    def error_ns(self, *parts: str) -> int:
        """How wrong the time between events of these parts' streams may be (ns): each part's worst clock, together."""
        return sum(max((s.error_ns for s in self.streams if s.part == part), default=0) for part in set(parts))

    @cached_property
    def begin(self) -> int:
        """The run's zero (ns): its first phase, else its first event."""
        phases = self.of("phase")["t"]
        first = phases.min() if len(phases) else self.rows["t"].min()
        return int(first) if isinstance(first, int) else 0

    def seconds(self, t: int | float) -> float:
        """A history's time as seconds since the run began."""
        return (t - self.begin) / NS

    @cached_property
    def messages(self) -> pl.DataFrame:
        """One row a customer's message; see life.messages."""
        return life.messages(self.rows)

    @cached_property
    def sessions(self) -> pl.DataFrame:
        """One row a device's connection; see devices.sessions."""
        return devices.sessions(self.rows, self.horizon)

    @cached_property
    def appearances(self) -> pl.DataFrame:
        """One row whenever a customer's message appeared on a device; see life.appearances."""
        return life.appearances(self.rows, self.messages, self.sessions)

    @cached_property
    def replies(self) -> pl.DataFrame:
        """One row a reply of an agent; see life.replies."""
        return life.replies(self.rows, self.messages, self.conversations)

    @cached_property
    def conversations(self) -> pl.DataFrame:
        """Which of the platform's conversations each of the target's is; see life.conversations."""
        return life.conversations(self.appearances)

    @cached_property
    def staff(self) -> staffing.Staff:
        """Who held which conversation when, and which shop had an agent free; see staffing.Staff."""
        capacity = {shop.id: shop.capacity for shop in self.spec.shops} if self.spec else {}
        return staffing.follow(self.rows, self.horizon, capacity)

    @cached_property
    def misses(self) -> losses.Misses:
        """Acknowledged messages that did not appear where they had to; see losses.Misses."""
        return losses.find(self.messages, self.appearances, self.sessions, self.waiting, self.horizon, self.settled)

    @cached_property
    def waiting(self) -> pl.DataFrame:
        """Messages that found their conversation unassigned and nobody free; see staffing.waiting."""
        return staffing.waiting(self.messages, self.conversations, self.staff, self.horizon)

    @cached_property
    def latencies(self) -> latency.Latencies:
        """Message-sync latency, both ways; see latency.Latencies."""
        return latency.measure(self)
