"""The rate limit, in rows of (rate, calls, outcome)."""

from simulators.douyin.limiter import Bucket


def test_no_limit_by_default() -> None:
    bucket = Bucket()
    assert all(bucket.take(0.0) for _ in range(1000))


def test_two_a_second_let_two_through_at_once_and_one_more_after_half_a_second() -> None:
    bucket = Bucket(per_s=2.0)
    assert [bucket.take(0.0) for _ in range(3)] == [True, True, False]
    assert [bucket.take(0.5) for _ in range(2)] == [True, False]


def test_a_long_pause_saves_up_one_second_only() -> None:
    bucket = Bucket(per_s=2.0)
    bucket.take(0.0)
    assert [bucket.take(1000.0) for _ in range(3)] == [True, True, False]


def test_less_than_one_a_second_still_lets_the_first_call_through() -> None:
    bucket = Bucket(per_s=0.1)
    assert [bucket.take(0.0), bucket.take(5.0), bucket.take(10.0)] == [True, False, True]
