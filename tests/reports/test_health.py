"""How late the harness ran, and what hides a standstill."""

import polars as pl
import pytest

from reports.health import health, lag_p99
from reports.model import Phase

PHASES = (Phase(name="ramp", begin_s=0, end_s=1), Phase(name="steady", begin_s=1, end_s=2))


def lags(*seconds: float) -> pl.Series:
    return pl.Series("lag_s", list(seconds), dtype=pl.Float64)


@pytest.mark.parametrize(
    ("samples", "length_s", "expected"),
    [
        ([0.001] * 20, 1.0, 0.001),
        ([0.001] * 19 + [0.5], 1.0, 0.5),
        ([], 1.0, None),
        ([], 0.05, 0.0),
        ([0.001] * 1980 + [0.9] * 20, 100.0, 0.001),
        ([0.001] * 1979 + [0.9] * 21, 100.0, 0.9),
    ],
)
def test_p99_of_the_samples(samples, length_s, expected):
    assert lag_p99(lags(*samples), length_s) == expected


def test_one_late_sample_stands_for_those_it_kept_from_happening():
    stood_still_for_60_of_100_seconds = [0.001] * 800 + [60.0]
    assert lag_p99(lags(*stood_still_for_60_of_100_seconds), 100.0) > 55


def test_the_worst_phase_counts(tell):
    rows = [f"{0.5 + i / 20:.2f} agents lag n={1000 if i < 20 else 30000}" for i in range(41)]
    history = tell(
        "0.5 customers phase note=ramp\n" + "\n".join(rows) + "\n3 agents cpu n=250000\n4 agents cpu n=750000"
    )
    found = {each.process: each for each in health(history, PHASES)}
    agents = found["agents"]
    assert (agents.lag_p99_s, agents.worst_phase, agents.cpu_s, agents.complete) == (0.03, "steady", 0.75, True)
    assert (found["gateway"].lag_p99_s, found["gateway"].worst_phase) == (None, "ramp")


def test_a_stream_without_an_end_is_incomplete(tell):
    history = tell("1 agents watermark\n2 gateway end\n2 customers end", end=None)
    assert {h.process: h.complete for h in health(history, ())} == {"agents": False, "gateway": True, "customers": True}
