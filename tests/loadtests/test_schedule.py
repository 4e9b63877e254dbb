"""Schedules: absolute, seeded, at the rate the phases ask for, and never in convoy."""

from itertools import accumulate, islice, pairwise
from random import Random
from statistics import mean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from history.phases import steps, stretches
from history.scenario import Customers, Phase, Scenario
from history.scenario_file import load
from loadtests.assignment import SCENARIOS
from loadtests.schedule import (
    OPENING,
    Due,
    arrivals,
    begins,
    closed_visits,
    first_turn,
    length_s,
    next_active,
    open_slot,
    think_s,
)

LAUNCH = load(SCENARIOS / "launch.toml")
SHORT = load(SCENARIOS / "short.toml")


def everything(scenario: Scenario) -> list[Due]:
    return [due for slot in range(scenario.customers.concurrency) for due in open_slot(scenario, slot)]


@pytest.fixture(scope="module")
def launch() -> list[Due]:
    return everything(LAUNCH)


def scenario(phases: list[Phase], **customers: float) -> Scenario:
    who = Customers(**{"concurrency": 1, "burst_share": 0.0, **customers})  # type: ignore[arg-type]
    return Scenario(name="x", title_zh="", title_en="", customers=who, phases=tuple(phases), gates=())


def test_the_same_seed_gives_the_same_schedule() -> None:
    assert open_slot(LAUNCH, 7) == open_slot(LAUNCH, 7)
    assert open_slot(LAUNCH, 7) != open_slot(LAUNCH, 8)


@pytest.mark.parametrize(("phase", "rate"), [("steady", 100.0), ("surge", 400.0)])
def test_messages_arrive_at_the_phases_rate(launch: list[Due], phase: str, rate: float) -> None:
    place = [p.name for p in LAUNCH.phases].index(phase)
    low, high = begins(LAUNCH.phases)[place : place + 2]
    seen = sum(low <= due.t_s < high for due in launch) / (high - low)
    assert seen == pytest.approx(rate, rel=0.05)  # n ≥ 6,000 messages: about 3.5 standard deviations


def test_a_phase_of_rate_zero_is_silent_but_for_the_end_of_bursts(launch: list[Due]) -> None:
    calm = begins(LAUNCH.phases)[-2]
    assert max(due.t_s for due in launch) < calm + 1.0
    assert not [due for due in launch if due.part == 0 and due.t_s >= calm]


def test_every_customer_of_launch_has_written_before_steady() -> None:
    firsts = [open_slot(LAUNCH, slot)[0].t_s for slot in range(LAUNCH.customers.concurrency)]
    assert firsts == [first_turn(LAUNCH, slot) for slot in range(LAUNCH.customers.concurrency)]
    assert max(firsts) <= OPENING * LAUNCH.phases[0].seconds
    assert mean(firsts) == pytest.approx(OPENING * LAUNCH.phases[0].seconds / 2, rel=0.05)


def test_arrivals_never_convoy(launch: list[Due]) -> None:
    """Arrivals in 10 ms bins of steady are as uneven as Poisson (variance = mean), not in heaps."""
    low, high = begins(LAUNCH.phases)[1:3]
    turns = [due.t_s - low for due in launch if due.part == 0 and low <= due.t_s < high]
    bins = [0] * int((high - low) * 100)
    for t in turns:
        bins[int(t * 100)] += 1
    assert pstdev(bins) ** 2 / mean(bins) == pytest.approx(1.0, abs=0.1)


@pytest.mark.thorough
def test_a_days_curve_is_followed_minute_by_minute_and_the_same_for_the_same_seed() -> None:
    minutes = {minute: 200.0 * (minute % 7) for minute in range(1440)}
    day = scenario([Phase(name="ramp", seconds=20, rate=0), *stretches(minutes, 60, 0.1)], concurrency=200)
    due = everything(day)
    assert due == everything(day)
    assert sum(each.t_s < 20 for each in due) == 200  # everybody opens, and nobody says more
    for rest in range(7):
        n = sum(each.t_s >= 20 and int(each.t_s - 20) % 7 == rest for each in due)
        assert n == pytest.approx(1440 / 7 * 20 * rest, abs=4 * (1440 / 7 * 20 * rest) ** 0.5 + 1)


