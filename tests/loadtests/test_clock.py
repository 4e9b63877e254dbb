"""One clock for many sleepers: in order, never early, and a killed sleeper harms nobody."""

from itertools import pairwise
from time import monotonic_ns

import gevent
from hypothesis import given, settings
from hypothesis import strategies as st

from loadtests.clock import AT_ONCE, Clock

MS = 1_000_000


def sleep(clock: Clock, t: int, woken: list[tuple[int, int]]) -> None:
    clock.sleep_until(t)
    woken.append((t, monotonic_ns()))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(-2 * MS, 10 * MS), max_size=60))
def test_all_wake_in_order_and_none_early(offsets: list[int]) -> None:
    clock, now = Clock(), monotonic_ns()
    woken: list[tuple[int, int]] = []
    sleepers = [gevent.spawn(sleep, clock, now + offset, woken) for offset in offsets]
    with gevent.Timeout(10):
        gevent.joinall(sleepers, raise_error=True)
    future = [t for t, _ in woken if t > now + 2 * MS]  # those before may have been due when they began to wait
    assert future == sorted(future)
    assert sorted(t - now for t, _ in woken) == sorted(offsets)
    assert all(at >= t for t, at in woken)


def test_many_of_one_moment_let_others_have_a_turn() -> None:
    clock = Clock()
    woken: list[tuple[int, int]] = []
    at = monotonic_ns() + 5 * MS
    sleepers = [gevent.spawn(sleep, clock, at + number, woken) for number in range(3 * AT_ONCE)]
    seen: list[int] = []

    def watch() -> None:
        while len(woken) < len(sleepers):
            seen.append(len(woken))
            gevent.sleep(0)

    with gevent.Timeout(10):
        gevent.joinall([*sleepers, gevent.spawn(watch)], raise_error=True)
    assert all(after - before <= AT_ONCE for before, after in pairwise([0, *seen, len(sleepers)]))


def test_a_killed_sleeper_is_forgotten_and_the_others_wake() -> None:
    clock, at = Clock(), monotonic_ns() + 20 * MS
    woken: list[tuple[int, int]] = []
    sleepers = [gevent.spawn(sleep, clock, at, woken) for _ in range(3)]
    gevent.sleep(0)
    sleepers[1].kill()
    late = gevent.spawn(sleep, clock, at, woken)
    with gevent.Timeout(10):
        gevent.joinall([*sleepers, late])
    assert len(woken) == 3


def test_an_earlier_sleeper_who_comes_later_wakes_first() -> None:
    clock, now = Clock(), monotonic_ns()
    woken: list[tuple[int, int]] = []
    sleepers = [gevent.spawn(sleep, clock, now + offset * MS, woken) for offset in (30, 10)]
    with gevent.Timeout(10):
        gevent.joinall(sleepers, raise_error=True)
    assert [(t - now) // MS for t, _ in woken] == [10, 30]


def test_a_woken_sleeper_may_sleep_again_at_once() -> None:
    clock = Clock()
    beats: list[int] = []

    def beat() -> None:
        begin = monotonic_ns()
        for number in range(5):
            clock.sleep_until(begin + number * MS)
            beats.append(number)

    with gevent.Timeout(10):
        gevent.joinall([gevent.spawn(beat) for _ in range(3)], raise_error=True)
    assert sorted(beats) == sorted([*range(5)] * 3)
