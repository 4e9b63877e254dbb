"""Message-sync latency, both ways, on undisturbed messages; and everything that was left out, by reason.

Only what the harness itself did is a disturbance: a device it cut off, a fault it planned, a queue it asked for by
staffing. The target's slowness, the retries it caused, the connections it closed and its unplanned deaths all count.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from reports.clocks import UNKNOWN_NS
from reports.model import Latency

if TYPE_CHECKING:
    from reports.record import History

NS = 1_000_000_000
HARNESS_ENDED = ("cut",)  # device_off notes that are the workforce's own doing during a run
RECONNECT_S = 5.0  # beyond the time a device was kept away: longer than this it is the target that keeps it out
NEEDED_ABOVE = 30  # samples above a percentile, below which it is not judged
QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)


@dataclass(frozen=True)
class Sample:
    """One direction: `frame` has at (ns, when it began), seconds, message or token, who (device or customer).

    `error_s` is how wrong each may be because two clocks were read; None where one of them was never compared.
    """

    frame: pl.DataFrame
    left_out: dict[str, int] = field(default_factory=dict)  # reason -> samples
    error_s: float | None = 0.0

    @property
    def ordered(self) -> pl.Series:
        """The latencies in seconds, ascending."""
        return self.frame["seconds"].sort()

    def percentile(self, q: float) -> float | None:
        """The smallest latency (s) that at least the share `q` of all samples do not exceed; None without samples."""
        values = self.ordered
        return None if values.is_empty() else float(values[max(math.ceil(q * len(values)) - 1, 0)])

    def summary(self) -> Latency:
        """Exact figures in seconds."""
        return summary(self.ordered, self.error_s)

    def curve(self) -> tuple[tuple[float, float], ...]:
        """(q, seconds) as far into the tail as there are samples beyond."""
        n = len(self.frame)
        known = [(q, self.percentile(q)) for q in QUANTILES if n * (1 - q) >= 1]
        return tuple((q, value) for q, value in known if value is not None)


@dataclass(frozen=True)
class Latencies:
    """Both directions of sync latency, and how long (simulated) people took to answer."""

    to_agent: Sample
    to_customer: Sample
    reply_time: Sample


def summary(values: pl.Series, error_s: float | None = 0.0) -> Latency:
    """Exact percentiles (nearest rank) of latencies in seconds, and their clocks' error; nulls are not samples."""
    kept = values.drop_nulls().sort()
    n = len(kept)
    if not n:
        return Latency(error_s=error_s)
    p50, p95, p99 = (float(kept[max(math.ceil(q * n) - 1, 0)]) for q in (0.5, 0.95, 0.99))
    return Latency(n=n, p50=p50, p95=p95, p99=p99, max=float(kept[-1]), error_s=error_s)


def measure(history: "History") -> Latencies:
    """Both directions; see the functions below for from when to when."""
    windows = planned(history.of("fault", "died", "restarted"), history.horizon)
    to_agent = replace(_to_agent(history, windows), error_s=error_s(history, "gateway", "agents"))
    to_customer = replace(_to_customer(history, windows), error_s=error_s(history, "agents", "customers"))
    return Latencies(to_agent, to_customer, _reply_time(history))


def error_s(history: "History", *parts: str) -> float | None:
    """How wrong the time (s) between events of two parts of the run may be; 0 within one part, None = not known."""
    if len(set(parts)) == 1:
        return 0.0
    error = history.error_ns(*parts)
    return None if error >= UNKNOWN_NS else error / NS


def planned(context: pl.DataFrame, horizon: int) -> list[tuple[int, int, str]]:
    """Windows (begin, end, what) of faults golive declared, each until all that died in it is ready again. ns."""
    windows: list[tuple[int, int, str]] = []
    begun: dict[str, int] = {}
    ended: dict[str, int] = {}  # over, but something that died in them is not ready yet
    down = 0
    for t, kind, note in context.sort("t", "row").select("t", "kind", pl.col("note").cast(pl.String)).iter_rows():
        what, _, edge = note.rpartition(" ")
        if kind == "died":
            down += bool(begun)  # a death outside of any planned fault is nobody's plan
        elif kind == "restarted":
            down = max(down - 1, 0)
        elif edge == "begins":
            begun.setdefault(what, t)
        elif edge == "ends" and what in begun:
            ended[what] = begun.pop(what)
        if not down:
            windows += [(begin, t, name) for name, begin in ended.items()]
            ended.clear()
    windows += [(begin, horizon, what) for what, begin in (*begun.items(), *ended.items())]
    return sorted(windows)


def within(at: pl.Expr, windows: Iterable[tuple[int, int, str]]) -> pl.Expr:
    """Whether a time (ns) lies in one of the windows."""
    inside = pl.lit(False)
    for begin, end, _ in windows:
        inside = inside | at.is_between(begin, end, closed="left")
    return inside


def _to_agent(history: "History", windows: list[tuple[int, int, str]]) -> Sample:
    """From the first push of a message to its first appearance on each device of its shop."""
    mine = history.appearances.filter((pl.col("shop") == pl.col("own_shop")) & pl.col("pushed").is_not_null())
    first = mine.sort("t").unique(["message", "device"], keep="first", maintain_order=True)
    queued = history.waiting.select("message", queued=pl.lit(True))
    table = first.join(queued, on="message", how="left")
    table = _present(table, _gaps(history, windows))
    reason = (
        pl.when(within(pl.col("pushed"), windows))
        .then(pl.lit("pushed in a planned fault"))
        .when(pl.col("queued"))
        .then(pl.lit("waited in a queue: every agent of the shop was full or away"))
        .when(pl.col("absent"))
        .then(pl.lit("the device was off between push and show, cut off by the harness or by a planned fault"))
    )
    return _sample(table.with_columns(reason=reason), "pushed", "t", "message", "device")


