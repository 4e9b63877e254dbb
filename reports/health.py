"""Can this run be trusted: how late each harness process ran, in its worst phase, and whether its record is whole."""

import math
from typing import TYPE_CHECKING

import polars as pl

from reports.clocks import UNKNOWN_NS
from reports.load import NEEDED
from reports.model import Health, Phase

if TYPE_CHECKING:
    from reports.record import History, StreamInfo

PERIOD_S = 0.05  # between two samples of a process's loop lag
NEEDED_SHARE = 0.8  # of the samples a phase should have: with fewer, the process stood still and did not even notice


def health(history: "History", phases: tuple[Phase, ...]) -> tuple[Health, ...]:
    """One row a stream; lag_p99_s is that of the worst phase, None where a phase has no sample at all."""
    return tuple(_of(history, stream, phases) for stream in history.streams)


def _of(history: "History", stream: "StreamInfo", phases: tuple[Phase, ...]) -> Health:
    rows = history.rows.filter(pl.col("stream") == stream.name)
    lags = rows.filter(pl.col("kind") == "lag").select(
        ((pl.col("t") - history.begin) / 1e9).alias("t_s"), (pl.col("n") / 1e6).alias("lag_s")
    )
    cpu = rows.filter(pl.col("kind") == "cpu")["n"].max()
    worst, where = _worst(lags, phases)
    return Health(
        process=stream.name,
        lag_p99_s=worst,
        cpu_s=cpu / 1e6 if isinstance(cpu, int) else 0.0,
        worst_phase=where,
        complete=stream.ended,
        clock_error_s=None if stream.error_ns >= UNKNOWN_NS else stream.error_ns / 1e9,
    )


def _worst(lags: pl.DataFrame, phases: tuple[Phase, ...]) -> tuple[float | None, str]:
    found: list[tuple[float, str]] = []
    for phase in phases:
        length = phase.end_s - phase.begin_s
        inside = lags.filter(pl.col("t_s").is_between(phase.begin_s, phase.end_s))["lag_s"]
        p99 = lag_p99(inside, length)
        if p99 is None:
            return None, phase.name
        found.append((p99, phase.name))
    return max(found, default=(None, ""))


def lag_p99(lags: pl.Series, length_s: float) -> float | None:
    """The p99 (s) of one phase's lag samples; None where there is none in a phase long enough to have had some.

    A sampler that does not make up for the samples it missed while the process stood still would hide a standstill
    behind one late sample; so where samples are missing, each late one stands for all it kept from happening.
    """
    if lags.is_empty():
        return None if length_s > 2 * PERIOD_S else 0.0
    values = lags.to_list()
    if len(values) < NEEDED_SHARE * length_s / PERIOD_S:
        missed = [late - k * PERIOD_S for late in values for k in range(1, math.ceil(late / PERIOD_S))]
        values += missed
    values.sort()
    return float(values[max(math.ceil(0.99 * len(values)) - 1, 0)])


def acting(history: "History") -> list[str]:
    """The names of the streams whose lag can spoil a figure: customers, gateway and agents."""
    return [stream.name for stream in history.streams if stream.part in NEEDED]
