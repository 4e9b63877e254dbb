"""Picture 1: volume, open conversations and latency over time, with phases and disturbances shaded."""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import altair as alt

from reports import charts
from reports.model import Disturbance, Judgement, Phase, Second
from reports.page import figures, gateline, palette
from reports.page.words import say

_POINTS = 300
_FLOOR_MS = 0.1


class Point(NamedTuple):
    """One stretch of `width` seconds: mean volumes, and the worst second's latencies in ms."""

    t: float
    sent: float
    replies: float
    open: int
    to_agent_p50: float | None
    to_agent_p99: float | None
    to_customer_p99: float | None


def bin_width(seconds: tuple[Second, ...]) -> int:
    """How many seconds one drawn point stands for."""
    return max(1, math.ceil(len(seconds) / _POINTS))


def points(seconds: tuple[Second, ...]) -> list[Point]:
    """At most 300 points; percentiles are never averaged, the worst one stands for its stretch."""
    width = bin_width(seconds)
    return [_point(seconds[at : at + width]) for at in range(0, len(seconds), width)]


def draw(judgement: Judgement, width: int) -> charts.Drawn | None:
    """The picture `width` pixels wide in each language, or None where the run has no second to show."""
    rows = points(judgement.seconds)
    if not any(row.sent or row.replies or row.open for row in rows):
        return None
    plot = _Plot(judgement, rows, width)
    panels = [plot.volume(), plot.open()] + ([plot.latency()] if plot.latencies() else [])
    chart = alt.vconcat(*panels, spacing=22).resolve_scale(x="shared", y="independent")
    return charts.to_svgs(chart, plot.canvas, f"time-{width}")


class _Plot:
    def __init__(self, judgement: Judgement, rows: list[Point], width: int) -> None:
        self.j, self.rows = judgement, rows
        self.canvas = charts.Canvas()
        self.narrow = width < 600
        self.inner = width - 82
        ends = [p.end_s for p in judgement.phases] + [d.end_s for d in judgement.disturbances] + [rows[-1].t + 1]
        self.end = max(ends)

    def word(self, key: str) -> str:
        return self.canvas.word(say(f"picture.{key}"))

    def x(self, last: bool = False) -> alt.X:
        axis = {
            "title": self.word("seconds_axis") if last else None,
            "labels": last,
            "ticks": last,
            "tickCount": 5 if self.narrow else 10,
            "grid": False,
            "titleAnchor": "end",
            "format": "d",
        }
        return alt.X("t:Q", axis=axis, scale={"domain": [0, self.end], "nice": False})

    def panel(self, layers: list[Any], title: str, height: int, top: bool = False) -> alt.LayerChart | alt.FacetChart:
        shades = [*_phases(self, top), *_disturbances(self, top)]
        return alt.layer(*shades, *layers).properties(width=self.inner, height=height, title=title)

    def volume(self) -> alt.LayerChart | alt.FacetChart:
        base = self.canvas.chart([{"t": r.t, "sent": r.sent, "replies": r.replies} for r in self.rows]).encode(self.x())
        y = _y(max(max(r.sent, r.replies) for r in self.rows))
        sent = base.mark_area(
            color=palette.BLUE, opacity=0.16, line={"color": palette.BLUE, "strokeWidth": 1.6}, interpolate="step-after"
        ).encode(alt.Y("sent:Q", **y))
        replies = base.mark_line(color=palette.ORANGE, strokeWidth=1.6, strokeDash=[5, 3]).encode(
            alt.Y("replies:Q", **y)
        )
        return self.panel([sent, replies], self.word("messages_axis"), 120 if self.narrow else 150, top=True)

    def open(self) -> alt.LayerChart | alt.FacetChart:
        area = (
            self.canvas.chart([{"t": r.t, "open": r.open} for r in self.rows])
            .mark_area(color=palette.GREY, opacity=0.22, line={"color": palette.GREY, "strokeWidth": 1.4})
            .encode(self.x(last=not self.latencies()), alt.Y("open:Q", **_y(max(r.open for r in self.rows), 2)))
        )
        return self.panel([area], self.word("open_axis"), 56)

    def latencies(self) -> list[float]:
        return [v for r in self.rows for v in (r.to_agent_p50, r.to_agent_p99, r.to_customer_p99) if v is not None]

    def latency(self) -> alt.LayerChart | alt.FacetChart:
        limits = latency_limits(self.j)
        scale, ticks = charts.log_scale(self.latencies() + limits)
        axis = {
            "title": None,
            "values": ticks,
            "format": ",~f",
            "minExtent": 58,
            "maxExtent": 58,
            "domain": False,
            "ticks": False,
        }
        y = {"scale": scale, "axis": axis}
        lines = [
            self._line("to_agent_p50", palette.SKY, 1.4, [], y),
            self._line("to_customer_p99", palette.ORANGE, 1.8, [5, 3], y),
            self._line("to_agent_p99", palette.BLUE, 1.8, [], y),
        ]
        gates = [self._gate(limit, y) for limit in limits]
        return self.panel(lines + gates, self.word("latency_axis"), 170 if self.narrow else 210)

    def _line(self, series: str, color: str, stroke: float, dash: list[int], y: dict[str, Any]) -> alt.Chart:
        values = [{"t": r.t, "v": getattr(r, series)} for r in self.rows]
        mark = self.canvas.chart(values).mark_line(
            color=color, strokeWidth=stroke, strokeDash=dash, strokeJoin="round", invalid="break-paths-show-domains"
        )
        line: alt.Chart = mark.encode(self.x(last=True), alt.Y("v:Q", **y))
        return line

    def _gate(self, limit: float, y: dict[str, Any]) -> alt.LayerChart | alt.FacetChart:
        label = self.canvas.word(say("picture.gate_label", limit=f"{figures.plain(limit)} ms"))
        base = self.canvas.chart([{"t": 0, "v": limit, "label": label}])
        rule = base.mark_rule(color=palette.RED, strokeWidth=1.2, strokeDash=[2, 3]).encode(alt.Y("v:Q", **y))
        text = base.mark_text(color=palette.RED, align="left", dx=6, dy=-7, fontSize=11.5).encode(
            self.x(last=True), alt.Y("v:Q", **y), alt.Text("label:N")
        )
        return alt.layer(rule, text)


