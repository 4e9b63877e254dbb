"""What a schedule asks for is known before it is played."""

from pathlib import Path

import pytest

from fixtures.script import BUNDLED
from history.scenario import Agents, Customers, Phase, Scenario
from history.scenario_file import load
from simulators.demand import Peak, answerable, excess, peak, scaled

ROOT = Path(__file__).parents[2]
LAUNCH = load(ROOT / "loadtests" / "scenarios" / "launch.toml")


def scenario(*phases: Phase, max_rate: float = 0.0, **customers: object) -> Scenario:
    who = Customers(**{"concurrency": 100, "burst_share": 0.0, **customers})  # type: ignore[arg-type]
    return Scenario(
        name="x", title_zh="", title_en="", customers=who, phases=phases, gates=(), max_rate=max_rate,
        agents=Agents(think_s=(5, 15), chars_per_s=1e9),
    )  # fmt: skip


OPENING = Phase(name="ramp", seconds=10, rate=0)


def test_the_busiest_stretch_is_a_phase_a_minute_of_a_curve_or_the_opening() -> None:
    assert peak(LAUNCH) == Peak(400.0, "phase surge")
    curve = Phase(name="day", seconds=60, rate=20, curve=(10.0, 30.0))
    assert peak(scenario(OPENING, curve)) == Peak(30.0, "phase day")
    opening = Peak(12.5, "phase ramp, in which 100 customers open within 8 s")
    assert peak(scenario(OPENING, Phase(name="steady", seconds=9, rate=5))) == opening
    assert peak(scenario(OPENING, Phase(name="steady", seconds=9, rate=50), workload="closed")) == opening


@pytest.mark.parametrize(("max_rate", "refused"), [(0.0, False), (400.0, False), (399.0, True)])
def test_a_schedule_beyond_the_limit_is_told_with_its_figures(max_rate: float, refused: bool) -> None:
    steady = Phase(name="steady", seconds=9, rate=400)
    why = excess(scenario(OPENING, steady, max_rate=max_rate))
    assert bool(why) is refused
    if refused:
        assert "allows 399 customer messages a second, and phase steady asks for 400.0" in why


def test_agents_answer_as_fast_as_they_think_and_type() -> None:
    plan = scenario(OPENING)
    assert answerable(plan, 20, BUNDLED) == pytest.approx(20 / 10 * 60)  # 10 s a reply, 60 times as fast
    assert answerable(scenario(OPENING, burst_share=0.2), 20, BUNDLED) == pytest.approx(180)


def test_scaling_keeps_the_loads_shape() -> None:
    plan = scenario(OPENING, Phase(name="a", seconds=1, rate=3, curve=(2.0, 4.0)))
    assert scaled(plan, 0.5).phases == (OPENING, Phase(name="a", seconds=1, rate=1.5, curve=(1.0, 2.0)))
