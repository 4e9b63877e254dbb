"""Shifts: outside them an agent counts as away, to the moment, and whatever they say themselves."""

import datetime
from typing import Any

import pytest

from reference_service.domain import shifts
from reference_service.domain.hours import Span
from reference_service.domain.shifts import Shifts

CHINA = datetime.timezone(datetime.timedelta(hours=8))
MORNING = (Span("09:00", "13:00"),)


def at(text: str) -> float:
    """A moment of the week of Monday 2024-01-01 in China."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp()


def put(stage: Any, desk: Any, plan: Shifts) -> None:
    stage._do(lambda changes: shifts.put(stage.world, desk, plan, changes))


@pytest.fixture
def monday(stage: Any) -> Any:
    """The stage, at 08:00 of a Monday."""
    stage.now = at("2024-01-01T08:00")
    return stage


def test_a_shift_begins_and_ends_by_itself(monday: Any) -> None:
    stage = monday
    desk = stage.agent()
    put(stage, desk, Shifts(monday=MORNING, tuesday=MORNING))
    stage.write("c1", "m1")
    assert desk.held == {}
    stage.wait(at("2024-01-01T09:00") - stage.now - 0.001)
    assert desk.held == {}
    stage.wait(0.001)
    assert list(desk.held) == ["cv1"]
    stage.wait(at("2024-01-01T13:00") - stage.now)
    stage.write("c2", "m2")
    assert list(desk.held) == ["cv1"]
    stage.wait(at("2024-01-02T09:00") - stage.now)
    assert list(desk.held) == ["cv1", "cv2"]
    assert [told["availability"] for told in stage.told(desk, "agent.availability")] == [
        "away",
        "online",
        "away",
        "online",
    ]


def test_a_jump_over_days_assigns_as_of_the_moment_the_shift_began(monday: Any) -> None:
    stage = monday
    desk = stage.agent()
    put(stage, desk, Shifts(wednesday=MORNING))
    stage.write("c1", "m1")
    stage.wait(3 * 86400.0)
    assert (list(desk.held), desk.on_shift) == (["cv1"], False)
    waited = [t["tier"] for t in stage.told(desk, "queue.position")]
    assert waited == ["normal", "high", "vip"]


def test_shifts_that_touch_are_one(monday: Any) -> None:
    stage = monday
    desk = stage.agent()
    put(stage, desk, Shifts(monday=(Span("07:00", "12:00"), Span("12:00", "24:00")), tuesday=(Span("00:00", "06:00"),)))
    assert shifts.next_change(desk.person, stage.now) == at("2024-01-02T06:00")
    stage.wait(at("2024-01-02T05:59") - stage.now)
    assert (desk.on_shift, stage.told(desk, "agent.availability")) == (True, [])


def test_online_outside_a_shift_counts_as_away_and_offline_as_offline(monday: Any) -> None:
    stage = monday
    desk = stage.agent()
    put(stage, desk, Shifts(tuesday=MORNING))
    stage.available(desk, "away")
    stage.available(desk, "online")
    assert desk.availability() == "away"
    stage.available(desk, "offline")
    assert desk.availability() == "offline"
    stage.wait(at("2024-01-02T10:00") - stage.now)
    stage.write("c1", "m1")
    assert desk.held == {}
    stage.available(desk, "online")
    assert list(desk.held) == ["cv1"]


def test_without_any_span_the_agents_own_word_alone_counts(monday: Any) -> None:
    stage = monday
    desk = stage.agent()
    put(stage, desk, Shifts(tuesday=MORNING))
    stage.write("c1", "m1")
    put(stage, desk, Shifts())
    assert (list(desk.held), desk.person.shifts, shifts.next_change(desk.person, stage.now)) == (["cv1"], "", None)


def test_a_date_may_differ_from_its_weekday(monday: Any) -> None:
    stage = monday
    desk = stage.agent()
    put(stage, desk, Shifts(monday=MORNING, exceptions={"2024-01-08": ()}))
    told = [shifts.on(desk.person, at(f"2024-01-{day}T10:00")) for day in ("01", "08", "15")]
    assert told == [True, False, True]


@pytest.mark.parametrize(
    ("plan", "now", "change"),
    [
        (Shifts(), "2024-01-01T08:00", None),
        (Shifts(monday=MORNING), "2024-01-01T08:00", "2024-01-01T09:00"),
        (Shifts(monday=MORNING), "2024-01-01T09:00", "2024-01-01T13:00"),
        (Shifts(monday=MORNING), "2024-01-01T13:00", "2024-01-08T09:00"),
        (Shifts(sunday=(Span("22:00", "02:00"),)), "2024-01-01T01:00", "2024-01-01T02:00"),
        (Shifts(exceptions={"2024-03-01": MORNING}), "2024-01-01T01:00", "2024-03-01T09:00"),
        (Shifts(exceptions={"2024-03-01": MORNING}), "2024-03-01T09:00", "2024-03-01T13:00"),
        (Shifts(exceptions={"2023-03-01": MORNING}), "2024-03-01T09:00", None),
        (Shifts(*[(Span("00:00", "24:00"),)] * 7), "2024-01-01T01:00", None),
    ],
)
def test_the_next_change(stage: Any, plan: Shifts, now: str, change: str | None) -> None:
    desk = stage.agent()
    put(stage, desk, plan)
    assert shifts.next_change(desk.person, at(now)) == (at(change) if change else None)


def test_who_is_removed_with_their_shop_has_no_shift(monday: Any) -> None:
    shifts.strike(monday.world, "a99", None)  # type: ignore[arg-type]
