"""Business hours of a shop: a plan for the week and exceptions by date, in China's time (R2.1, HOURS-1); pure.

A span belongs to the day it starts on: one past midnight (`22:00`-`02:00`) runs to its end, whatever the next day's
plan is. `00:00`-`24:00` is the whole day, no span at all a day off.
"""

import datetime
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Final

import msgspec

DAY: Final = 86_400_000_000  # microseconds, as everything here: a float's Unix time is good to less than one
CHINA: Final = 8 * 3_600_000_000  # ahead of UTC, all year since 1991
EPOCH: Final = datetime.date(1970, 1, 1).toordinal()
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{3}))?)?", re.ASCII)


@lru_cache(maxsize=1024)
def within_day(time: str) -> int:
    """Microseconds since midnight of `HH:MM`, `HH:MM:SS` or `HH:MM:SS.mmm`; `24:00` is the end of the day.

    Raises ValueError.
    """
    if time == "24:00":
        return DAY
    found = _CLOCK.fullmatch(time)
    if found is None:
        raise ValueError("a time is HH:MM, HH:MM:SS or HH:MM:SS.mmm, or 24:00 for the end of the day")
    hour, minute, second, milli = (int(part or 0) for part in found.groups())
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + milli * 1000


class Span(msgspec.Struct, frozen=True):
    """Open from `start` on and no longer at `end`; an end before its start is the next day's. Raises ValueError."""

    start: Annotated[str, msgspec.Meta(max_length=12)]
    end: Annotated[str, msgspec.Meta(max_length=12)]

    def __post_init__(self) -> None:
        if within_day(self.start) in (DAY, within_day(self.end)):
            raise ValueError("a span starts before 24:00, and ends at another time than it starts")


Day = Annotated[tuple[Span, ...], msgspec.Meta(max_length=10)]
Dates = Annotated[dict[str, Day], msgspec.Meta(max_length=400)]
_EVERY_DAY: Final = (Span("09:00", "22:00"),)


class BusinessHours(msgspec.Struct, frozen=True):
    """When the shop's people answer. `exceptions` replace the plan of their dates. Raises ValueError."""

    monday: Day = _EVERY_DAY
    tuesday: Day = _EVERY_DAY
    wednesday: Day = _EVERY_DAY
    thursday: Day = _EVERY_DAY
    friday: Day = _EVERY_DAY
    saturday: Day = _EVERY_DAY
    sunday: Day = _EVERY_DAY
    exceptions: Dates = {}

    def __post_init__(self) -> None:
        if not all(map(_is_date, self.exceptions)):
            raise ValueError("a date is YYYY-MM-DD")
        for spans in (*self.week(), *self.exceptions.values()):
            edges = sorted(_edges(span) for span in spans)
            if any(before[1] > after[0] for before, after in pairwise(edges)):
                raise ValueError("the spans of a day overlap")

    def week(self) -> tuple[Day, ...]:
        """The plan, Monday first."""
        days = (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday)
        return (*days, self.saturday, self.sunday)


def open_at(hours: BusinessHours, at: float) -> bool:
    """Whether the shop is open at a moment, Unix seconds: a span's start belongs to it, its end does not."""
    now = _local(at)
    today = now // DAY
    return any(start <= now < end for day in (today - 1, today) for start, end in _spans(hours, day))


def next_opening(hours: BusinessHours, at: float) -> float | None:
    """The first moment from `at` on when the shop is open, Unix seconds; None where it never opens again."""
    now = _local(at)
    for day in _days_ahead(hours, now // DAY):
        for start, end in _spans(hours, day):
            if now < end:
                return at if start <= now else (start - CHINA) / 1e6
    return None


def next_closing(hours: BusinessHours, at: float) -> float | None:
    """The first moment after `at` when it is no longer open; None where it is closed now, or never closes."""
    now = end = _local(at)
    for day in range(now // DAY - 1, last := now // DAY + 7 * (len(hours.exceptions) + 1) + 1):
        for start, stop in _spans(hours, day):
            end = stop if start <= end < stop else end
    return None if end == now or end >= last * DAY else (end - CHINA) / 1e6


def _days_ahead(hours: BusinessHours, today: int) -> Iterator[int]:
    # An exception hides one day of the plan, so one week more than there are exceptions shows every weekday once;
    # today may be over, so it must be met again.
    far = today + 7 * (len(hours.exceptions) + 1) + 1
    yield from range(today - 1, far)
    dates = (datetime.date.fromisoformat(date).toordinal() - EPOCH for date in hours.exceptions)
    yield from sorted(day for day in dates if day >= far)


def _spans(hours: BusinessHours, day: int) -> list[tuple[int, int]]:
    planned = hours.week()[(day + 3) % 7]  # 1970-01-01, day 0, was a Thursday
    spans = hours.exceptions.get(datetime.date.fromordinal(EPOCH + day).isoformat(), planned)
    return sorted((day * DAY + start, day * DAY + end) for start, end in map(_edges, spans))


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _edges(span: Span) -> tuple[int, int]:
    start, end = within_day(span.start), within_day(span.end)
    return start, end if end > start else end + DAY


def _local(at: float) -> int:
    return round(at * 1e6) + CHINA
