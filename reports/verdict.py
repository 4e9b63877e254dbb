"""From gates and health to one word and an exit code. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import msgspec

from history.scenario import Scenario, Waiver
from reports.gates import COUNTS, LATENCIES, Line, merged, opportunities
from reports.model import EXIT, Gate, Health, Outcome, Phase, State, Verdict

ESSENTIAL = ("lost", "duplicated", "phantom", "reordered", "blocked_leaked", "leaked_across_shops")
SYNC = "sync_latency"
LOSSES = ("lost", "lost_to_agent", "lost_to_customer", "missed_on_device", "missed_on_resume")
NEVER_WAIVED = (*LOSSES, "blocked_leaked", "blocked_delivered", "leaked_across_shops")
LAG_S = 0.020  # the harness may be this late, or LAG_SHARE of the tightest latency gate if that is more
LAG_SHARE = 0.1
DROPPED_SHARE = 0.001
LOAD_SHARE = 0.8  # of the messages a phase asked for; below it (and chance) the load was not there


class Ruling(NamedTuple):
    """The verdict, its exit code, and why it is not GO."""

    verdict: Outcome
    exit_code: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What the run itself was, as far as validity depends on it."""

    health: tuple[Health, ...]
    acting: tuple[str, ...]  # the processes whose lag spoils figures
    missing: tuple[str, ...]  # parts of the run without a stream
    phases: tuple[Phase, ...]
    horizon_s: float
    arrivals: int
    dropped: int
    unsent: int  # intended, and never taken by the gateway
    scenario: Scenario | None
    aborted: str = ""  # the line of abort_when that ended the run, and its figure


def rule(facts: Facts, gates: Sequence[Gate], verdicts: Sequence[Verdict], tightest_s: float | None) -> Ruling:
    """The verdict of a run. INVALID goes before NO-GO: nothing rests on the figures of a sick harness."""
    sick = invalid(facts, tightest_s)
    failed = [f"the run was ended early by abort_when: {facts.aborted}"] if facts.aborted else []
    failed += [_sentence(gate) for gate in gates if gate.state != "holds" and not gate.waived]
    failed += ungated(gates, verdicts)
    waived = [f"waived: {gate.line} ({gate.waived})" for gate in gates if gate.waived]
    outcome: Outcome = "INVALID" if sick else "NO-GO" if failed else "GO WITH CONDITIONS" if waived else "GO"
    return Ruling(outcome, EXIT[outcome], (*sick, *failed, *waived))


def essentials(lines: Sequence[Line], gates: Sequence[Gate], verdicts: Sequence[Verdict]) -> list[Gate]:
    """Gates that GO needs whatever the scenario says: each essential count zero, and sync latency gated both ways.

    A scenario that forgot one, or set a gate that tolerates a loss, gets the line `lost = 0` judged all the same.
    """
    by_name = {verdict.checker: verdict for verdict in verdicts}
    added = []
    for metric in ESSENTIAL:
        strict = next((g for line, g in zip(lines, gates, strict=True) if line.text == f"{metric} = 0"), None)
        if strict is None:
            added.append(_zero(metric, [by_name.get(name) for name in COUNTS[metric]]))
    if not _sync_gated(lines):
        reason = "the scenario sets no gate on it (both ways, p90 or higher)"
        added.append(Gate(line=SYNC, state="unknown", reason=reason))
    return added


def _zero(metric: str, parts: list[Verdict | None]) -> Gate:
    state, reason = merged(parts)
    value = next((v.metrics[metric] for v in parts if v and metric in v.metrics), None)
    n = opportunities(parts)
    told = f"GO needs it; {reason}" if reason else "GO needs it"
    return Gate(line=f"{metric} = 0", state=state, value=None if value is None else float(value), n=n, reason=told)


def _sync_gated(lines: Iterable[Line]) -> bool:
    """Whether latency is limited from above, high enough in the tail, in both directions."""
    limits = {
        line.metric for line in lines if line.op in ("<", "<=") and line.stat in ("p90", "p95", "p99", "p999", "max")
    }
    return SYNC in limits or set(LATENCIES[1:3]) <= limits


def ungated(gates: Sequence[Gate], verdicts: Sequence[Verdict]) -> list[str]:
    """A broken promise that no gate speaks of makes no GO: silence in the scenario is no permission.

    Each count of a broken promise wants a gate of its own (or `lost`, which covers several): `unassigned = 0` says
    nothing about conversations that two agents have.
    """
    named = {gate.line.split()[0] for gate in gates}
    return [
        f"{verdict.promise} is broken: {verdict.violations} of {verdict.opportunities} ({verdict.checker})"
        for verdict in verdicts
        if verdict.state == "broken" and not _spoken_of(verdict, named)
    ]


def _spoken_of(verdict: Verdict, named: set[str]) -> bool:
    counts = [metric for metric, n in verdict.metrics.items() if n]
    covered = any(verdict.checker in COUNTS[metric] for metric in named & set(LOSSES))
    return bool(counts) and all(metric in named or (covered and metric in LOSSES) for metric in counts)


