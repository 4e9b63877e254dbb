"""The retry plan: three retries at their intervals, then no more; and it always ends."""

from hypothesis import given
from hypothesis import strategies as st

from simulators.douyin.retry import Again, GivenUp, Settled, next_step

PLAN = (1.0, 2.0, 4.0)


def test_three_retries_after_1_2_and_4_seconds_then_given_up() -> None:
    assert [next_step(False, attempt, PLAN, 10.0) for attempt in (1, 2, 3, 4)] == [
        Again(11.0),
        Again(12.0),
        Again(14.0),
        GivenUp(),
    ]


def test_a_push_that_was_taken_is_settled_at_any_attempt() -> None:
    assert [next_step(True, attempt, PLAN, 0.0) for attempt in (1, 4, 9)] == [Settled()] * 3


def test_no_intervals_mean_no_retry() -> None:
    assert next_step(False, 1, (), 0.0) == GivenUp()


@given(
    st.lists(st.floats(0, 100), max_size=6).map(tuple),
    st.lists(st.booleans(), min_size=7, max_size=7),
    st.floats(0, 1e9),
)
def test_every_plan_ends_after_one_attempt_more_than_it_has_intervals(
    plan: tuple[float, ...], answers: list[bool], now: float
) -> None:
    for attempt, taken in enumerate(answers, 1):
        step = next_step(taken, attempt, plan, now)
        if not isinstance(step, Again):
            break
        assert step.at >= now
        now = step.at
    assert isinstance(step, Settled if taken else GivenUp)
    assert attempt <= len(plan) + 1
