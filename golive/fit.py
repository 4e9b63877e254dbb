"""A scenario made to fit its target: what the target can bear, and what its agents can answer. Pure."""

import msgspec

from fixtures.script import script_of
from fixtures.shops import plan_shops
from golive.failures import Usage
from history.scenario import Scenario
from simulators.demand import answerable, excess, scaled
from targets.interface import Limits


def bounded(scenario: Scenario, *limits: float | None) -> Scenario:
    """The scenario with the lowest max_rate of its own and those limits. Raises Usage where it asks for more."""
    set_limits = [limit for limit in (scenario.max_rate, *limits) if limit]
    bound = msgspec.structs.replace(scenario, max_rate=min(set_limits, default=0.0))
    if wrong := excess(bound):
        raise Usage(f"scenario {scenario.name}: {wrong}")
    return bound


def staffed(scenario: Scenario, limits: Limits) -> Scenario:
    """The same scenario. Raises Usage where it wants more agents than the target can bear."""
    agents = sum(shop.agents for shop in plan_shops(scenario, scenario.seed))
    if agents <= limits.max_agents:
        return scenario
    raise Usage(
        f"scenario {scenario.name} wants {agents} agents, and the target's limits.max_agents is {limits.max_agents}: "
        f"lower customers.concurrency ({scenario.customers.concurrency}) or shops.spare ({scenario.shops.spare:g}), "
        f"or raise shops.capacity ({scenario.shops.capacity})"
    )


def timed(scenario: Scenario) -> Scenario:
    """At a target that golive does not start itself business_speed is 1, and rates fall to what agents can answer then.

    Offering `clock` changes nothing of that: a clock that jumps does not run faster.
    The shape of the load stays; `fit_agents = false` keeps its rates. What was changed is in the scenario's notes.
    """
    if scenario.business_speed == 1.0:
        return scenario
    slow = msgspec.structs.replace(scenario, business_speed=1.0)
    notes = [*scenario.notes, f"business_speed is 1, not {scenario.business_speed:g}: the target's clock cannot be set"]
    agents = sum(shop.agents for shop in plan_shops(slow, slow.seed))
    most, asked = answerable(slow, agents, script_of(slow.talk)), max(phase.rate for phase in slow.phases)
    if slow.fit_agents and slow.customers.workload == "open" and asked > most:
        slow = scaled(slow, most / asked)
        notes.append(
            f"rates are lowered from {asked:g} to {most:.3g} messages/s at most: "
            f"{agents} agents can answer no more at business_speed 1 (fit_agents = false keeps them)"
        )
    return msgspec.structs.replace(slow, notes=tuple(notes))
