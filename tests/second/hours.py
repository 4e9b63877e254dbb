"""Business hours in China's time: a span's start belongs to it, its end does not, to the millisecond."""

import datetime
import re
from itertools import pairwise
from typing import Any, Final

WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHINA: Final = datetime.timezone(datetime.timedelta(hours=8))
DEFAULT: Final = [{"start": "09:00", "end": "22:00"}]
DAY: Final = 86_400_000
FAR: Final = 420 * 7  # days: longer than all exceptions a plan may have
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{3}))?)?", re.ASCII)
Plan = dict[str, Any]


class BadPlan(ValueError):
    """No such time or date, a span of no length, or spans that overlap."""


def check(plan: Plan) -> None:
    """Raises BadPlan."""
    for date in plan.get("exceptions", {}):
        try:
            right = datetime.date.fromisoformat(date).isoformat() == date
        except ValueError:
            right = False
        if not right:
            raise BadPlan(f"{date!r}: a date is YYYY-MM-DD")
    days = [plan[day] for day in WEEK if day in plan]
    for spans in (*days, *plan.get("exceptions", {}).values()):
        edges = sorted(map(_edges, spans))
        if any(one[1] > other[0] for one, other in pairwise(edges)):
            raise BadPlan("the spans of a day overlap")


def next_opening(plan: Plan, at: float) -> float | None:
    """The first moment from `at` on when it is open, in Unix seconds; None: never."""
    today = datetime.datetime.fromtimestamp(at, CHINA).date()
    for ahead in range(-1, FAR):
        date = today + datetime.timedelta(days=ahead)
        midnight = datetime.datetime.combine(date, datetime.time(), CHINA).timestamp()
        spans = plan.get("exceptions", {}).get(date.isoformat(), plan.get(WEEK[date.weekday()], DEFAULT))
        for start, end in sorted(map(_edges, spans)):
            if at < midnight + end / 1000:
                return max(at, midnight + start / 1000)
    return None


def is_open(plan: Plan, at: float) -> bool:
    """Whether people answer at a moment."""
    return next_opening(plan, at) == at


def _edges(span: dict[str, str]) -> tuple[int, int]:
    start, end = _milliseconds(span["start"]), _milliseconds(span["end"])
    if start in (end, DAY):
        raise BadPlan("a span starts before 24:00, and ends at another time than it starts")
    return start, end if end > start else end + DAY


def _milliseconds(time: str) -> int:
    if time == "24:00":
        return DAY
    found = _TIME.fullmatch(time)
    if found is None:
        raise BadPlan(f"{time!r}: a time is HH:MM, HH:MM:SS or HH:MM:SS.mmm")
    hour, minute, second, milli = (int(part or 0) for part in found.groups())
    return ((hour * 60 + minute) * 60 + second) * 1000 + milli