def waive(gate: Gate, line_metric: str, waivers: Iterable[Waiver], today: date) -> Gate:
    """The gate with its waiver, if one names its line or metric, has not expired, and may: never for loss or leak."""
    if gate.state == "holds":
        return gate
    for waiver in waivers:
        if " ".join(waiver.gate.split()) not in (gate.line, line_metric):
            continue
        if line_metric in NEVER_WAIVED:
            return msgspec.structs.replace(gate, reason=_also(gate.reason, "loss and leaks cannot be waived"))
        if _expired(waiver.expires, today):
            return msgspec.structs.replace(gate, reason=_also(gate.reason, f"its waiver expired on {waiver.expires}"))
        return msgspec.structs.replace(gate, waived=f"{waiver.reason}, {waiver.person}, until {waiver.expires}")
    return gate


def _expired(until: str, today: date) -> bool:
    """The day named is the last; what is no date has expired."""
    try:
        return date.fromisoformat(until) < today
    except ValueError:
        return True


def _also(reason: str, more: str) -> str:
    return f"{reason}; {more}" if reason else more


def _sentence(gate: Gate) -> str:
    figure = "" if gate.value is None else f", measured {_figure(gate.line, gate.value)}"
    why = f": {gate.reason}" if gate.reason else ""
    return f"{gate.line} is {gate.state}{figure} (n = {gate.n}){why}"


def _figure(line: str, value: float) -> str:
    if line.endswith("s") and line.split()[0] in LATENCIES:
        return f"{value * 1000:.3f} ms"
    return f"{value:.4%}" if line.endswith("%") else f"{value:g}"


def invalid(facts: Facts, tightest_s: float | None) -> list[str]:
    """Why nothing may rest on this run; empty where it can be trusted."""
    return [*_records(facts), *_late(facts, tightest_s), *_load(facts)]


def _records(facts: Facts) -> list[str]:
    lost = [f"the record of {part} is missing" for part in facts.missing]
    lost += [f"the record of {h.process} is incomplete" for h in facts.health if not h.complete]
    return lost + [
        f"the clock of {h.process} was never compared with the gateway's"
        for h in facts.health
        if h.clock_error_s is None and h.process in facts.acting
    ]


def _late(facts: Facts, tightest_s: float | None) -> list[str]:
    limit = max(LAG_S, LAG_SHARE * (tightest_s or 0.0))
    found = []
    for each in facts.health:
        if each.process not in facts.acting or not facts.phases:
            continue
        if each.lag_p99_s is None:
            found.append(f"{each.process} recorded no loop lag in phase {each.worst_phase}")
        elif each.lag_p99_s > limit:
            late, most = f"{each.lag_p99_s * 1000:.1f} ms", f"{limit * 1000:.0f} ms"
            found.append(
                f"{each.process} ran late in phase {each.worst_phase}: lag p99 {late}, at most {most} is allowed"
            )
    return found


def _load(facts: Facts) -> list[str]:
    found = []
    if not facts.arrivals or not any(phase.messages for phase in facts.phases):
        found.append("there was no load: no phase in which customers wrote")
    if facts.dropped > DROPPED_SHARE * facts.arrivals:
        found.append(f"{facts.dropped} of {facts.arrivals} arrivals were dropped: the load was not what was asked for")
    if facts.unsent > DROPPED_SHARE * facts.arrivals:
        found.append(f"{facts.unsent} of {facts.arrivals} messages never got past the gateway: the load was not there")
    if facts.scenario:
        found += _unplayed(facts, facts.scenario)
    return found


def _unplayed(facts: Facts, scenario: Scenario) -> list[str]:
    played = {phase.name: phase for phase in facts.phases}
    found = []
    for i, plan in enumerate(scenario.phases):
        phase = played.get(plan.name)
        if phase is None or phase.end_s - phase.begin_s < 0.99 * plan.seconds:
            if not facts.aborted:  # then it was cut for the target's sake, which is no fault of the harness
                found.append(f"the run was cut short: phase {plan.name} was not played to its end")
            break
        asked = plan.rate * plan.seconds
        if i and scenario.customers.workload == "open" and phase.messages < LOAD_SHARE * asked - 6 * asked**0.5:
            found.append(f"phase {plan.name} asked for {asked:.0f} messages and got {phase.messages}")
    return found


def sync_promise(lines: Sequence[Line], gates: Sequence[Gate], n: int) -> Verdict:
    """SYNC-3 as the latency gates judged it."""
    judged = [gate for line, gate in zip(lines, gates, strict=True) if line.metric.startswith(SYNC)]
    order: tuple[State, ...] = ("broken", "unknown", "not verified", "holds")
    states = {gate.state for gate in judged}
    state: State = next((each for each in order if each in states), "unknown")
    broken = [gate for gate in judged if gate.state == "broken"]
    reason = "; ".join(f"{g.line}: {g.reason}" for g in judged if g.reason) or (
        "" if judged else "no gate is set on it"
    )
    return Verdict(
        promise="SYNC-3",
        checker=SYNC,
        state=state,
        opportunities=n,
        violations=len(broken),
        reason=reason or "; ".join(f"{g.line}, measured {(g.value or 0) * 1000:.1f} ms" for g in broken),
    )
