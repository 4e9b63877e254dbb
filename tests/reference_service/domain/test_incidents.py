"""An incident's 15 minutes, to the millisecond; who is told, who may acknowledge, and what stays recorded."""

from typing import Any

import pytest

from reference_service.domain import configuring, incidents, shops
from reference_service.domain.emergency import Activation, activate
from reference_service.domain.emergency_scripts import SCRIPTS
from reference_service.domain.incidents import Incident
from reference_service.domain.on_call import OnCall, Watch
from reference_service.domain.records import Person
from reference_service.domain.refusal import Refusal
from reference_service.domain.shelves import shelf

MINUTES_15 = 15 * 60.0


@pytest.fixture
def team(stage: Any) -> Any:
    """A stage with an agent on watch, an agent to escalate to, one who is neither, and a supervisor."""
    stage.watching, stage.backup, stage.other, stage.lead = (stage.agent() for _ in range(4))
    stage.lead.person.role = "supervisor"
    on_call = OnCall((Watch(stage.watching.person.id),), (stage.backup.person.id,))
    stage._do(lambda c: configuring.put(stage.floor, on_call, c))
    return stage


def opened(stage: Any) -> Incident:
    by = stage.other.person
    made: Incident = stage._do(
        lambda c: incidents.open_incident(stage.world, stage.floor, "system_failure", "打不开", by, c)
    )
    return made


def acknowledge(stage: Any, incident: Incident, by: Person) -> None:
    stage._do(lambda c: incidents.acknowledge(stage.world, stage.floor, incident, by, c))


def resolve(stage: Any, incident: Incident, by: Person) -> None:
    stage._do(lambda c: incidents.resolve(stage.floor, incident, "已恢复", by, c))


def heard(stage: Any) -> list[list[str]]:
    """What each of the four was told."""
    four = (stage.watching, stage.backup, stage.other, stage.lead)
    return [[told["what"] for told in stage.told(desk, "incident.updated")] for desk in four]


@pytest.mark.parametrize(("after", "breached"), [(MINUTES_15 - 0.001, False), (MINUTES_15, True)])
def test_the_clock_strikes_at_15_minutes_and_not_a_millisecond_early(team: Any, after: float, breached: bool) -> None:
    incident = opened(team)
    team.wait(after)
    assert (incident.breached_at is not None) is breached


def test_a_breach_is_told_once_to_the_escalation_list_and_the_leads_as_well(team: Any) -> None:
    incident = opened(team)
    assert heard(team) == [["opened"], [], [], []]
    team.wait(3 * MINUTES_15)
    assert incident.breached_at == 1000.0 + MINUTES_15
    assert heard(team) == [["opened", "breached"], ["breached"], [], ["breached"]]
    assert incident.told == ",".join([*(d.person.id for d in (team.watching, team.backup)), "u1", team.lead.person.id])
    acknowledge(team, incident, team.backup.person)
    assert (incident.state, incident.breached_at) == ("acknowledged", 1000.0 + MINUTES_15)
    assert heard(team)[1] == ["breached", "acknowledged"]


def test_speed_does_not_divide_it(team: Any) -> None:
    team.world.speed = 1000.0
    incident = opened(team)
    team.wait(MINUTES_15 - 0.001)
    assert incident.breached_at is None


@pytest.mark.parametrize(("after", "breached"), [(MINUTES_15 - 0.001, False), (MINUTES_15, True)])
def test_acknowledged_in_time_is_no_breach_and_at_15_minutes_is_one(team: Any, after: float, breached: bool) -> None:
    incident = opened(team)
    team.now += after  # the clock itself has not struck yet
    acknowledge(team, incident, team.watching.person)
    team.wait(10 * MINUTES_15)
    assert (incident.breached_at is not None) is breached


def test_only_who_was_told_and_leads_acknowledge_and_once(team: Any) -> None:
    incident = opened(team)
    with pytest.raises(Refusal, match="not_on_call"):
        acknowledge(team, incident, team.backup.person)
    acknowledge(team, incident, team.lead.person)
    with pytest.raises(Refusal, match="already_acknowledged"):
        acknowledge(team, incident, team.watching.person)
    assert (incident.acked_by, incident.acked_at) == (team.lead.person.id, 1000.0)


def test_it_is_resolved_after_it_was_acknowledged_by_who_did_or_a_lead(team: Any) -> None:
    incident = opened(team)
    with pytest.raises(Refusal, match="not_acknowledged"):
        resolve(team, incident, team.watching.person)
    acknowledge(team, incident, team.watching.person)
    with pytest.raises(Refusal, match="not_on_call"):
        resolve(team, incident, team.other.person)
    resolve(team, incident, team.watching.person)
    with pytest.raises(Refusal, match="already_resolved"):
        resolve(team, incident, team.lead.person)
    assert (incident.state, incident.resolved_by, incident.outcome) == ("resolved", team.watching.person.id, "已恢复")


def test_the_scripts_of_an_incident_go_off_with_it_and_others_stay(team: Any) -> None:
    incident = opened(team)
    for scene, of in (("system_failure", incident.id), ("stock_out", "")):
        team._do(lambda c, scene=scene, of=of: activate(team.world, team.floor, SCRIPTS[scene], "x", 9e9, of, "u1", c))
    acknowledge(team, incident, team.watching.person)
    resolve(team, incident, team.watching.person)
    assert list(shelf(team.floor, Activation)) == ["stock_out"]


def test_where_nobody_is_on_watch_the_leads_are_told(stage: Any) -> None:
    stage.other, stage.lead = stage.agent(), stage.agent()
    stage.lead.person.role = "supervisor"
    stage._do(lambda c: configuring.put(stage.floor, OnCall((Watch("gone"),)), c))
    incident = opened(stage)
    assert incident.told == f"u1,{stage.lead.person.id}"
    assert [told["what"] for told in stage.told(stage.lead, "incident.updated")] == ["opened"]


def test_a_removed_shops_clock_strikes_nothing(team: Any) -> None:
    opened(team)
    team._do(lambda c: shops.remove_shop(team.world, team.floor, c))
    before = len(team.all)
    team.wait(10 * MINUTES_15)
    assert [row for changes in team.all[before:] for row in changes.rows] == []
