"""HOURS-1: China's time, starts inclusive, ends exclusive, to the millisecond."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain.hours import BusinessHours, Span, next_opening, open_at

CHINA = ZoneInfo("Asia/Shanghai")
NIGHT = BusinessHours(friday=(Span("22:00", "02:00"),), saturday=(), exceptions={"2026-10-01": ()})
ALWAYS = BusinessHours(**dict.fromkeys(BusinessHours.__struct_fields__[:7], (Span("00:00", "24:00"),)))
NEVER = BusinessHours(**dict.fromkeys(BusinessHours.__struct_fields__[:7], ()))
MONDAYS = msgspec.structs.replace(NEVER, monday=(Span("09:00", "10:00"),))
FAR = msgspec.structs.replace(NEVER, exceptions={"2031-01-01": (Span("08:00", "09:00"),)})


def china(text: str) -> float:
    """Unix seconds of a moment in China."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp()


@pytest.mark.parametrize(
    ("hours", "moment", "is_open"),
    [
        (BusinessHours(), "2026-09-30 08:59:59.999", False),
        (BusinessHours(), "2026-09-30 09:00:00.000", True),
        (BusinessHours(), "2026-09-30 21:59:59.999", True),
        (BusinessHours(), "2026-09-30 22:00:00.000", False),
        (BusinessHours(wednesday=(Span("09:30:00.250", "09:30:00.251"),)), "2026-09-30 09:30:00.249", False),
        (BusinessHours(wednesday=(Span("09:30:00.250", "09:30:00.251"),)), "2026-09-30 09:30:00.250", True),
        (BusinessHours(wednesday=(Span("09:30:00.250", "09:30:00.251"),)), "2026-09-30 09:30:00.251", False),
        (NIGHT, "2026-10-02 21:59:59.999", False),  # a Friday
        (NIGHT, "2026-10-02 22:00:00.000", True),
        (NIGHT, "2026-10-03 01:59:59.999", True),  # Saturday is off, but Friday's span runs to its end
        (NIGHT, "2026-10-03 02:00:00.000", False),
        (NIGHT, "2026-10-03 12:00:00.000", False),
        (NIGHT, "2026-10-01 12:00:00.000", False),  # an exception
        (BusinessHours(exceptions={"2026-10-01": (Span("12:00", "13:00"),)}), "2026-10-01 11:59:59.999", False),
        (BusinessHours(exceptions={"2026-10-01": (Span("12:00", "13:00"),)}), "2026-10-01 12:00:00.000", True),
        (ALWAYS, "2026-10-01 00:00:00.000", True),
        (ALWAYS, "2026-10-01 23:59:59.999", True),
        (NEVER, "2026-10-01 12:00:00.000", False),
    ],
)
def test_a_span_is_open_from_its_start_to_just_before_its_end(hours: Any, moment: str, is_open: bool) -> None:
    assert open_at(hours, china(moment)) is is_open


@pytest.mark.parametrize(
    ("hours", "moment", "opening"),
    [
        (BusinessHours(), "2026-09-30 08:59:59.999", "2026-09-30 09:00:00"),
        (BusinessHours(), "2026-09-30 09:00:00.000", "2026-09-30 09:00:00.000"),
        (BusinessHours(), "2026-09-30 22:00:00.000", "2026-10-01 09:00:00"),
        (NIGHT, "2026-09-30 23:00:00.000", "2026-10-02 22:00:00"),  # the 1st is an exception
        (NIGHT, "2026-10-03 01:00:00.000", "2026-10-03 01:00:00.000"),
        (NIGHT, "2026-10-03 02:00:00.000", "2026-10-04 09:00:00"),
        (MONDAYS, "2026-10-05 10:00:00", "2026-10-12 09:00:00"),
        (
            msgspec.structs.replace(MONDAYS, exceptions={"2026-10-05": (), "2026-10-12": ()}),
            "2026-10-02 10:00:00",
            "2026-10-19 09:00:00",
        ),
        (FAR, "2026-10-05 10:00:00", "2031-01-01 08:00:00"),
        (NEVER, "2026-10-05 10:00:00", None),
    ],
)
def test_the_next_opening_is_the_first_moment_open(hours: Any, moment: str, opening: str | None) -> None:
    assert next_opening(hours, china(moment)) == (None if opening is None else china(opening))


