"""The page's tables: gates, promises, phases, harness health."""

from typing import NamedTuple

from reports.model import Gate, Judgement, Phase, Verdict
from reports.page import figures, gateline
from reports.page.words import Text, name, phrase, same, say


class GateRow(NamedTuple):
    """One gate: what it asks in words and as written, what was measured, and how it was judged."""

    title: Text
    line: str
    demand: str
    measured: Text
    n: str
    state: str
    waived: str
    reason: Text


class PromiseRow(NamedTuple):
    """One promise and what its checker found."""

    promise: str
    checked: Text
    opportunities: str
    violations: str
    unknown: str
    bound: Text
    state: str
    reason: Text


class HealthRow(NamedTuple):
    """One harness process."""

    process: Text
    lag: Text
    worst: str
    cpu: str
    complete: bool


class OtherCallRow(NamedTuple):
    """One call the simulated platform does not know."""

    name: str
    times: str
    stubbed: bool


class PhaseRow(NamedTuple):
    """One phase as it happened."""

    name: str
    length: str
    messages: str
    rate: str
    open: str


class Open(NamedTuple):
    """Something that counts as no pass: what, its state and why."""

    what: Text
    promise: str
    state: str
    reason: Text


def gates(judgement: Judgement) -> list[GateRow]:
    """The gate table, in the scenario's order."""
    return [_gate(gate) for gate in judgement.gates]


def promises(judgement: Judgement) -> list[PromiseRow]:
    """What was checked and has an answer or at least a try: all verdicts that are not *not verified*, broken first."""
    order = {"broken": 0, "unknown": 1, "holds": 2}
    return [_promise(v) for v in sorted(judgement.verdicts, key=lambda v: order.get(v.state, 3)) if v.state in order]


def unanswered(judgement: Judgement) -> list[Open]:
    """Promises that are not verified or unknown, and gates that rest on none of these; none of it is a pass."""
    open_states = ("not verified", "unknown")
    verdicts = [v for v in judgement.verdicts if v.state in open_states]
    named = {metric for verdict in verdicts for metric in verdict.metrics}
    gates = [g for g in judgement.gates if g.state in open_states and _metric(g) not in named]
    return [
        Open(name("checker", v.checker), figures.visible(v.promise), v.state, _reason(v.reason)) for v in verdicts
    ] + [Open(gateline.title(g.line), "", g.state, _reason(g.reason)) for g in gates]


def health(judgement: Judgement) -> list[HealthRow]:
    """One row per harness process."""
    return [
        HealthRow(
            name("process", h.process),
            _ms(h.lag_p99_s),
            figures.visible(h.worst_phase),
            f"{figures.decimal(figures.exact(h.cpu_s))} s",
            h.complete,
        )
        for h in judgement.health
    ]


def other_calls(judgement: Judgement) -> list[OtherCallRow]:
    """One row a call, those nobody stubbed first."""
    return [OtherCallRow(figures.visible(c.name), f"{c.count:,}", c.stubbed) for c in judgement.other_calls]


def phases(judgement: Judgement) -> list[PhaseRow]:
    """The phases as they happened."""
    return [_phase(phase) for phase in judgement.phases]


def _metric(gate: Gate) -> str:
    line = gateline.parse(gate.line)
    return line.metric if line else ""


def _gate(gate: Gate) -> GateRow:
    measured = gateline.measured(gate)
    return GateRow(
        gateline.title(gate.line),
        figures.visible(gate.line),
        gateline.demand(gate.line),
        same(measured) if measured else say("page.no_sample"),
        f"{gate.n:,}",
        gate.state,
        figures.visible(gate.waived),
        _reason(gate.reason),
    )


def _promise(v: Verdict) -> PromiseRow:
    bound = figures.percent(v.upper_bound)
    return PromiseRow(
        figures.visible(v.promise),
        name("checker", v.checker),
        f"{v.opportunities:,}",
        f"{v.violations:,}" if v.opportunities or v.violations else "–",
        f"{v.unknown:,}" if v.unknown else "–",
        same(f"≤\N{NO-BREAK SPACE}{bound} %") if bound and v.state == "holds" else same("–"),
        v.state,
        _reason(v.reason),
    )


def _phase(phase: Phase) -> PhaseRow:
    length = phase.end_s - phase.begin_s
    return PhaseRow(
        figures.visible(phase.name),
        f"{length:,.0f} s",
        f"{phase.messages:,}",
        f"{phase.rate:,.1f}",
        f"{phase.open_min:,} – {phase.open_max:,}",
    )


def _reason(reason: str) -> Text:
    return phrase(figures.visible(reason))


def _ms(seconds: float | None) -> Text:
    value = figures.ms(seconds, 0.02)
    return same(f"{value} ms") if value else say("page.no_sample")