def test_gaps_of_one_customer_are_exponential() -> None:
    """Time-rescaling is exact: mean and deviation of the gaps are both 1/intensity."""
    times = list(arrivals([Phase(name="a", seconds=50_000.0, rate=2.0)], 0.1, 0.0, Random(1)))
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert mean(gaps) == pytest.approx(5.0, rel=0.05)
    assert pstdev(gaps) == pytest.approx(5.0, rel=0.05)


FLAT = st.builds(Phase, name=st.just("p"), seconds=st.floats(0.1, 60.0), rate=st.floats(0.0, 50.0))
CURVED = st.lists(st.floats(0.0, 50.0), min_size=1, max_size=9).map(
    lambda curve: Phase(name="p", seconds=30.0, rate=mean(curve), curve=tuple(curve))
)
PHASES = st.lists(FLAT | CURVED, min_size=1, max_size=5)


@settings(deadline=None)
@given(PHASES, st.integers(0, 1000), st.integers(0, 3), st.floats(0, 1))
def test_any_schedule_stays_in_time_and_order(phases: list[Phase], seed: int, turns: int, bursts: float) -> None:
    plan = open_slot(scenario(phases, concurrency=3, visit_turns=turns, burst_share=bursts), seed)
    firsts = [due for due in plan if due.part == 0]
    assert [due.visit for due in plan] == sorted(due.visit for due in plan)
    assert [due.turn for due in firsts] == list(range(len(firsts)))
    assert all(due.t_s <= length_s(phases) + 1.0 for due in plan)
    for one, two in pairwise(plan):
        assert (one.visit, one.t_s) <= (two.visit, two.t_s)
    for first in firsts[1:]:
        wait_s = 1.0 if first.last else 0.0  # a goodbye waits for the burst before it
        parts = steps(phases)
        edges = list(accumulate((seconds for seconds, _ in parts), initial=0.0))
        lasting = zip(parts, edges, edges[1:], strict=False)
        assert any(rate > 0 for (_, rate), low, high in lasting if low - 1e-9 <= first.t_s <= high + wait_s)


def test_a_goodbye_is_said_last() -> None:
    talk = scenario([Phase(name="busy", seconds=60, rate=200.0)], concurrency=20, visit_turns=3, burst_share=1.0)
    for slot in range(20):
        plan = open_slot(talk, slot)
        for one, two in pairwise(plan):
            assert one.visit != two.visit or (one.last, one.t_s) <= (two.last, two.t_s)


def test_every_part_of_a_burst_is_due_once(launch: list[Due]) -> None:
    turns: dict[tuple[float, int], int] = {}
    for slot in range(50):
        for due in open_slot(LAUNCH, slot):
            turns[(slot, due.turn)] = turns.get((slot, due.turn), 0) + 1
            assert 0 <= due.part < due.parts
    sizes = {(slot, due.turn): due.parts for slot in range(50) for due in open_slot(LAUNCH, slot)}
    assert turns == sizes
    share = sum(due.parts > 1 for due in launch if due.part == 0) / sum(due.part == 0 for due in launch)
    assert share == pytest.approx(LAUNCH.customers.burst_share, abs=0.02)


def test_visits_have_the_mean_length_asked_for_and_say_when_they_end() -> None:
    turns = list(islice(closed_visits(4, Random(1)), 20_000))
    assert turns[-1][0] == pytest.approx(20_000 / 4, rel=0.05)
    for (visit, last), (following, _) in pairwise(turns):
        assert following == visit + last


def test_without_visit_turns_one_customer_stays() -> None:
    assert set(islice(closed_visits(0, Random(1)), 100)) == {(0, False)}


def test_thinking_time_has_its_mean_and_follows_the_business_speed() -> None:
    rng = Random(1)
    assert mean(think_s(8.0, 60.0, rng) for _ in range(20_000)) == pytest.approx(8.0 / 60, rel=0.05)
    assert think_s(0.0, 60.0, rng) == 0.0


@pytest.mark.parametrize(
    ("t", "expected"),
    [(0.0, 0.0), (5.9, 5.9), (17.9, 17.9), (18.0, None), (25.0, None)],
)
def test_writing_goes_on_only_while_a_phase_has_a_rate(t: float, expected: float | None) -> None:
    assert next_active(SHORT.phases, t) == expected


def test_a_silent_phase_is_waited_through() -> None:
    phases = [Phase(name="quiet", seconds=3, rate=0), Phase(name="loud", seconds=2, rate=1)]
    assert next_active(phases, 1.0) == 3.0
