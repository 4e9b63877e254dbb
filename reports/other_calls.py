"""Calls the target made that the simulated platform does not know: how often, and whether a stub answered."""

import polars as pl

from reports.model import OtherCall
from reports.record import History


def other_calls(history: History) -> tuple[OtherCall, ...]:
    """One entry a call, those nobody stubbed first, then the most frequent."""
    rows = (
        history.of("other_call")
        .group_by(pl.col("note").cast(pl.String))
        .agg(count=pl.len(), stubbed=pl.col("n").max() > 0)
    )
    ordered = rows.sort(["stubbed", "count", "note"], descending=[False, True, False])
    return tuple(OtherCall(name=name, count=count, stubbed=stubbed) for name, count, stubbed in ordered.iter_rows())
