"""Token buckets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain import rates
from reference_service.domain.rates import Buckets, Rate


def test_a_burst_then_one_each_interval_and_the_refusal_says_when() -> None:
    buckets = Buckets(Rate(per_s=2.0, burst=3.0))
    assert [buckets.take("a", 10.0) for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 0.5]
    assert [buckets.take("a", 10.5), buckets.take("a", 10.5)] == [0.0, 0.5]
    assert [buckets.take("a", 100.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_one_key_spends_nothing_of_another() -> None:
    buckets = Buckets(Rate(1.0, 1.0))
    assert [buckets.take(key, 0.0) for key in ("a", "b", "a")] == [0.0, 0.0, 1.0]


def test_asking_takes_nothing() -> None:
    buckets = Buckets(Rate(1.0, 1.0))
    assert [buckets.wait("a", 0.0), buckets.take("a", 0.0), buckets.wait("a", 0.25)] == [0.0, 0.0, 0.75]


@given(st.lists(st.floats(0, 5), max_size=60), st.floats(0.1, 10), st.integers(1, 8))
def test_never_more_than_the_burst_and_the_rate_allow(pauses: list[float], per_s: float, burst: int) -> None:
    buckets, now, taken = Buckets(Rate(per_s, burst)), 0.0, 0
    for pause in pauses:
        now += pause
        taken += buckets.take("a", now) == 0.0
        assert taken <= burst + per_s * now + 1e-6


@pytest.mark.thorough
def test_a_flood_of_keys_takes_bounded_memory_and_forgets_nobody_who_just_spent() -> None:
    buckets = Buckets(Rate(0.001, 1.0))
    for number in range(rates.MOST_KEYS * 3):
        assert buckets.take(f"k{number}", 0.0) == 0.0
    assert len(buckets._buckets) <= rates.MOST_KEYS
    assert buckets.take(f"k{rates.MOST_KEYS * 3 - 1}", 0.0) > 0.0
