"""The oracle of business hours, at its edges."""

from datetime import datetime

from security_tests.routing.hours import CHINA, DAYS, Plan, clock


def at(text: str) -> float:
    """Unix seconds of a moment in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp()


EVERY_DAY = Plan({day: [("09:00", "22:00")] for day in DAYS})


def test_a_start_is_inside_and_an_end_is_not_to_the_millisecond() -> None:
    moments = ("08:59:59.999", "09:00:00", "21:59:59.999", "22:00:00")
    assert [EVERY_DAY.is_open(at(f"2026-06-18 {moment}")) for moment in moments] == [False, True, True, False]


def test_a_night_shift_runs_into_the_next_day_whatever_its_plan_is() -> None:
    plan = Plan({"friday": [("22:00", "02:00")]})
    assert [plan.is_open(at(moment)) for moment in ("2026-06-20 01:59:59.999", "2026-06-20 02:00")] == [True, False]


def test_a_date_of_its_own_replaces_the_weeks_plan() -> None:
    plan = Plan(EVERY_DAY.week, {"2026-06-18": [("00:00", "24:00")], "2026-06-19": []})
    open_at = [plan.is_open(at(moment)) for moment in ("2026-06-18 23:59:59", "2026-06-19 12:00", "2026-06-20 12:00")]
    assert open_at == [True, False, True]


def test_the_next_opening_is_now_the_next_start_or_never() -> None:
    assert EVERY_DAY.next_opening(at("2026-06-18 12:00")) == at("2026-06-18 12:00")
    assert EVERY_DAY.next_opening(at("2026-06-18 22:00")) == at("2026-06-19 09:00")
    assert Plan({}).next_opening(at("2026-06-18 22:00")) is None


def test_a_moment_is_written_as_the_contract_wants_it() -> None:
    assert clock(at("2026-06-18 07:05:09.020")) == "07:05:09.020"
