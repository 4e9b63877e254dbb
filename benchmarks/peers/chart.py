"""The comparison as a bar chart."""

import altair as alt
import vl_convert

from benchmarks.peers.comparison import Result
from reports.charts import tidy
from reports.page import palette

_OURS, _FLOOR = "ours", "floor"


def draw(results: list[Result], title: str) -> str:
    """An SVG: seconds of CPU and peak memory of each comparable generator, the cheapest on top."""
    done = sorted((r for r in results if r.comparable), key=lambda r: r.cpu_s)
    order = [r.title for r in done]
    rows = [{"name": r.title, "CPU, s": r.cpu_s, "peak memory, MiB": r.peak_mib, "whose": _whose(r)} for r in done]
    chart = alt.hconcat(
        _bars(rows, order, "CPU, s", ".1f", names=True), _bars(rows, order, "peak memory, MiB", ".0f", names=False)
    )
    styled = chart.properties(title=title).configure(font=palette.FONT, background="white", view={"stroke": None})
    spec = styled.to_dict(validate=False) | {"datasets": {"rows": rows}}
    return tidy(str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])), "peers")


def _whose(result: Result) -> str:
    return result.name if result.name in (_OURS, _FLOOR) else "peer"


def _bars(
    rows: list[dict[str, object]], order: list[str], field: str, digits: str, names: bool
) -> alt.LayerChart | alt.FacetChart:
    y = alt.Y(
        "name:N", sort=order, title=None, axis={"labels": names, "ticks": False, "domain": False, "labelLimit": 0}
    )
    x = alt.X(f"{field}:Q", title=field, axis={"grid": False, "tickCount": 4})
    colors = {"domain": [_OURS, "peer", _FLOOR], "range": [palette.BLUE, palette.GREY, palette.TAN]}
    base = alt.Chart(alt.NamedData("rows")).encode(y=y, x=x)
    bars = base.mark_bar().encode(color=alt.Color("whose:N", scale=colors, legend=None))
    figures = base.mark_text(align="left", dx=4, color=palette.INK).encode(text=alt.Text(f"{field}:Q", format=digits))
    return alt.layer(bars, figures).properties(width=250, height=28 * len(rows))
