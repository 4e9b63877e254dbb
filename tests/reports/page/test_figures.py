"""No rounding ever moves a value across its limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.page import figures

SECONDS = st.floats(min_value=0, max_value=1e5, allow_nan=False)


@pytest.mark.parametrize(
    ("seconds", "limit", "shown"),
    [
        (0.4996, 0.5, "499.6"),
        (0.49996, 0.5, "499.96"),
        (0.5, 0.5, "500"),
        (0.50004, 0.5, "500.04"),
        (0.4204, 0.5, "420"),
        (0.57, 0.57, "570"),
        (12.3456, None, "12,346"),
        (0.0042, None, "4.20"),
        (0.00042, None, "0.420"),
        (0.0, None, "0"),
        (0.0, 0.5, "0"),
    ],
)
def test_milliseconds_keep_their_side_of_the_limit(seconds: float, limit: float | None, shown: str) -> None:
    assert figures.ms(seconds, limit) == shown


@given(SECONDS, SECONDS)
def test_a_shown_value_compares_with_its_limit_like_the_true_one(seconds: float, limit: float) -> None:
    shown = figures.ms(seconds, limit)
    assert shown is not None
    value, bound = figures.exact(seconds) * 1000, figures.exact(limit) * 1000
    printed = type(value)(shown.replace(",", ""))
    assert (printed > bound) - (printed < bound) == (value > bound) - (value < bound)


@given(st.floats(min_value=1e-6, max_value=1e5))
def test_a_shown_value_is_within_half_a_percent(seconds: float) -> None:
    shown = figures.ms(seconds)
    assert shown is not None
    assert float(shown.replace(",", "")) == pytest.approx(seconds * 1000, rel=0.006)


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf")])
def test_no_sample_is_no_number(nothing: float | None) -> None:
    assert [figures.ms(nothing), figures.percent(nothing), figures.plain(nothing)] == [None, None, None]


def test_counts_stay_whole_and_shares_become_percent() -> None:
    assert [figures.plain(43082.0), figures.plain(0.25), figures.percent(3 / 23180)] == ["43,082", "0.250", "0.0129"]


def test_characters_that_could_mislead_are_written_out() -> None:
    assert (
        figures.visible("ok\u202etxt\x1b[31m\x00\nnext\ud800\ufffe")
        == "ok\\u202etxt\\u001b[31m\\u0000 next\\ud800\\ufffe"
    )
    assert figures.visible("面膜 😀") == "面膜 😀"
