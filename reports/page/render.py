"""Writes the page: report.html in one file, and report/ with its style and pictures apart for strict servers."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from reports.matrix.matrix import Matrix
from reports.matrix.merge import Merged
from reports.model import Judgement
from reports.page.merged_page import merged_page
from reports.page.suite_page import SuitePage, suite_page
from reports.page.view import View, view
from reports.page.words import Text, say

if TYPE_CHECKING:
    from reports.page.drawings import Drawing

_HERE = Path(__file__).parent
Content = View | SuitePage | dict[str, Any]


def render(judgement: Judgement, folder: Path) -> Path:
    """Write `report.html` and `report/` (index.html, style.css, *.svg) into a run's folder; the path of the former.

    Neither has a script or fetches anything from a network; `report/` has no inline style either, so that it shows
    under Jenkins' default content policy. Raises OSError where the folder cannot be written.
    """
    return place(view(judgement), "page.html.j2", folder)


def render_suite(matrix: Matrix, folder: Path, golive: str = "") -> Path:
    """The same for a suite's run; `golive` is the version that judged it. Raises OSError."""
    return place(suite_page(matrix, golive), "suite_page.html.j2", folder)


def render_merged(merged: Merged, folder: Path, golive: str = "") -> Path:
    """The same for several runs put together. Raises OSError."""
    content, template = merged_page(merged, golive)
    return place(content, template, folder)


def place(content: Content, template: str, folder: Path) -> Path:
    """Write the content by its template as report.html and report/. Raises OSError."""
    _write_folder(content, template, folder / "report")
    page = folder / "report.html"
    page.write_text(html(content, True, template), encoding="utf-8")
    return page


def html(content: Content, inline: bool, name: str = "page.html.j2") -> str:
    """The page as text; `inline` puts style and pictures into it."""
    template = _environment().get_template(name)
    return template.render(v=content, inline=inline, style=Markup(style()))  # our own file, not foreign text


def style() -> str:
    """The style sheet."""
    return (_HERE / "style.css").read_text(encoding="utf-8")


def _write_folder(content: Content, template: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.svg"):
        stale.unlink()
    (folder / "index.html").write_text(html(content, False, template), encoding="utf-8")
    (folder / "style.css").write_text(style(), encoding="utf-8")
    for drawing in _drawn(content):
        _write_drawing(drawing, folder)


def _drawn(content: Content) -> list["Drawing"]:
    told = content if isinstance(content, dict) else content._asdict()
    shown = [each.drawing for each in (*told.get("pictures", ()), *told.get("examples", ()))]
    return [drawing for drawing in shown if drawing]


def _write_drawing(drawing: "Drawing", folder: Path) -> None:
    for language, svg in drawing.wide.items():
        (folder / f"{drawing.name}.{language}.svg").write_text(svg, encoding="utf-8")
    for language, svg in drawing.narrow.items():
        (folder / f"{drawing.name}-narrow.{language}.svg").write_text(svg, encoding="utf-8")


def both(text: Text) -> Markup:
    """A sentence as two spans, of which the style sheet shows one; a single text where the languages agree."""
    zh, en = (_together(sentence) for sentence in (text.zh, text.en))
    if zh == en:
        return Markup("{}").format(zh)
    return Markup('<span class="zh" lang="zh-CN">{}</span><span class="en" lang="en">{}</span>').format(zh, en)


def _together(sentence: str) -> str:
    """A number and its unit are not parted at the end of a line."""
    return re.sub(r"(?<=\d) (?=(?:ms|s|%|GiB)(?!\w))", "\N{NO-BREAK SPACE}", sentence)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["t"] = both
    environment.globals["w"] = lambda key: both(say(key))
    environment.globals["plain"] = say
    environment.filters["svg"] = Markup  # drawn by us, every foreign word in it escaped where it was drawn
    return environment
