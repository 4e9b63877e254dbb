"""A complaint's 48 hours, to the millisecond: it rises twice and is breached once, whatever the clock does."""

from typing import Any

import msgspec
import pytest

from reference_service.domain import complaints, shops
from reference_service.domain.complaint import Complaint, ComplaintPath
from reference_service.domain.complaint_clock import Step, next_step
from reference_service.domain.configuring import put
from reference_service.domain.happenings import ComplaintChanged
from reference_service.domain.records import Person

HOUR = 3600.0
ADMIN = Person(id="u1", shop_id="s1", role="admin", login="x", seal="", name="")


@pytest.fixture
def opened(stage: Any) -> Any:
    """A stage with an open complaint of c1, opened at 1000."""
    stage.agent()
    stage.write("c1", "m1")
    return open_one(stage)


def open_one(stage: Any, customer: str = "c1") -> Any:
    stage._do(lambda c: complaints.open_complaint(stage.world, stage.thread(customer), "坏了", ADMIN, c))
    return stage


def changed(stage: Any) -> list[tuple[str, str]]:
    """What became of the complaint and its level after it, in order."""
    rows = [row for changes in stage.all for record, row in changes.rows if record is Complaint]
    what = [h.what for changes in stage.all for h in changes.happened if isinstance(h, ComplaintChanged)]
    return [(told, msgspec.convert(row, Complaint).level) for told, row in zip(what, rows, strict=True)]


@pytest.mark.parametrize("steps", [[100 * HOUR], [HOUR] * 100, [24 * HOUR - 0.001, 0.001, 12 * HOUR, 64 * HOUR]])
def test_it_rises_at_its_shares_and_is_breached_at_48_hours_once(opened: Any, steps: list[float]) -> None:
    for step in steps:
        opened.wait(step)
    (complaint,) = opened.floor.shelves[Complaint].values()
    assert (complaint.level, complaint.breached_at, complaint.state) == ("admin", 1000 + 48 * HOUR, "open")
    assert changed(opened) == [
        ("opened", "agent"),
        ("escalated", "supervisor"),
        ("escalated", "admin"),
        ("breached", "admin"),
    ]


@pytest.mark.parametrize(
    ("after", "level", "breached"),
    [
        (24 * HOUR - 0.001, "agent", False),
        (24 * HOUR, "supervisor", False),
        (36 * HOUR - 0.001, "supervisor", False),
        (36 * HOUR, "admin", False),
        (48 * HOUR - 0.001, "admin", False),
        (48 * HOUR, "admin", True),
    ],
)
def test_not_a_millisecond_early(opened: Any, after: float, level: str, breached: bool) -> None:
    opened.wait(after)
    (complaint,) = opened.floor.shelves[Complaint].values()
    assert (complaint.level, complaint.breached_at is not None) == (level, breached)


def test_each_step_is_told_to_the_agent_and_to_supervisors_and_to_nobody_else(stage: Any) -> None:
    held, other, supervisor = stage.agent(), stage.agent(), stage.agent()
    supervisor.person.role = "supervisor"
    stage.available(other, "away")
    stage.available(supervisor, "away")
    stage.write("c1", "m1")
    open_one(stage)
    stage.wait(48 * HOUR)
    told = stage.told(held, "complaint.updated")
    assert [(t["what"], t["level"], t["breached"]) for t in told] == [
        ("opened", "agent", False),
        ("escalated", "supervisor", False),
        ("escalated", "admin", False),
        ("breached", "admin", True),
    ]
    assert stage.told(supervisor, "complaint.updated") == told
    assert stage.told(other, "complaint.updated") == []


def test_the_clock_is_divided_by_the_speed_of_its_opening(stage: Any) -> None:
    stage.write("c1", "m1")
    stage.world.speed = 60.0
    open_one(stage)
    stage.world.speed = 1.0
    stage.wait(48 * 60.0 - 0.001)
    (complaint,) = stage.floor.shelves[Complaint].values()
    assert complaint.breached_at is None
    stage.wait(0.001)
    assert complaint.breached_at == pytest.approx(1000 + 48 * 60.0)


def test_the_shares_are_those_of_the_opening(stage: Any) -> None:
    stage.write("c1", "m1")
    stage._do(lambda c: put(stage.floor, ComplaintPath(0.25, 0.5), c))
    open_one(stage)
    stage._do(lambda c: put(stage.floor, ComplaintPath(0.8, 0.9), c))
    stage.wait(12 * HOUR)
    (complaint,) = stage.floor.shelves[Complaint].values()
    assert (complaint.level, next_step(complaint)) == ("supervisor", Step(1000 + 24 * HOUR, "admin"))


def test_a_removed_shops_clock_strikes_nothing(opened: Any) -> None:
    opened._do(lambda c: shops.remove_shop(opened.world, opened.floor, c))
    before = len(opened.all)
    opened.wait(100 * HOUR)
    assert [row for changes in opened.all[before:] for row in changes.rows] == []


@pytest.mark.parametrize(("first", "second"), [(0.5, 0.5), (0.75, 0.5)])
def test_the_second_share_must_come_after_the_first(first: float, second: float) -> None:
    with pytest.raises(ValueError, match="before"):
        ComplaintPath(first, second)
