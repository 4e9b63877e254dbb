"""The page of a suite's run: every failure with its story, every gap with its reason, and nothing foreign is markup."""

import html
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from reports.conformance import Conformance
from reports.matrix.accepted import Accepted
from reports.matrix.matrix import matrix
from reports.page.filter_view import filter_view
from reports.page.render import render_suite
from reports.page.suite_view import anchor
from suites.browser import Page
from tests.suite_runs import case, ran, staging, whole

TODAY = date(2026, 11, 28)
KNOWN = Accepted(promise="KNOW-1", reason="search is rebuilt", owner="Li Wei", expires=date(2027, 3, 31))
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}\u202e\x00"


def _text(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.partition("<body>")[2]))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Conformance], Path]:
    def write(results: Conformance) -> Path:
        folder = tmp_path_factory.mktemp("page")
        render_suite(matrix(results, (KNOWN,), TODAY), folder, "0.1.0")
        return folder

    return write


@pytest.fixture(scope="module")
def troubled(written: Callable[[Conformance], Path]) -> Path:
    return written(staging())


def test_failures_gaps_and_figures_stand_on_the_page(troubled: Path) -> None:
    told = _text((troubled / "report.html").read_text("utf-8"))
    for part in (
        "不可上线 NO-GO",
        "shop-desk staging",
        "2026.11.3-rc2",
        "reads c-881",
        "没有提供：clock",
        "not offered: clock",
        "任何路径上，店铺看不到",
        "no shop sees, changes or disturbs",
        "search is rebuilt",
        "99.5\N{NO-BREAK SPACE}%",
        "near misses",
        "API1:2023 Broken Object Level Authorization",
        "monotone in the list",
        "the lab was too slow to measure: 3\N{NO-BREAK SPACE}s",
    ):
        assert part in told, part


def test_the_command_stands_below_its_story_where_nothing_scrolls_it_away(troubled: Path) -> None:
    page = (troubled / "report.html").read_text("utf-8")
    assert re.findall(r'<p class="again"><code>.* --case TENANT-1/foreign_conversation.*</code></p>', page)
    assert [story for story in re.findall(r"<pre.*?</pre>", page, re.DOTALL) if "--case" in story] == []


def test_every_square_leads_to_its_row(troubled: Path) -> None:
    page = (troubled / "report.html").read_text("utf-8")
    led, there = re.findall(r'href="#([\w-]+)"', page), re.findall(r' id="(p-[\w-]+)"', page)
    assert led == there
    assert len(there) == 24


@pytest.mark.parametrize(
    ("results", "line"),
    [
        (whole(), "套件通过 / suite passed"),
        (whole(target="reference"), "演示通过 / demo passed (target: bundled reference)"),
        (ran(case("SYNC-1/a"), selected=("SYNC-1",)), "所选承诺成立 / the selected promises hold"),
        (ran(), "本次无效 INVALID"),
    ],
)
def test_the_banner_never_says_go_live(results: Conformance, line: str, tmp_path: Path) -> None:
    page = render_suite(matrix(results, (), TODAY), tmp_path).read_text("utf-8")
    heading = re.search(r"<h1>.*?</h1>", page, re.DOTALL)
    assert heading
    assert html.unescape(re.sub(r"<[^>]+>", "", heading[0])) == line
    assert "可以上线" not in page


def test_nothing_foreign_becomes_markup(written: Callable[[Conformance], Path]) -> None:
    evil = case(f"KNOW-1/{EVIL}", "broken", EVIL, EVIL)
    gap = case(f"BOT-1/{EVIL}", "not verified", EVIL)
    strange = case("a", "unknown", EVIL, promises=(f"{EVIL}-1",))
    fields = dict.fromkeys(("target", "target_version", "command", "platform", "started"), EVIL)
    folder = written(ran(evil, gap, strange, offers=(EVIL,), selected=(EVIL, "KNOW-1", "BOT-1"), **fields))
    for file in (folder / "report.html", folder / "report" / "index.html"):
        page = file.read_text("utf-8")
        assert re.findall(r"<(?:script|img|iframe)", page) == []
        assert "\u202e" not in page
        assert "\x00" not in page
        assert "49" not in _text(page)
        assert "alert(1)" in _text(page)
        assert re.findall(r"https?://[^\s\"'<>)]+", page) == []


def test_the_folder_has_no_inline_style(troubled: Path) -> None:
    page = (troubled / "report" / "index.html").read_text("utf-8")
    assert re.findall(r"<style|style=|<script", page) == []
    assert {path.name for path in (troubled / "report").iterdir()} == {"index.html", "style.css"}


def test_both_languages_say_equally_much(troubled: Path) -> None:
    page = (troubled / "report.html").read_text("utf-8")
    spoken = [len(re.findall(rf'class="{language}"', page)) for language in ("zh", "en")]
    assert spoken[0] == spoken[1] > 40


def test_a_share_is_never_rounded_up() -> None:
    from reports.filter_figures import FilterFigures, Recall

    told = filter_view(FilterFigures(classes=(Recall("a", True, 100000, 99999), Recall("b", True, 0, 0))))
    assert told
    assert [(bar.share.en, bar.state) for bar in told.classes] == [("99.9 %", "broken"), ("no sample", "unknown")]


def test_an_anchor_is_plain() -> None:
    assert anchor('SYNC-1"><x') == "p-SYNC-1---x"


@pytest.mark.browser
def test_a_phone_never_scrolls_sideways(page: Page, troubled: Path) -> None:
    too_wide = """[...document.querySelectorAll('body *')].filter(e => !e.closest('svg')
                  && e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.className || e.tagName)"""
    page.open(f"file://{troubled}/report.html", 390)
    for language in ("zh", "en"):
        page.call("Runtime.evaluate", expression=f"document.querySelector('#show-{language}').click()")
        assert page.ask("document.documentElement.scrollWidth") == 390
        assert page.ask(too_wide) == []


def test_every_kind_of_clean_talk_has_its_words() -> None:
    from fixtures.corpus import CLEAN
    from reports.page import words

    assert {each.category for each in CLEAN} - words.table()["talk"].keys() == set()
