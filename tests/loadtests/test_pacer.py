"""No more messages a second than allowed, and no catching up."""

from hypothesis import given
from hypothesis import strategies as st

from loadtests.pacer import Pacer

GAPS = st.lists(st.floats(0, 3), max_size=200)


def places(times: list[float], per_s: float) -> list[float]:
    pacer = Pacer()
    return [at + pacer.wait_s(at, per_s) for at in times]


def test_without_a_limit_nobody_waits() -> None:
    assert places([1.0, 1.0, 1.0], 0.0) == [1.0, 1.0, 1.0]


def test_a_heap_is_spread_and_a_quiet_time_is_not_made_up_for() -> None:
    assert places([1.0, 1.0, 1.0, 9.0, 9.0], 2.0) == [1.0, 1.5, 2.0, 9.0, 9.5]


@given(GAPS, st.integers(1, 50))
def test_any_second_has_at_most_the_limit(gaps: list[float], per_s: int) -> None:
    now, times = 0.0, []
    for gap in gaps:
        now += gap if gap > 1.5 else 0.0  # heaps, and pauses between them
        times.append(now)
    found = places(times, per_s)
    assert found == sorted(found)
    assert all(place >= at for place, at in zip(found, times, strict=True))
    for first, beyond in zip(found, found[per_s:], strict=False):
        assert beyond - first >= 1.0 - 1e-6
