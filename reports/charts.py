"""From an Altair chart to one embeddable SVG: one style, text kept as text, no network, no shared ids."""

import math
import re
from typing import Any

import altair as alt
import vl_convert
from markupsafe import escape

from reports.page import palette
from reports.page.words import LANGUAGES, Language, Text

Drawn = dict[Language, str]  # one SVG for each language

_DECLARED = 'xmlns:xlink="http://www.w3.org/1999/xlink" '


class Canvas:
    """What one chart is made of, kept out of it.

    Rows, because Altair copies inline rows for every layer, many times; words, because a picture is drawn once and
    then spoken in each language: in the chart stands a token for each.
    """

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.words: dict[str, Text] = {}

    def chart(self, rows: list[dict[str, Any]]) -> alt.Chart:
        """A chart over these rows."""
        name = f"rows{len(self.rows)}"
        self.rows[name] = rows
        return alt.Chart(alt.NamedData(name))

    def word(self, text: Text) -> str:
        """A token for the sentence; each call gives another, so that equal names stay apart."""
        token = f"\ue000{len(self.words)}\ue001"
        self.words[token] = text
        return token


def to_svgs(chart: alt.LayerChart | alt.FacetChart | alt.VConcatChart, canvas: Canvas, name: str) -> Drawn:
    """Draw a chart in each language; `name` makes its ids unique in a page that holds several. Nothing is fetched."""
    spec = _styled(chart).to_dict(validate=False) | {"datasets": canvas.rows}
    svg = str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))
    return {language: tidy(spoken(svg, canvas.words, language), f"{name}-{language}") for language in LANGUAGES}


def spoken(svg: str, words: dict[str, Text], language: Language) -> str:
    """The drawing with its tokens replaced by words, escaped."""
    return re.sub(
        "\ue000\\d+\ue001", lambda found: escape(words[found[0]].of(language)) if found[0] in words else "", svg
    )


def tidy(svg: str, name: str) -> str:
    """An SVG fit for embedding: own ids, and no marks for screen readers, as the page describes the picture."""
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    svg = re.sub(r' (?:role|aria-[a-z]+|pointer-events)="[^"]*"', "", svg)
    svg = re.sub(r' class="(?:mark-|background|foreground)[^"]*"', "", svg)
    return svg.replace(_DECLARED, "", 1).replace(' class="marks"', "", 1)


def log_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Round values around `low` and `high` (both > 0) for a log axis: 1, 2, 5 or only decades, at most `most`."""
    first, last = math.floor(math.log10(low) - 1e-9), math.ceil(math.log10(high) + 1e-9)  # log10 is not exact
    for steps in ((1, 2, 5), (1, 3), (1,)):
        every = [float(f"{step}e{power}") for power in range(first, last + 1) for step in steps]
        below = [tick for tick in every if tick <= low][-1:]
        above = [tick for tick in every if tick >= high][:1]
        ticks = below + [tick for tick in every if low < tick < high] + above
        if len(ticks) <= most:
            break
    return ticks


def log_scale(values: list[float], most: int = 7) -> tuple[dict[str, Any], list[float]]:
    """A log scale around positive values, and its ticks."""
    low, high = min(values), max(values)
    ticks = log_ticks(low * 0.9, max(high * 1.1, low * 2), most)
    return {"type": "log", "domain": [ticks[0], ticks[-1]], "nice": False}, ticks


def _styled(chart: Any) -> Any:
    return chart.configure(
        font=palette.FONT,
        background="white",
        padding={"left": 2, "right": 10, "top": 4, "bottom": 2},
        aria=False,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=palette.QUIET,
            labelFontSize=12,
            titleColor=palette.QUIET,
            titleFontSize=12,
            titleFontWeight="normal",
            gridColor=palette.GRID,
            domainColor=palette.AXIS,
            tickColor=palette.AXIS,
            tickSize=4,
            labelPadding=5,
        ),
        title=alt.TitleConfig(
            anchor="start", fontSize=12.5, fontWeight="bold", color=palette.INK, offset=8, frame="group"
        ),
    )
