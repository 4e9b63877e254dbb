"""A target is never asked for more than it bears, and what was lowered for its sake is said."""

import msgspec
import pytest

from golive.failures import Usage
from golive.fit import bounded, staffed, timed
from golive.play import find_scenario
from reports.page.words import phrase
from targets.interface import Limits

LAUNCH = find_scenario("launch")


def test_the_lowest_limit_counts() -> None:
    assert bounded(LAUNCH).max_rate == 0.0
    assert bounded(LAUNCH, 0.0, None).max_rate == 0.0
    assert bounded(LAUNCH, 900.0, None).max_rate == 900.0
    assert bounded(msgspec.structs.replace(LAUNCH, max_rate=500.0), 900.0, 600.0).max_rate == 500.0
    with pytest.raises(Usage, match="allows 300 customer messages a second, and phase surge asks for 400"):
        bounded(msgspec.structs.replace(LAUNCH, max_rate=500.0), 300.0)


def test_more_agents_than_the_target_bears_are_refused_with_figures() -> None:
    assert staffed(LAUNCH, Limits()) == LAUNCH
    with pytest.raises(Usage, match=r"wants 102 agents, and the target's limits.max_agents is 50: lower"):
        staffed(LAUNCH, Limits(max_agents=50))


def test_a_scenario_in_real_time_stays_as_it_is() -> None:
    real = msgspec.structs.replace(LAUNCH, business_speed=1.0)
    assert timed(real) == real


def test_at_somebodys_own_system_time_is_real_and_rates_are_what_agents_can_answer() -> None:
    fitted = timed(LAUNCH)
    assert fitted.business_speed == 1.0
    rates = {phase.name: phase.rate for phase in fitted.phases}
    assert 10 < rates["surge"] < 20  # 102 agents, about 11 s a reply, 1.5 messages a turn
    assert rates["surge"] == pytest.approx(4 * rates["steady"])
    assert len(fitted.notes) == 2
    assert [note for note in fitted.notes if phrase(note).zh == note] == []  # each is told in Chinese, too


def test_rates_stay_where_a_person_wants_them_to() -> None:
    fitted = timed(msgspec.structs.replace(LAUNCH, fit_agents=False))
    assert (fitted.business_speed, fitted.phases) == (1.0, LAUNCH.phases)
