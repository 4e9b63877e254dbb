"""Gates: lines a person can read, checked before a run starts and judged after it.

gate   := METRIC [STAT] OP NUMBER [UNIT]
METRIC := a count (lost, duplicated, …) | a latency (sync_latency, …) | open_conversations
STAT   := p50 | p90 | p95 | p99 | p999 | max      latencies need one
        | min | max                               open_conversations needs one; counts take none
OP     := < | <= | = | >= | >
UNIT   := ms | s                                  latencies need one
        | %                                       counts may: violations of the metric's opportunities

lost = 0        sync_latency p99 < 500ms        undelivered < 0.1%        open_conversations min >= 1000
"""

import difflib
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reports.checkers import CHECKERS
from reports.checkers.finding import NO_OPPORTUNITY
from reports.latency import NEEDED_ABOVE, Latencies, Sample
from reports.model import Gate, Phase, State, Verdict

COUNTS: dict[str, tuple[str, ...]] = {  # metric -> the checkers it rests on; the first holds its count
    "lost": ("acknowledged_survives", "reaches_every_device", "resume_is_exact", "replies_arrive"),
    "lost_to_agent": ("acknowledged_survives", "reaches_every_device", "resume_is_exact"),
    **{metric: (c.name,) for c in CHECKERS for metric in c.metrics if metric != "lost_to_agent"},
}
LATENCIES = ("sync_latency", "sync_latency_to_agent", "sync_latency_to_customer", "reply_time")
OPEN = "open_conversations"
STATS = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999, "max": 1.0}
OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}
OPTIONAL = (
    "resume_is_exact",
    "reaches_every_device",
)  # a run in which no device was away, or had a twin, may say lost = 0
LEFT_OUT_SHARE = 0.5  # with more than this left out, a latency speaks for too little of the run
ERROR_SHARE = 0.2  # of a gate's limit: a clock less sure than this judges nothing
SHAPE = re.compile(
    r"(?P<metric>\w+)(?:\s+(?P<stat>[a-z]\w*))?\s*(?P<op><=|>=|<|>|=)\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|s|%)?"
)


class GateError(ValueError):
    """A gate's line is wrong; the text says which, what, and what would be right."""


@dataclass(frozen=True)
class Line:
    """A gate as parsed: `limit` in seconds for latencies, a share for %, else a count."""

    text: str
    metric: str
    stat: str
    op: str
    limit: float
    share: bool

    def met(self, value: float) -> bool:
        """Whether the value keeps the gate."""
        return OPERATORS[self.op](value, self.limit)


@dataclass(frozen=True)
class Figures:
    """What gates are judged on."""

    verdicts: tuple[Verdict, ...]
    latencies: Latencies
    phases: tuple[Phase, ...]
    rates: dict[str, float]  # phase -> rate the scenario asked for

    def verdict(self, checker: str) -> Verdict | None:
        """A checker's verdict."""
        return next((v for v in self.verdicts if v.checker == checker), None)


def check_lines(lines: Iterable[str]) -> tuple[Line, ...]:
    """Parse all gates of a scenario. Raises GateError at the first wrong one."""
    return tuple(parse(line) for line in lines)


def parse(text: str) -> Line:
    """One gate's line. Raises GateError."""
    found = SHAPE.fullmatch(text.strip())
    if not found:
        raise GateError(f"gate {text!r} is not METRIC [STAT] OP NUMBER[ms|s|%]; write for example: lost = 0")
    metric, stat, op, number, unit = found["metric"], found["stat"] or "", found["op"], found["number"], found["unit"]
    if wrong := _wrong(metric, stat, unit or ""):
        raise GateError(f"gate {text!r}: {wrong}")
    scale = {"ms": 1e-3, "s": 1.0, "%": 1e-2}.get(unit or "", 1.0)
    return Line(" ".join(text.split()), metric, stat, op, float(number) * scale, unit == "%")


def _wrong(metric: str, stat: str, unit: str) -> str:
    known = [*COUNTS, *LATENCIES, OPEN]
    if metric not in known:
        near = difflib.get_close_matches(metric, known, 1)
        return f"there is no metric {metric}; " + (f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}")
    if metric in LATENCIES:
        if stat not in STATS:
            return f"{metric} needs one of {', '.join(STATS)}: {metric} p99 < 500ms"
        return "" if unit in ("ms", "s") else f"{metric} needs a unit: ms or s"
    if metric == OPEN:
        return "" if stat in ("min", "max") and not unit else f"{metric} is written: {metric} min >= 1000"
    if stat:
        return f"{metric} is a count and takes no {stat}: {metric} = 0"
    return "" if unit in ("", "%") else f"{metric} is a count: write no unit, or %"


def judge(line: Line, figures: Figures) -> Gate:
    """Judge one gate. Whatever is not known is `unknown`, never a pass."""
    if line.metric in LATENCIES:
        return _latency(line, figures)
    return _open(line, figures) if line.metric == OPEN else _count(line, figures)


