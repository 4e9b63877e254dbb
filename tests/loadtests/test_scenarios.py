"""The shipped scenarios are valid and are what they are said to be."""

import pytest

from fixtures.shops import plan_shops
from history.scenario_file import load
from loadtests.assignment import SCENARIOS
from loadtests.schedule import length_s

LAUNCH = load(SCENARIOS / "launch.toml")


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_scenario_loads_and_is_named_as_its_file(path) -> None:  # type: ignore[no-untyped-def]
    assert load(path).name == path.stem


def test_launch_is_the_rehearsal_that_cannot_be_faked() -> None:
    rates = {phase.name: phase.rate for phase in LAUNCH.phases}
    assert LAUNCH.customers.concurrency >= 1000
    assert rates["surge"] == 4 * rates["steady"] == 400  # +300 %
    assert "open_conversations min >= 1000" in LAUNCH.gates
    assert length_s(LAUNCH.phases) <= 180


def test_agents_can_hold_every_conversation_of_launch() -> None:
    for shop in plan_shops(LAUNCH, LAUNCH.seed):
        assert shop.agents * shop.capacity >= shop.customers * 1.3
