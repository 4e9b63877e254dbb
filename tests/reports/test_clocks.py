"""Clocks: the same one is left alone, another is moved evenly between comparisons, and its error is counted."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from history.clock import Reading
from reports.clocks import UNKNOWN_NS, Clock, Comparison

START, END = Comparison(1_000, Reading(50, 3)), Comparison(2_000, Reading(70, 4))


def placed(clock, *times):
    return clock.on_gateway(pl.Series(times, dtype=pl.Int64)).to_list()


def test_between_two_comparisons_a_clock_drifts_evenly_and_beyond_them_not_at_all():
    clock = Clock("b", "a", (END, START))
    assert placed(clock, 500, 1_000, 1_500, 2_000, 9_000) == [550, 1_050, 1_560, 2_070, 9_070]
    assert clock.error_ns == 4 + 20


def test_one_comparison_moves_all_alike():
    clock = Clock("b", "a", (START,))
    assert placed(clock, 0, 5_000) == [50, 5_050]
    assert clock.error_ns == 3


@pytest.mark.parametrize(("identity", "gateway"), [("a", "a"), ("", ""), ("", "a"), ("a", "")])
def test_a_clock_that_is_the_gateways_or_that_an_old_run_does_not_name_is_not_moved(identity, gateway):
    clock = Clock(identity, gateway, ())
    assert (placed(clock, 7), clock.error_ns) == ([7], 0)


def test_a_clock_without_a_name_is_moved_by_what_was_measured():
    assert placed(Clock("", "", (START,)), 7) == [57]


def test_another_clock_that_was_never_compared_bears_no_figure():
    clock = Clock("b", "a", ())
    assert (placed(clock, 7), clock.error_ns) == ([7], UNKNOWN_NS)


@given(
    drift_ppm=st.integers(-200, 200),
    ahead=st.integers(-(10**15), 10**15),
    noise=st.lists(st.integers(-100_000, 100_000), min_size=2, max_size=20),
    at=st.floats(0, 1),
)
def test_the_true_time_lies_within_the_error_whatever_the_drift_and_the_noise(drift_ppm, ahead, noise, at):
    def true(t):
        return t + ahead + t * drift_ppm // 1_000_000

    times = [i * 20_000_000_000 for i in range(len(noise))]
    rows = tuple(Comparison(t, Reading(true(t) - t + n, 100_000)) for t, n in zip(times, noise, strict=True))
    clock = Clock("b", "a", rows)
    t = int(at * times[-1])
    assert abs(placed(clock, t)[0] - true(t)) <= clock.error_ns + 1
