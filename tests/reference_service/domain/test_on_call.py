"""The watches of a day: who is on watch at a moment in China, and when nobody is."""

import pytest

from reference_service.domain.on_call import Gap, OnCall, Watch, gaps, on_watch

MIDNIGHT = 1_764_000_000 - 1_764_000_000 % 86400 - 8 * 3600.0  # in China


def at(clock: str) -> float:
    hours, minutes = clock.split(":")
    return MIDNIGHT + int(hours) * 3600 + float(minutes) * 60


NIGHT_AND_DAY = OnCall((Watch("a1", "08:00", "20:00"), Watch("a2", "20:00", "08:00")))


@pytest.mark.parametrize(
    ("clock", "who"), [("08:00", ["a1"]), ("19:59", ["a1"]), ("20:00", ["a2"]), ("00:00", ["a2"]), ("07:59", ["a2"])]
)
def test_a_watch_begins_at_its_start_and_is_over_at_its_end_also_past_midnight(clock: str, who: list[str]) -> None:
    assert on_watch(NIGHT_AND_DAY, at(clock)) == who


def test_a_millisecond_before_the_end_is_still_on_watch() -> None:
    assert on_watch(NIGHT_AND_DAY, at("20:00") - 0.001) == ["a1"]


def test_several_may_watch_and_each_is_named_once() -> None:
    on_call = OnCall((Watch("a2"), Watch("a1", "08:00", "09:00"), Watch("a2", "08:00", "10:00")))
    assert on_watch(on_call, at("08:30")) == ["a2", "a1"]


@pytest.mark.parametrize(
    ("watches", "missing"),
    [
        ((), [Gap("00:00", "24:00")]),
        ((Watch("a1"),), []),
        (NIGHT_AND_DAY.watches, []),
        ((Watch("a1", "08:00", "20:00"), Watch("a2", "20:00", "07:30:30")), [Gap("07:30:30.000", "08:00")]),
        ((Watch("a1", "09:00", "12:00"),), [Gap("00:00", "09:00"), Gap("12:00", "24:00")]),
        ((Watch("a1", "00:00", "13:00"), Watch("a2", "12:00", "12:30")), [Gap("13:00", "24:00")]),
    ],
)
def test_what_nobody_watches_is_shown(watches: tuple[Watch, ...], missing: list[Gap]) -> None:
    assert gaps(OnCall(watches)) == missing


@pytest.mark.parametrize(("start", "end"), [("24:00", "08:00"), ("08:00", "08:00"), ("8:00", "09:00"), ("08:00", "")])
def test_a_watch_that_is_none_is_refused(start: str, end: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Watch("a1", start, end)
