"""Picture 2: latency percentiles with the tail stretched out, both directions, and the gate's line."""

from typing import Any

import altair as alt

from reports import charts
from reports.model import Judgement
from reports.page import figures, palette
from reports.page.pictures.over_time import latency_limits
from reports.page.words import say

_TICKS = {2: "p50", 10: "p90", 20: "p95", 100: "p99", 1000: "p99.9", 10000: "p99.99", 100000: "p99.999"}
_FLOOR_MS = 0.1


def draw(judgement: Judgement, width: int) -> charts.Drawn | None:
    """The picture `width` pixels wide in each language, or None where there is no sample."""
    ways = {
        "to_agent": _curve(judgement.percentiles_to_agent),
        "to_customer": _curve(judgement.percentiles_to_customer),
    }
    every = [row for rows in ways.values() for row in rows]
    if not every:
        return None
    limits = latency_limits(judgement)
    canvas = charts.Canvas()
    scale, ticks = charts.log_scale([row["ms"] for row in every] + limits)
    axis = {
        "title": None,
        "values": ticks,
        "format": ",~f",
        "minExtent": 58,
        "maxExtent": 58,
        "domain": False,
        "ticks": False,
    }
    y = alt.Y("ms:Q", scale=scale, axis=axis)
    rarest = max(row["rarity"] for row in every)
    x = _x(canvas, rarest, width)
    layers = [_way(canvas, ways["to_customer"], palette.ORANGE, [5, 3], "square", x, y)]
    layers += [_way(canvas, ways["to_agent"], palette.BLUE, [], "circle", x, y)]
    layers += [_limit(canvas, limit, rarest, x, y) for limit in limits]
    title = canvas.word(say("picture.latency_axis"))
    chart = alt.layer(*layers).properties(width=width - 82, height=220 if width < 600 else 280, title=title)
    return charts.to_svgs(chart, canvas, f"percentiles-{width}")


def _curve(percentiles: tuple[tuple[float, float], ...]) -> list[dict[str, float]]:
    # p50 and up: the lower half is of no interest, and 1 / (1 - q) has no end at q = 1
    return [{"rarity": 1 / (1 - q), "ms": max(s * 1000, _FLOOR_MS)} for q, s in percentiles if 0.5 <= q < 1]


def _x(canvas: charts.Canvas, rarest: float, width: int) -> alt.X:
    shown = [tick for tick in _TICKS if tick <= rarest * 1.01 and not (width < 600 and tick == 20)]
    labels = " : ".join(f"abs(datum.value - {tick}) < 0.5 ? '{_TICKS[tick]}'" for tick in shown) + " : ''"
    axis = {
        "title": canvas.word(say("picture.share_axis")),
        "titleAnchor": "end",
        "values": shown,
        "labelExpr": labels,
        "labelOverlap": False,
        "grid": True,
    }
    return alt.X("rarity:Q", axis=axis, scale={"type": "log", "domain": [2, max(rarest * 1.15, 12)], "nice": False})


def _way(
    canvas: charts.Canvas, rows: list[dict[str, float]], color: str, dash: list[int], shape: str, x: alt.X, y: alt.Y
) -> Any:
    base = canvas.chart(list(rows)).encode(x, y)
    marked = [row for row in rows if any(abs(row["rarity"] - tick) < tick * 0.005 for tick in _TICKS)]
    points = canvas.chart(list(marked)).encode(x, y)
    return alt.layer(
        base.mark_line(color=color, strokeWidth=2, strokeDash=dash, strokeJoin="round"),
        points.mark_point(color=color, shape=shape, filled=True, opacity=1, size=46),
    )


def _limit(canvas: charts.Canvas, limit: float, rarest: float, x: alt.X, y: alt.Y) -> Any:
    label = canvas.word(say("picture.gate_label", limit=f"p99 {figures.plain(limit)} ms"))
    base = canvas.chart([{"rarity": 2, "ms": limit, "label": label}])
    rule = base.mark_rule(color=palette.RED, strokeWidth=1.2, strokeDash=[2, 3]).encode(y)
    text = base.mark_text(color=palette.RED, align="left", dx=6, dy=-8, fontSize=11.5).encode(x, y, alt.Text("label:N"))
    p99 = canvas.chart([{"rarity": 100, "ms": limit}] if rarest >= 100 else [])
    mark = p99.mark_point(color=palette.RED, shape="triangle-down", filled=True, opacity=1, size=70, yOffset=-5)
    return alt.layer(rule, text, mark.encode(x, y)) if rarest >= 100 else alt.layer(rule, text)
