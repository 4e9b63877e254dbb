"""Business hours of the second implementation: the start inclusive, the end exclusive, in China's time."""

from datetime import datetime

import pytest

from tests.second.hours import CHINA, BadPlan, check, is_open, next_opening

NIGHT = [{"start": "22:00", "end": "02:00"}]


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp()


@pytest.mark.parametrize(
    ("plan", "moment", "opens"),
    [
        ({}, "2026-11-28 08:59:59.999", "2026-11-28 09:00"),
        ({}, "2026-11-28 09:00", "2026-11-28 09:00"),
        ({}, "2026-11-28 21:59:59.999", "2026-11-28 21:59:59.999"),
        ({}, "2026-11-28 22:00", "2026-11-29 09:00"),
        ({"saturday": NIGHT, "sunday": []}, "2026-11-29 01:59:59.999", "2026-11-29 01:59:59.999"),
        ({"saturday": NIGHT, "sunday": []}, "2026-11-29 02:00", "2026-11-30 09:00"),
        ({"exceptions": {"2026-11-28": []}}, "2026-11-28 12:00", "2026-11-29 09:00"),
    ],
)
def test_the_next_opening(plan: dict[str, object], moment: str, opens: str) -> None:
    assert next_opening(plan, at(moment)) == at(opens)
    assert is_open(plan, at(moment)) == (moment == opens)


@pytest.mark.parametrize(
    "plan",
    [
        {"monday": [{"start": "09:00", "end": "09:00"}]},
        {"monday": [{"start": "24:00", "end": "09:00"}]},
        {"monday": [{"start": "9:00", "end": "10:00"}]},
        {"monday": [{"start": "09:00", "end": "12:00"}, {"start": "11:59", "end": "13:00"}]},
        {"exceptions": {"2026-2-30": []}},
    ],
)
def test_a_plan_that_cannot_be_is_refused(plan: dict[str, object]) -> None:
    with pytest.raises(BadPlan):
        check(plan)
