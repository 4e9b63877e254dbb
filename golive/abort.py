"""When a run is ended early: lines such as `unaccounted > 5000`, checked before it starts and asked each second.

line   := METRIC [STAT] OP NUMBER [UNIT]
METRIC := unaccounted | undelivered | dropped | blocked_leaked      counts so far, as the live view shows them
        | sync_latency | sync_latency_to_agent | sync_latency_to_customer | harness_lag      over the last 10 s
STAT   := p50 | p99      latencies need one
OP     := > | >=         (a run ends when something has become too large)
UNIT   := ms | s         latencies need one
"""

import difflib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from golive.live import Live, Samples
from history.scenario import ScenarioError
from reports.gates import OPERATORS, SHAPE

COUNTS: dict[str, Callable[[Live], int]] = {
    "unaccounted": lambda live: live.unaccounted,
    "undelivered": lambda live: live.gave_up,
    "dropped": lambda live: live.dropped,
    "blocked_leaked": lambda live: live.listed_seen,
}
LATENCIES: dict[str, Callable[[Live], list[Samples]]] = {
    "sync_latency": lambda live: [live.to_agent, live.to_customer],
    "sync_latency_to_agent": lambda live: [live.to_agent],
    "sync_latency_to_customer": lambda live: [live.to_customer],
}
LAG = "harness_lag"
STATS = ("p50", "p99")
ENOUGH = 20  # samples of the last ten seconds; fewer end no run


class Line(NamedTuple):
    """One line as parsed; `limit` in seconds for latencies."""

    text: str
    metric: str
    stat: str
    op: str
    limit: float


def check_lines(lines: Iterable[str]) -> tuple[Line, ...]:
    """Parse `abort_when`. Raises ScenarioError at the first wrong line."""
    return tuple(parse(line) for line in lines)


def parse(text: str) -> Line:
    """One line. Raises ScenarioError."""
    found = SHAPE.fullmatch(text.strip())
    if not found:
        raise ScenarioError(
            f"abort_when {text!r} is not METRIC [STAT] OP NUMBER[ms|s]; for example: unaccounted > 5000"
        )
    metric, stat, op, unit = found["metric"], found["stat"] or "", found["op"], found["unit"] or ""
    if wrong := _wrong(metric, stat, op, unit):
        raise ScenarioError(f"abort_when {text!r}: {wrong}")
    return Line(" ".join(text.split()), metric, stat, op, float(found["number"]) * (1e-3 if unit == "ms" else 1.0))


def reason(lines: Iterable[Line], live: Live, now: int) -> str:
    """The first line that is true at `now` (ns), with its figure; "" where none is."""
    for line in lines:
        value = _value(line, live, now)
        if value is not None and OPERATORS[line.op](value, line.limit):
            figure = f"{value:g}" if line.metric in COUNTS else f"{value * 1e3:.1f} ms"
            return f"{line.text}, measured {figure}"
    return ""


def _wrong(metric: str, stat: str, op: str, unit: str) -> str:
    known = [*COUNTS, *LATENCIES, LAG]
    if metric not in known:
        near = difflib.get_close_matches(metric, known, 1)
        return f"there is no {metric} during a run; " + (
            f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
        )
    if op not in (">", ">="):
        return "a run ends when something has become too large: write > or >="
    if metric in COUNTS:
        return f"{metric} is a count: {metric} > 100" if stat or unit else ""
    if stat not in STATS or unit not in ("ms", "s"):
        return f"{metric} needs one of {', '.join(STATS)} and a unit: {metric} p99 > 10s"
    return f"{LAG} is told as p99 only" if metric == LAG and stat != "p99" else ""


def _value(line: Line, live: Live, now: int) -> float | None:
    if count := COUNTS.get(line.metric):
        return count(live)
    if line.metric == LAG:
        return live.worst_lag_s()
    place = STATS.index(line.stat)
    known = [found[place] for each in LATENCIES[line.metric](live) if (found := each.quantiles(now, ENOUGH))]
    return max(known, default=None)
