"""Turns of customers where a target bears only so many messages a second."""

import pytest

from suites.pace import lowest, turn


def test_each_turn_is_a_second_s_share_after_the_one_before() -> None:
    assert turn(10.0, 0.0, 2.0) == (0.0, 10.5)
    assert turn(10.1, 10.5, 2.0) == (pytest.approx(0.4), 11.0)
    assert turn(99.0, 11.0, 2.0) == (0.0, 99.5)  # a place that nobody took is lost, and not caught up


def test_without_a_limit_nobody_waits() -> None:
    assert turn(10.0, 0.0, 0.0) == (0.0, 10.0)


def test_the_lowest_limit_is_shared_among_the_workers() -> None:
    assert lowest(2, 8.0, None, 0.0, 20.0) == 4.0
    assert lowest(1, None, 0.0) == 0.0
