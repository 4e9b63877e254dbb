"""Picture 3: where the time goes: each hop's p50 to p99, coloured by whose it is."""

from typing import Any, Final

import altair as alt

from reports import charts
from reports.model import Hop, Judgement
from reports.page import figures, palette
from reports.page.words import Text, name

COLORS: Final = {"target": palette.BLUE, "harness": palette.GREY, "people": palette.TAN}
SHAPES: Final = {"target": "circle", "harness": "square", "people": "diamond"}
_FLOOR_MS = 0.1
_LONGEST = 22  # characters of a hop's name that fit beside the plot


def draw(judgement: Judgement, width: int) -> charts.Drawn | None:
    """The picture `width` pixels wide in each language, or None where no hop has a sample."""
    canvas, narrow = charts.Canvas(), width < 600
    rows = [_row(canvas, hop, narrow) for hop in judgement.hops if hop.latency.p50 is not None]
    if not rows:
        return None
    left, right = (134, 14) if narrow else (250, 150)  # on a phone the figures stand above their bar
    values = [value for row in rows for value in (row["p50"], row["p99"])]
    scale, ticks = charts.log_scale(values, 4 if narrow else 8)
    axis = {"values": ticks, "format": ",~f", "title": None, "orient": "top", "domain": False, "ticks": False}
    y = alt.Y("hop:N", sort=[row["hop"] for row in rows], axis=_labels(left), scale={"paddingInner": 0.2})
    layers = [layer for whose in COLORS for layer in _layers(canvas, rows, whose, scale, axis, y)]
    texts = canvas.chart(rows).mark_text(
        align="right", baseline="bottom" if narrow else "middle", dy=-5 if narrow else 0, fontSize=12, color=palette.INK
    )
    texts = texts.encode(y, alt.Text("figures:N"), x=alt.value(width - left - 14))
    chart = alt.layer(*layers, texts).properties(width=width - left - right, height=(46 if narrow else 38) * len(rows))
    return charts.to_svgs(chart, canvas, f"hops-{width}")


def _labels(left: int) -> dict[str, Any]:
    return {
        "title": None,
        "minExtent": left,
        "maxExtent": left,
        "domain": False,
        "ticks": False,
        "grid": False,
        "labelLimit": 0,
        "labelColor": palette.INK,
        "labelFontSize": 12.5,
        "labelExpr": "split(datum.label, '\\n')",
        "labelLineHeight": 15,
    }


def _row(canvas: charts.Canvas, hop: Hop, narrow: bool) -> dict[str, Any]:
    p50, p99 = hop.latency.p50 or 0.0, hop.latency.p99
    shown = [figures.ms(p50), figures.ms(p99) if p99 is not None else "–"]
    words = (canvas.word(_short(name("hop", hop.name))), canvas.word(name("whose", hop.whose)))
    return {
        "hop": ("\n" if narrow else " · ").join(words),
        "whose": hop.whose,
        "p50": max(p50 * 1000, _FLOOR_MS),
        "p99": max((p99 if p99 is not None else p50) * 1000, _FLOOR_MS),
        "figures": f"{shown[0]} → {shown[1]} ms",
    }


def _short(text: Text) -> Text:
    return Text(text.zh[:_LONGEST], text.en[:_LONGEST])


def _layers(
    canvas: charts.Canvas, rows: list[dict[str, Any]], whose: str, scale: dict[str, Any], axis: dict[str, Any], y: alt.Y
) -> list[Any]:
    own = [row for row in rows if row["whose"] == whose]
    if not own:
        return []
    color, base = COLORS[whose], canvas.chart(own)
    from_x = alt.X("p50:Q", scale=scale, axis=axis)
    to_x = alt.X("p99:Q", scale=scale, axis=axis)
    return [
        base.mark_rule(color=color, strokeWidth=5, opacity=0.35, strokeCap="round").encode(from_x, y, x2="p99:Q"),
        base.mark_tick(color=color, thickness=2, size=14).encode(to_x, y),
        base.mark_point(color=color, shape=SHAPES[whose], filled=True, opacity=1, size=80).encode(from_x, y),
    ]