def tightest_s(lines: Iterable[Line]) -> float | None:
    """The smallest limit (s) that any sync-latency gate sets, or None."""
    return min((line.limit for line in lines if line.metric.startswith("sync_latency")), default=None)


def merged(verdicts: Sequence[Verdict | None]) -> tuple[State, str]:
    """The state of what rests on several checkers, with the first reason that it does not hold.

    Where several checkers share a metric, one that met no opportunity of its own is passed over if it is one of
    OPTIONAL: they are special cases of what the others judge.
    """
    weighed = [v for v in verdicts if not (v and v.checker in OPTIONAL and _idle(v))] if len(verdicts) > 1 else verdicts
    for state in ("broken", "unknown", "not verified"):
        for verdict in weighed:
            if verdict is None:
                return "unknown", "no checker counted it"
            if verdict.state == state:
                return verdict.state, verdict.reason
    return "holds", ""


def opportunities(verdicts: Sequence[Verdict | None]) -> int:
    """On how many opportunities a metric stands: messages and replies, not counted again for every device."""
    weighed = [v for v in verdicts if v and (len(verdicts) == 1 or v.checker not in OPTIONAL)]
    return sum(v.opportunities for v in weighed)


def _idle(verdict: Verdict) -> bool:
    return (
        verdict.state == "unknown"
        and not verdict.opportunities
        and not verdict.unknown
        and verdict.reason.startswith(NO_OPPORTUNITY)
    )


def _count(line: Line, figures: Figures) -> Gate:
    parts = [figures.verdict(name) for name in COUNTS[line.metric]]
    state, reason = merged(parts)
    value = next((v.metrics[line.metric] for v in parts if v and line.metric in v.metrics), None)
    n = opportunities(parts)
    if value is None:
        return Gate(line=line.text, state="unknown", n=n, reason=reason or "nothing was counted")
    unsure = sum(v.unknown for v in parts if v)
    if line.share and not n:
        return Gate(line=line.text, state="unknown", n=0, reason=reason)
    low, high = (x / n if line.share else float(x) for x in (value, value + unsure))
    return Gate(line=line.text, state=_between(line, low, high, state), value=low, n=n, reason=reason)


def _between(line: Line, low: float, high: float, state: State) -> State:
    """What is open may turn out either way: a gate holds only if it holds both ways."""
    if not line.met(low) and not line.met(high):
        return "broken"
    if state in ("unknown", "not verified") or not (line.met(low) and line.met(high)):
        return "unknown"
    return "holds"


def _latency(line: Line, figures: Figures) -> Gate:
    both = {"to_agent": figures.latencies.to_agent, "to_customer": figures.latencies.to_customer}
    samples = {
        "sync_latency": list(both.values()),
        "sync_latency_to_agent": [both["to_agent"]],
        "sync_latency_to_customer": [both["to_customer"]],
        "reply_time": [figures.latencies.reply_time],
    }[line.metric]
    q = STATS[line.stat]
    values = [sample.percentile(q) for sample in samples]
    n = min(len(sample.frame) for sample in samples)
    known = [value for value in values if value is not None]
    worst = max(known) if len(known) == len(values) else None
    reason = next(filter(None, (_doubt(line, sample, q) for sample in samples)), "")
    if worst is None or reason:
        return Gate(line=line.text, state="unknown", value=worst, n=n, reason=reason or "no sample")
    return Gate(line=line.text, state="holds" if line.met(worst) else "broken", value=worst, n=n)


def _doubt(line: Line, sample: Sample, q: float) -> str:
    """Why this sample cannot bear the gate, or ''."""
    n, left_out = len(sample.frame), sum(sample.left_out.values())
    needed = NEEDED_ABOVE / (1 - q) if q < 1 else NEEDED_ABOVE
    if n < round(needed):
        return f"{n} samples; {line.stat} needs {round(needed)}, so that {NEEDED_ABOVE} lie above it"
    if left_out > LEFT_OUT_SHARE * (n + left_out):
        return f"{left_out} of {n + left_out} samples were left out as disturbed: too few remain to speak for the run"
    if sample.error_s is None:
        return "a clock it rests on was never compared with the gateway's"
    if sample.error_s > ERROR_SHARE * line.limit:
        return f"the clocks agree only within {sample.error_s * 1000:.0f} ms"
    return ""


def _open(line: Line, figures: Figures) -> Gate:
    """Over the phases with a rate, without the first of them, in which the conversations are only being opened."""
    loaded = [phase for phase in figures.phases if figures.rates.get(phase.name, 0.0) > 0][1:]
    if not loaded:
        return Gate(line=line.text, state="unknown", reason="no phase with a rate after the first")
    low, high = min(p.open_min for p in loaded), max(p.open_max for p in loaded)
    value = low if line.stat == "min" else high
    return Gate(line=line.text, state="holds" if line.met(value) else "broken", value=float(value), n=len(loaded))
