"""Whether a shop is open, read slowly: every span of the days around a moment, exactly (HOURS-1, R2.1)."""

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, Self

Span = tuple[str, str]
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHINA: Final = datetime.timezone(datetime.timedelta(hours=8))
FOREVER: Final = 430  # days: further than any exception of these tests


class Plan:
    """A week's spans by the day they start on, and other spans for some dates ("2026-06-18")."""

    def __init__(self, week: Mapping[str, Sequence[Span]], dates: Mapping[str, Sequence[Span]] | None = None) -> None:
        self.week = {day: tuple(week.get(day, ())) for day in DAYS}
        self.dates = {date: tuple(spans) for date, spans in (dates or {}).items()}

    @classmethod
    def always(cls) -> Self:
        """Open day and night."""
        return cls({day: [("00:00", "24:00")] for day in DAYS})

    @classmethod
    def never(cls) -> Self:
        """Closed, but for a minute long ago: a plan without any span would be none."""
        return cls({}, {"2020-01-01": [("00:00", "00:01")]})

    @classmethod
    def changing(cls, edge: float, closes: bool) -> Self:
        """Open before the edge and closed from it on that day, or closed on all days but from the edge to midnight."""
        date, time = date_in_china(edge).isoformat(), clock(edge)
        span = ("00:00", time) if closes else (time, "24:00")
        return cls(cls.always().week if closes else {}, {date: [span] if time != "00:00:00.000" else []})

    def body(self) -> dict[str, object]:
        """As PUT /business-hours takes it."""
        days = {day: _spans(spans) for day, spans in self.week.items()}
        return {**days, "exceptions": {date: _spans(spans) for date, spans in self.dates.items()}}

    def spans(self, date: datetime.date) -> list[tuple[Fraction, Fraction]]:
        """The spans that start on a date, Unix seconds, exactly: a start is inside, an end is not."""
        midnight = Fraction(int(datetime.datetime.combine(date, datetime.time(), CHINA).timestamp()))
        found = []
        for start, end in self.dates.get(date.isoformat(), self.week[DAYS[date.weekday()]]):
            begins, ends = _within_day(start), _within_day(end)
            found.append((midnight + begins, midnight + (ends if ends > begins else ends + 86400)))
        return found

    def is_open(self, at: float) -> bool:
        """Whether somebody is there at a moment."""
        today, moment = date_in_china(at), micros(at)
        days = (today - datetime.timedelta(days=1), today)
        return any(start <= moment < end for day in days for start, end in self.spans(day))

    def next_opening(self, at: float) -> float | None:
        """The first moment from `at` on when it is open; None: never."""
        if self.is_open(at):
            return at
        today, moment = date_in_china(at), micros(at)
        for day in (today + datetime.timedelta(days=ahead) for ahead in range(FOREVER)):
            starts = [start for start, _ in self.spans(day) if start >= moment]
            if starts:
                return float(min(starts))
        return None

    def edges(self, at: float) -> list[float]:
        """Every start and end of the days around a moment."""
        today = date_in_china(at)
        days = (today + datetime.timedelta(days=ahead) for ahead in (-1, 0, 1))
        return sorted(float(edge) for day in days for span in self.spans(day) for edge in span)


def date_in_china(at: float) -> datetime.date:
    """The date there at a moment."""
    return datetime.datetime.fromtimestamp(at, CHINA).date()


def micros(at: float) -> Fraction:
    """A moment to the microsecond, which is as exact as a float of these years can be read."""
    return Fraction(round(at * 1_000_000), 1_000_000)


def clock(at: float) -> str:
    """The time of day in China, to the millisecond, as a span's edge is written."""
    local = datetime.datetime.fromtimestamp(at, CHINA)
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03}"


def _spans(spans: Sequence[Span]) -> list[dict[str, str]]:
    return [{"start": start, "end": end} for start, end in spans]


def _within_day(time: str) -> Fraction:
    hours, minutes, *seconds = time.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds[0] if seconds else 0)
