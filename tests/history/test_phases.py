"""A shop's curve becomes phases that want exactly its messages, at the speed asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from history.phases import STRETCHES, Phase, arrivals, steps, stretches, wrong_phase
from history.scenario_error import ScenarioError

DAYS = st.dictionaries(st.integers(0, 3000), st.floats(0, 5000), min_size=1).filter(lambda day: any(day.values()))


def test_minutes_are_numbers_or_times_of_day() -> None:
    assert arrivals(b"minute,count\n1,3\n0,2\n00:05,1.5\n", "a.csv") == {0: 2.0, 1: 3.0, 5: 1.5}
    assert arrivals("minute;count\n20:15:00;7\n".encode("gb18030"), "a.csv") == {1215: 7.0}


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("0,5\n0,6", r"a\.csv, line 3: minute 0 came before; write each minute once"),
        ("5,1\n00:05,1", "line 3: minute 00:05 came before"),
        ("0,-1", "line 2: count '-1'; write how many messages"),
        ("0,many", "count 'many'"),
        ("0,", "count ''"),
        ("0,1e9", "count '1e9'"),
        ("0,9999999999", "count '9999999999'"),
        ("-1,5", "line 2: minute '-1'; write a number from 0"),
        ("24:00,5", "minute '24:00'"),
        ("٣,5", "minute '٣'"),
        ("0,0\n1,0", "no minute has a message"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(rows: str, complaint: str) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        arrivals(f"minute,count\n{rows}\n".encode(), "a.csv")


@given(DAYS, st.floats(0.01, 1000), st.floats(0.01, 100))
def test_the_phases_want_the_files_messages_in_the_time_asked_for(
    day: dict[int, float], time_scale: float, volume: float
) -> None:
    phases = stretches(day, time_scale, volume)
    assert len(phases) <= STRETCHES
    assert len({phase.name for phase in phases}) == len(phases)
    assert [wrong_phase(phase) for phase in phases if wrong_phase(phase)] == []
    wanted = sum(seconds * rate for seconds, rate in steps(phases))
    assert wanted == pytest.approx(sum(day.values()) * volume)
    assert sum(phase.rate * phase.seconds for phase in phases) == pytest.approx(wanted)
    minutes = max(day) - min(day) + 1
    assert sum(phase.seconds for phase in phases) == pytest.approx(60 * minutes / time_scale)
    assert len(steps(phases)) == minutes


def test_a_day_is_told_by_the_hour_and_played_by_the_minute() -> None:
    phases = stretches({minute: float(minute) for minute in range(1440)}, 120, 1)
    assert [phase.name for phase in phases][:3] == ["00:00", "02:00", "04:00"]
    assert phases[0].curve[:3] == (0.0, 2.0, 4.0)  # a minute in half a second
    assert phases[0].seconds == 60


def test_an_evening_begins_where_the_file_does() -> None:
    phases = stretches(dict.fromkeys(range(19 * 60 + 7, 21 * 60), 60.0), 1, 2)
    assert [(phase.name, phase.seconds, phase.rate) for phase in phases][:2] == [
        ("19:07", 180.0, 2.0),
        ("19:10", 300.0, 2.0),
    ]


@pytest.mark.parametrize(
    ("phase", "complaint"),
    [
        (Phase(name="x", seconds=float("nan"), rate=1), "seconds must be above 0"),
        (Phase(name="x", seconds=1, rate=float("inf")), "rate not below 0"),
        (Phase(name="x", seconds=1, rate=1, curve=(3.0, -1.0)), "below 0"),
        (Phase(name="x", seconds=1, rate=1, curve=(1.0, 2.0)), "curve's mean, 1.5"),
    ],
)
def test_a_wrong_phase_is_told(phase: Phase, complaint: str) -> None:
    assert complaint in wrong_phase(phase)
