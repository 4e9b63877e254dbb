"""Puts the times of every stream on the gateway's clock, and says how wrong that may be. Integer nanoseconds."""

from itertools import pairwise
from typing import NamedTuple

import polars as pl

from history.clock import SHARED, Reading, shared

UNKNOWN_NS = 10**15  # the error of a clock nobody compared with the gateway's: no figure can bear it


class Comparison(NamedTuple):
    """One `clock` row: at `t` (the stream's own clock), this is what the gateway's said."""

    t: int
    reading: Reading


class Clock:
    """One stream's clock. `identity` names it (history/clock.py), `gateway` names the gateway's; "" = not told.

    The very same clock needs no comparison. Between two comparisons the offset is taken to move evenly; by how much
    it moved is added to the error, for nobody saw when.
    """

    def __init__(self, identity: str, gateway: str, comparisons: tuple[Comparison, ...]) -> None:
        if shared(identity, gateway) or not (comparisons or (identity and gateway)):
            comparisons = (Comparison(0, SHARED),)
        self._known = sorted(comparisons)
        self.error_ns = _error([each.reading for each in self._known])

    def on_gateway(self, t: pl.Series) -> pl.Series:
        """Times of this clock as times of the gateway's."""
        if not self._known:
            return t
        times, offsets = ([each.t for each in self._known], [each.reading.offset_ns for each in self._known])
        if len(set(offsets)) == 1:
            return t + offsets[0]
        after = pl.Series(times, dtype=pl.Int64).search_sorted(t, side="right").cast(pl.Int64)
        marks = pl.DataFrame({"t": times, "offset": offsets}, schema={"t": pl.Int64, "offset": pl.Int64})
        low, high = marks[(after - 1).clip(0)], marks[after.clip(upper_bound=len(times) - 1)]
        share = (t - low["t"]) / (high["t"] - low["t"]).clip(1)
        moved = (high["offset"] - low["offset"]) * share.clip(0, 1)
        return t + low["offset"] + moved.round().cast(pl.Int64)


def _error(readings: list[Reading]) -> int:
    if not readings:
        return UNKNOWN_NS
    offsets = [each.offset_ns for each in readings]
    drift = max((abs(b - a) for a, b in pairwise(offsets)), default=0)
    return max(each.error_ns for each in readings) + drift
