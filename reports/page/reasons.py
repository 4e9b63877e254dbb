"""Why the verdict is what it is, one sentence each in both languages."""

from reports.model import Gate, Judgement, Verdict
from reports.page import figures, gateline
from reports.page.words import Text, name, phrase, say

SHOWN = 6
_PARTS_OF_LOST = {"lost_to_agent", "lost_to_customer", "missed_on_device", "missed_on_resume"}


def reasons(judgement: Judgement) -> list[Text]:
    """The judges' reasons in both languages, gates by their figures; a waived gate is told among the waivers instead.

    Where the judges gave none and the verdict is not GO, those that follow from the figures.
    """
    told = [_told(reason, judgement.gates) for reason in judgement.reasons if not _waiver(reason, judgement.gates)]
    if judgement.reasons or judgement.verdict == "GO":
        return told
    return _derived(judgement)


def _derived(judgement: Judgement) -> list[Text]:
    gated = {line.metric for gate in judgement.gates if (line := gateline.parse(gate.line))}
    gated |= _PARTS_OF_LOST if "lost" in gated else set()
    return [_gate(g) for g in judgement.gates if g.state != "holds" and not g.waived] + [
        _promise(v) for v in judgement.verdicts if v.state == "broken" and gated.isdisjoint(v.metrics)
    ]


def _told(reason: str, gates: tuple[Gate, ...]) -> Text:
    spoken_of = next((gate for gate in gates if reason.startswith(f"{gate.line} is {gate.state}")), None)
    return _gate(spoken_of) if spoken_of else phrase(figures.visible(reason))


def _waiver(reason: str, gates: tuple[Gate, ...]) -> bool:
    return any(gate.waived and reason.startswith(f"waived: {gate.line}") for gate in gates)


def first(all_reasons: list[Text]) -> list[Text]:
    """As many as a banner bears, with a line that says how many more there are."""
    if len(all_reasons) <= SHOWN:
        return all_reasons
    return [*all_reasons[: SHOWN - 1], say("reason.more", n=len(all_reasons) - SHOWN + 1)]


def _gate(gate: Gate) -> Text:
    told = _figure(gate)
    if not gate.reason:
        return told
    return say("reason.why", what=told, why=phrase(figures.visible(gate.reason)))


def _figure(gate: Gate) -> Text:
    title = gateline.title(gate.line)
    if gate.state == "broken" and (value := gateline.measured(gate)):
        return say("reason.gate_broken", gate=title, demand=gateline.demand(gate.line), value=value, n=f"{gate.n:,}")
    return say("reason.gate_not_verified" if gate.state == "not verified" else "reason.gate_unknown", gate=title)


def _promise(verdict: Verdict) -> Text:
    return say(
        "reason.promise_broken",
        what=name("checker", verdict.checker),
        n=f"{verdict.opportunities:,}",
        violations=f"{verdict.violations:,}",
        promise=verdict.promise,
    )