def _present(table: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    """Adds `absent`: the device was off, by the harness's doing, at some time between push and show."""
    last = table.sort("t").join_asof(gaps, left_on="t", right_on="back", by="device", check_sortedness=False)
    return last.with_columns(absent=pl.col("back").is_not_null() & (pl.col("back") > pl.col("pushed")))


def _gaps(history: "History", windows: list[tuple[int, int, str]]) -> pl.DataFrame:
    """The ends (`back`, ns) of the stretches in which a device was off by the harness's doing, first connection incl.

    That is: cut by the harness, or thrown off by a fault it planned. A stretch that lasts RECONNECT_S longer than the
    harness kept the device away is the target's: it would not take the device back.
    """
    away = history.scenario.faults.device_away_s[1] if history.scenario else 3.0
    patience = int(RECONNECT_S * NS)
    on, gone = pl.col("on"), pl.col("gone")
    cut = pl.col("why").is_in(HARNESS_ENDED) & (on - gone <= int(away * NS) + patience)
    thrown = pl.lit(False)
    for begin, end, _ in windows:
        thrown = thrown | (gone.is_between(begin, end) & (on <= end + patience))
    ons = history.sessions.sort("device", "on").with_columns(
        pl.col("off").shift(1).over("device").alias("gone"), pl.col("off_note").shift(1).over("device").alias("why")
    )
    return ons.filter(gone.is_null() | cut | thrown).select("device", on.alias("back")).sort("back")


def _to_customer(history: "History", windows: list[tuple[int, int, str]]) -> Sample:
    """From the agent pressing send to the reply's first receipt by the customer.

    Where the customer was not connected when the platform took the reply, the way ends there: their coming back is not
    the target's, but a target so slow that they left does not get away with it.
    """
    done = _arrived(history)
    cuts = history.sessions.filter(pl.col("off_note").is_in(HARNESS_ENDED)).select("device", "off").sort("off")
    table = done.sort("answered").join_asof(
        cuts, left_on="answered", right_on="off", by="device", strategy="forward", check_sortedness=False
    )
    cut = pl.col("off").is_not_null() & (pl.col("off") < pl.col("taken").fill_null(pl.col("arrived")))
    table = table.join_asof(_refused(history), on="answered", by="conversation", check_sortedness=False)
    reason = (
        pl.when(within(pl.col("answered"), windows))
        .then(pl.lit("answered in a planned fault"))
        .when(cut)
        .then(pl.lit("the harness cut the device off while it was sending"))
        .when(pl.col("until") > pl.col("answered"))
        .then(pl.lit("the platform was told to refuse the call at first, or one before it in the conversation"))
    )
    return _sample(table.with_columns(reason=reason), "answered", "arrived", "token", "customer")


def _refused(history: "History") -> pl.DataFrame:
    """Replies whose call met the fault `refuse_call`: conversation, answered, until it was taken. ns."""
    busy = history.of("called").filter(pl.col("note") == "busy").select(token="message").unique()
    held = history.replies.join(busy, on="token", how="semi").filter(pl.col("called").is_not_null())
    return held.select("conversation", "answered", until="called").sort("answered")


def _arrived(history: "History") -> pl.DataFrame:
    """Replies with `arrived` (ns): received by the customer, or taken by the platform for a customer who was away."""
    turns = (
        history.of("joined", "left").sort("t", "row").select(customer="actor", turn="t", away=pl.col("kind") == "left")
    )
    called = history.replies.filter(pl.col("called").is_not_null()).sort("called")
    there = called.join_asof(turns, left_on="called", right_on="turn", by="customer", check_sortedness=False)
    away = there.filter("away").select("token", stopped="called")
    replies = history.replies.join(away, on="token", how="left")
    return replies.with_columns(arrived=pl.coalesce("stopped", "received")).filter(pl.col("arrived").is_not_null())


def _reply_time(history: "History") -> Sample:
    """From each message a customer sent to the next reply received in that conversation. Simulated people."""
    got = history.of("received").select("conversation", pl.col("t").alias("answer")).sort("answer")
    asked = history.messages.filter(pl.col("sent").is_not_null()).sort("sent")
    table = asked.join_asof(
        got, left_on="sent", right_on="answer", by="conversation", strategy="forward", check_sortedness=False
    )
    table = table.filter(pl.col("answer").is_not_null()).with_columns(reason=pl.lit(None, dtype=pl.String))
    return _sample(table, "sent", "answer", "message", "customer")


def _sample(table: pl.DataFrame, begin: str, end: str, name: str, who: str) -> Sample:
    kept = table.filter(pl.col("reason").is_null()).select(
        pl.col(begin).alias("at"), ((pl.col(end) - pl.col(begin)) / NS).alias("seconds"), name, who
    )
    counts = table["reason"].drop_nulls().value_counts().sort("reason")
    return Sample(kept, dict(counts.iter_rows()))
