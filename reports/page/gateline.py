"""A gate's line taken apart for display; judging it is the gates' business, not the page's."""

import re
from typing import NamedTuple

from reports.model import Gate
from reports.page import figures
from reports.page.words import Text, name, say

_LINE = re.compile(
    r"\s*(?P<metric>\w+)(?:\s+(?P<stat>p\d+|min|max))?\s*(?P<op><=|>=|==|!=|<|>|=)\s*(?P<number>[\d.,_]+)\s*(?P<unit>ms|s|%)?\s*"
)
_SCALE = {"ms": 0.001, "s": 1.0, "%": 0.01, "": 1.0}


class Line(NamedTuple):
    """`sync_latency p99 < 500ms`; `limit` in seconds, as a share, or as a count."""

    metric: str
    stat: str
    op: str
    limit: float
    unit: str


def parse(line: str) -> Line | None:
    """The parts of a gate's line, or None where it reads like no gate."""
    found = _LINE.fullmatch(line)
    if not found:
        return None
    unit = found["unit"] or ""
    try:
        number = float(found["number"].replace(",", "").replace("_", ""))
    except ValueError:
        return None
    limit = round(number * _SCALE[unit], 12)  # 0.1 * 3 must not become a limit nobody wrote
    return Line(found["metric"], found["stat"] or "", found["op"], limit, unit)


def title(line: str) -> Text:
    """What the gate asks, in words."""
    parts = parse(line)
    if parts is None:
        return name("metric", line.strip())
    metric = name("metric", parts.metric)
    return say("gate.metric_stat", metric=metric, stat=parts.stat) if parts.stat else metric


def demand(line: str) -> str:
    """What the gate asks of the figure, e.g. `< 500 ms`."""
    parts = parse(line)
    if parts is None:
        return "–"
    return f"{_sign(parts.op)} {_figure(parts.limit, parts)}"


def measured(gate: Gate) -> str | None:
    """The gate's value in the unit of its line, None where there is none."""
    parts = parse(gate.line)
    if gate.value is None:
        return None
    return figures.plain(gate.value) if parts is None else _figure(gate.value, parts)


def _figure(value: float, parts: Line) -> str:
    if parts.unit in ("ms", "s"):
        return f"{figures.ms(value, parts.limit)} ms"
    if parts.unit == "%":
        return f"{figures.percent(value, parts.limit)} %"
    return str(figures.plain(value, parts.limit))


def _sign(op: str) -> str:
    return {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}.get(op, op)