def latency_limits(judgement: Judgement) -> list[float]:
    """The limits (ms) of the sync latency gates' p99 lines, each once."""
    lines = [gateline.parse(gate.line) for gate in judgement.gates]
    found = {
        line.limit * 1000 for line in lines if line and line.metric.startswith("sync_latency") and line.stat == "p99"
    }
    return sorted(limit for limit in found if limit > 0)


def _point(stretch: tuple[Second, ...]) -> Point:
    return Point(
        stretch[0].t_s,
        sum(s.sent for s in stretch) / len(stretch),
        sum(s.replies for s in stretch) / len(stretch),
        min(s.open for s in stretch),
        _worst(s.to_agent_p50 for s in stretch),
        _worst(s.to_agent_p99 for s in stretch),
        _worst(s.to_customer_p99 for s in stretch),
    )


def _worst(values: Iterable[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return max(max(present) * 1000, _FLOOR_MS) if present else None


def _y(high: float, count: int = 4) -> dict[str, Any]:
    axis = {
        "title": None,
        "tickCount": count,
        "format": ",~f",
        "minExtent": 58,
        "maxExtent": 58,
        "domain": False,
        "ticks": False,
    }
    return {"axis": axis, "scale": {"domain": [0, max(high * (1.25 if count > 2 else 1.08), 1)], "nice": False}}


def _phases(plot: _Plot, top: bool) -> list[alt.Chart]:
    if not plot.j.phases:
        return []
    shaded = [{"t": p.begin_s, "t2": p.end_s} for p in plot.j.phases[1::2]]
    bands = plot.canvas.chart(shaded).mark_rect(color=palette.BAND).encode(plot.x(), x2="t2:Q")
    named = [_label(plot, (p.begin_s + p.end_s) / 2, p.name) for p in plot.j.phases if _fits(plot, p)] if top else []
    return [bands, *_texts(plot, named, palette.QUIET, -8)]


def _disturbances(plot: _Plot, top: bool) -> list[alt.Chart]:
    numbered = list(enumerate(plot.j.disturbances, 1))
    least = plot.end / plot.inner * 3  # three pixels: a short fault must be seen
    layers = []
    for planned, color in ((True, palette.AMBER), (False, palette.RED)):
        rows = [{"t": d.begin_s, "t2": _until(d, least)} for _, d in numbered if d.planned is planned]
        mark = plot.canvas.chart(rows).mark_rect(color=color, opacity=0.26, clip=True)
        layers += [mark.encode(plot.x(), x2="t2:Q")] if rows else []
    marks = [_label(plot, (d.begin_s + d.end_s) / 2, circled(n)) for n, d in numbered] if top else []
    return [*layers, *_texts(plot, marks, palette.INK, 10)]


def circled(number: int) -> str:
    """1 to 20 in a circle, as in the picture's key; beyond that in brackets."""
    return chr(0x245F + number) if 1 <= number <= 20 else f"({number})"


def _until(d: Disturbance, least: float) -> float:
    return max(d.end_s, d.begin_s + least)


def _fits(plot: _Plot, phase: Phase) -> bool:
    return (phase.end_s - phase.begin_s) / plot.end * plot.inner > 7 * len(figures.visible(phase.name)) + 4


def _label(plot: _Plot, at: float, label: str) -> dict[str, Any]:
    return {"t": min(max(at, 0), plot.end), "label": figures.visible(label)}


def _texts(plot: _Plot, rows: list[dict[str, Any]], color: str, dy: int) -> list[alt.Chart]:
    if not rows:
        return []
    mark = plot.canvas.chart(rows).mark_text(color=color, fontSize=12, dy=dy, baseline="middle")
    return [mark.encode(plot.x(), alt.Text("label:N"), y=alt.value(0))]