TIMES = st.integers(0, 86399).map(lambda s: f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}")
DAYS = st.lists(TIMES, min_size=2, max_size=2, unique=True).map(lambda pair: (Span(*pair),)) | st.just(())
DATES = st.dates(datetime.date(2026, 9, 20), datetime.date(2026, 10, 20)).map(datetime.date.isoformat)
HOURS = st.builds(
    BusinessHours,
    **dict.fromkeys(BusinessHours.__struct_fields__[:7], DAYS),
    exceptions=st.dictionaries(DATES, DAYS, max_size=12),
)


def slowly_open(hours: BusinessHours, at: float) -> bool:
    """The rule as a person would check it: with a calendar, a day before included."""
    now = datetime.datetime.fromtimestamp(at, CHINA)
    for days_ago in (0, 1):
        date = now.date() - datetime.timedelta(days=days_ago)
        plan = hours.exceptions.get(date.isoformat(), getattr(hours, date.strftime("%A").lower()))
        for span in plan:
            start = datetime.datetime.combine(date, datetime.time.fromisoformat(span.start), CHINA)
            end = datetime.datetime.combine(date, datetime.time.fromisoformat(span.end), CHINA)
            if start <= now < (end if end > start else end + datetime.timedelta(days=1)):
                return True
    return False


@given(hours=HOURS, milliseconds=st.integers(int(china("2026-09-25 00:00") * 1000), int(china("2026-10-15") * 1000)))
def test_open_is_what_a_calendar_says_and_nothing_before_the_next_opening_is(hours: Any, milliseconds: int) -> None:
    at = milliseconds / 1000
    assert open_at(hours, at) is slowly_open(hours, at)
    opening = next_opening(hours, at)
    if opening is None:
        assert not any(spans for spans in hours.week())
        return
    assert open_at(hours, opening)
    assert not any(slowly_open(hours, at + (opening - at) * part / 50) for part in range(50) if opening > at)


@pytest.mark.parametrize(
    "wrong",
    [
        {"monday": [{"start": "9:00", "end": "22:00"}]},
        {"monday": [{"start": "09:00", "end": "24:01"}]},
        {"monday": [{"start": "24:00", "end": "09:00"}]},
        {"monday": [{"start": "09:00\n", "end": "22:00"}]},
        {"monday": [{"start": "０９:00", "end": "22:00"}]},
        {"monday": [{"start": "09:00", "end": "09:00:00.000"}]},
        {"monday": [{"start": "09:00", "end": "12:00"}, {"start": "11:59:59.999", "end": "13:00"}]},
        {"monday": [{"start": "22:00", "end": "02:00"}, {"start": "23:00", "end": "23:30"}]},
        {"monday": [{"start": "09:00"}]},
        {"monday": None},
        {"exceptions": {"2026-02-30": []}},
        {"exceptions": {"20260203": []}},
        {"exceptions": {"微信": []}},
        {"exceptions": {"2026-02-03": [{"start": "x", "end": "y"}]}},
    ],
)
def test_wrong_hours_are_refused_without_repeating_them(wrong: Any) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(wrong, BusinessHours)
    assert "微信" not in str(refused.value)


def test_spans_of_a_day_may_touch() -> None:
    day = [{"start": "09:00", "end": "12:00"}, {"start": "12:00", "end": "13:00"}]
    hours = msgspec.convert({"monday": day}, BusinessHours)
    assert hours.monday == (Span("09:00", "12:00"), Span("12:00", "13:00"))
