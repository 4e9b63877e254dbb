"""How many customer messages a second a scenario asks for, and how many its agents can answer. Pure."""

from statistics import fmean
from typing import NamedTuple

import msgspec

from fixtures.script import Script
from history.scenario import Scenario
from simulators.customers import messages_per_turn

OPENING = 0.8  # of the first phase: every customer's first turn falls in it, whatever the phase's rate


class Peak(NamedTuple):
    """The most messages a second that are asked for, on average over a stretch of one rate, and where."""

    rate: float
    where: str


def peak(scenario: Scenario) -> Peak:
    """The busiest stretch; in a closed workload the opening alone is known before the run."""
    first = scenario.phases[0]
    opening = scenario.customers.concurrency * messages_per_turn(scenario.customers.burst_share)
    opening_s = OPENING * first.seconds
    found = [
        Peak(
            opening / opening_s + _highest(first.rate, first.curve, scenario),
            f"phase {first.name}, in which {scenario.customers.concurrency} customers open within {opening_s:g} s",
        )
    ]
    if scenario.customers.workload == "open":
        found += [Peak(_highest(each.rate, each.curve, scenario), f"phase {each.name}") for each in scenario.phases[1:]]
    return max(found)


def excess(scenario: Scenario) -> str:
    """Why the schedule asks for more than `max_rate`, with figures and what would be right; "" where it does not."""
    most = peak(scenario)
    if not scenario.max_rate or most.rate <= scenario.max_rate:
        return ""
    return (
        f"max_rate allows {scenario.max_rate:g} customer messages a second, and {most.where} asks for {most.rate:.1f}; "
        "lower that phase's rate (or the curve's volume), lengthen the phase, have fewer customers, or raise max_rate"
    )


def answerable(scenario: Scenario, agents: int, script: Script) -> float:
    """Customer messages a second that this many agents answer at the scenario's business_speed."""
    habits = scenario.agents
    chars = fmean(len(line) for intent in script.dialogues.intents.values() for line in intent.agent)
    reply_s = (fmean(habits.think_s) + chars / habits.chars_per_s) / scenario.business_speed
    return agents * messages_per_turn(scenario.customers.burst_share) / reply_s


def scaled(scenario: Scenario, factor: float) -> Scenario:
    """The scenario with every rate multiplied."""
    phases = tuple(
        msgspec.structs.replace(phase, rate=phase.rate * factor, curve=tuple(rate * factor for rate in phase.curve))
        for phase in scenario.phases
    )
    return msgspec.structs.replace(scenario, phases=phases)


def _highest(rate: float, curve: tuple[float, ...], scenario: Scenario) -> float:
    return max(curve, default=rate) if scenario.customers.workload == "open" else 0.0
