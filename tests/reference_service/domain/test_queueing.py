"""The order of a queue: tiers, and first come, first served inside them."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain.grades import Profile
from reference_service.domain.queueing import Queue, Standing, begins, standing


def thread(name: str, since: float) -> Any:
    return SimpleNamespace(conversation=SimpleNamespace(id=name, waits_since=since))


def test_the_better_of_grade_and_priority_decides_where_a_wait_begins() -> None:
    told = [
        begins(Profile(grade, rich), priority)
        for grade in ("new", "regular", "vip")
        for rich in (False, True)
        for priority in ("normal", "high", "urgent")
    ]
    assert told == [2, 1, 0, 1, 1, 0] * 2 + [0] * 6


@pytest.mark.parametrize(
    ("begin", "waited", "told"),
    [
        (2, 0.0, Standing(2, 1100.0)),
        (2, 99.999, Standing(2, 1100.0)),
        (2, 100.0, Standing(1, 1200.0)),
        (2, 199.999, Standing(1, 1200.0)),
        (2, 200.0, Standing(0, None)),
        (2, 1e6, Standing(0, None)),
        (1, 0.0, Standing(1, 1100.0)),
        (1, 100.0, Standing(0, None)),
        (0, 0.0, Standing(0, None)),
    ],
)
def test_a_wait_of_age_s_rises_one_tier_and_another_the_next(begin: int, waited: float, told: Standing) -> None:
    assert standing(begin, 1000.0, 1000.0 + waited, 100.0) == told


@given(st.floats(0, 2e9), st.floats(1, 86400), st.integers(0, 2))
def test_at_the_moment_told_it_rises_exactly_one_tier(since: float, age_s: float, begin: int) -> None:
    now = since
    for tier in range(begin, 0, -1):
        told = standing(begin, since, now, age_s)
        assert told.tier == tier
        assert told.rises_at is not None
        now = told.rises_at
    assert standing(begin, since, now, age_s) == Standing(0, None)


@given(st.lists(st.tuples(st.sampled_from(["put", "put", "move", "remove"]), st.integers(0, 2)), max_size=40))
def test_places_are_those_of_a_sorted_list(moves: list[tuple[str, int]]) -> None:
    queue, plain = Queue(), dict[str, tuple[int, float, Any]]()
    for number, (what, tier) in enumerate(moves):
        now = float(number // 3)  # several in one moment
        if what == "put":
            since = queue.free(now)
            assert since >= now
            new = thread(f"t{number}", since)
            queue.put(new, tier)
            plain[f"t{number}"] = (tier, since, new)
        elif plain:
            name = sorted(plain)[number % len(plain)]
            _, since, which = plain[name]
            if what == "move":
                queue.put(which, tier)
                plain[name] = (tier, since, which)
            else:
                queue.remove(which)
                del plain[name]
                assert not queue.has(which)
        ordered = [which for _, _, which in sorted(plain.values(), key=lambda place: place[:2])]
        assert [id(which) for which in queue] == [id(which) for which in ordered]
        assert [queue.position(which) for which in ordered] == list(range(1, len(ordered) + 1))
        assert (len(queue), queue.head()) == (len(ordered), ordered[0] if ordered else None)
    assert len({since for _, since, _ in plain.values()}) == len(plain)


def test_what_does_not_wait_has_no_place() -> None:
    for ask in (Queue().position, Queue().tier, Queue().remove):
        with pytest.raises(KeyError):
            ask(thread("t1", 1.0))
