"""Picture 3: where the time goes: each hop's p50 to p99, coloured by whose it is."""

from typing import Any, Final

import altair as alt

from reports import charts
from reports.model import Hop, Judgement
from reports.page import figures, palette
from reports.page.words import Language, name

COLORS: Final = {"target": palette.BLUE, "harness": palette.GREY, "people": palette.TAN}
SHAPES: Final = {"target": "circle", "harness": "square", "people": "diamond"}
_FLOOR_MS = 0.1


def draw(judgement: Judgement, language: Language, width: int) -> str | None:
    """The picture `width` pixels wide as SVG, or None where no hop has a sample."""
    rows = [_row(hop, language, width < 600) for hop in judgement.hops if hop.latency.p50 is not None]
    if not rows:
        return None
    tables, narrow = charts.Tables(), width < 600
    left, right = (112, 14) if narrow else (250, 150)  # on a phone the figures stand above their bar
    values = [value for row in rows for value in (row["p50"], row["p99"])]
    scale, ticks = charts.log_scale(values, 4 if narrow else 8)
    axis = {"values": ticks, "format": ",~f", "title": None, "orient": "top", "domain": False, "ticks": False}
    y = alt.Y("hop:N", sort=[row["hop"] for row in rows], axis=_labels(left), scale={"paddingInner": 0.2})
    layers = [layer for whose in COLORS for layer in _layers(tables, rows, whose, scale, axis, y)]
    texts = tables.chart(rows).mark_text(
        align="right", baseline="bottom" if narrow else "middle", dy=-5 if narrow else 0, fontSize=12, color=palette.INK
    )
    texts = texts.encode(y, alt.Text("figures:N"), x=alt.value(width - left - 14))
    chart = alt.layer(*layers, texts).properties(width=width - left - right, height=(46 if narrow else 38) * len(rows))
    return charts.to_svg(chart, tables, f"hops-{language}-{width}")


def _labels(left: int) -> dict[str, Any]:
    return {
        "title": None,
        "minExtent": left,
        "maxExtent": left,
        "domain": False,
        "ticks": False,
        "grid": False,
        "labelLimit": left,
        "labelColor": palette.INK,
        "labelFontSize": 12.5,
        "labelExpr": "split(datum.label, '\\n')",
        "labelLineHeight": 15,
    }


def _row(hop: Hop, language: Language, narrow: bool) -> dict[str, Any]:
    p50, p99 = hop.latency.p50 or 0.0, hop.latency.p99
    shown = [figures.ms(p50), figures.ms(p99) if p99 is not None else "–"]
    owner = name("whose", hop.whose).of(language)
    joint = "\n" if narrow else " · "
    return {
        "hop": f"{name('hop', hop.name).of(language)}{joint}{owner}",
        "whose": hop.whose,
        "p50": max(p50 * 1000, _FLOOR_MS),
        "p99": max((p99 if p99 is not None else p50) * 1000, _FLOOR_MS),
        "figures": f"{shown[0]} → {shown[1]} ms",
    }


def _layers(
    tables: charts.Tables, rows: list[dict[str, Any]], whose: str, scale: dict[str, Any], axis: dict[str, Any], y: alt.Y
) -> list[Any]:
    own = [row for row in rows if row["whose"] == whose]
    if not own:
        return []
    color, base = COLORS[whose], tables.chart(own)
    from_x = alt.X("p50:Q", scale=scale, axis=axis)
    to_x = alt.X("p99:Q", scale=scale, axis=axis)
    return [
        base.mark_rule(color=color, strokeWidth=5, opacity=0.35, strokeCap="round").encode(from_x, y, x2="p99:Q"),
        base.mark_tick(color=color, thickness=2, size=14).encode(to_x, y),
        base.mark_point(color=color, shape=SHAPES[whose], filled=True, opacity=1, size=80).encode(from_x, y),
    ]
