"""What is written: one safe, self-contained file, and a folder without inline style."""

import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from reports.model import Disturbance, Gate, Hop, Judgement, Latency, OtherCall, Phase, Step, Verdict
from reports.page.render import render

pytestmark = pytest.mark.thorough

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}\u202e\x00\x1b\ufffe"
NAMES = ("demo", "go", "no_go", "invalid", "conditions", "demo_conditions", "demo_no_go", "empty")


@pytest.fixture(scope="module")
def pages(written: Callable[[str], Path]) -> dict[str, str]:
    return {name: (written(name) / "report.html").read_text("utf-8") for name in NAMES}


@pytest.fixture(scope="module")
def attacked(altered: Callable[..., Judgement], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("attacked")
    render(_hostile(altered), folder)
    return folder


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def _text(page: str) -> str:
    body = page.partition("<body>")[2]
    return html.unescape(re.sub(r"<[^>]+>", "", body))


def _hostile(altered: Callable[..., Judgement]) -> Judgement:
    latency = Latency(n=9, p50=0.1, p95=0.2, p99=0.3, max=0.4)
    return altered(
        "no_go",
        target=EVIL,
        target_version=EVIL,
        title_zh=EVIL,
        scenario=EVIL,
        run=EVIL,
        started=EVIL,
        command=EVIL,
        reasons=(EVIL,),
        gates=(Gate(line=EVIL, state="broken", value=1.0, n=1, reason=EVIL, waived=EVIL),),
        verdicts=(
            Verdict(
                promise=EVIL,
                checker=EVIL,
                state="broken",
                violations=1,
                reason=EVIL,
                example=(Step(t_s=1.0, who=EVIL, to="customer", what=EVIL, wrong=True),),
            ),
        ),
        hops=(Hop(name=EVIL, whose="target", latency=latency),),
        phases=(Phase(name=EVIL, begin_s=0.0, end_s=191.0), Phase(name="x", begin_s=191.0, end_s=192.0)),
        disturbances=(Disturbance(what=EVIL, begin_s=1.0, end_s=2.0),),
        joins={EVIL: 1.0},
        platform=EVIL,
        own_chat=True,
        other_calls=(OtherCall(name=EVIL, count=1, stubbed=False),),
    )


def test_nothing_foreign_becomes_markup(attacked: Path) -> None:
    for path in (attacked / "report.html", attacked / "report" / "index.html"):
        page = path.read_text("utf-8")
        tags = _Tags(page).tags
        assert {tag for tag, _ in tags} & {"script", "iframe", "object", "foreignobject"} == set()
        assert [attrs for _, attrs in tags if any(key.startswith("on") for key in attrs)] == []
        assert [attrs["src"] for tag, attrs in tags if tag == "img" and attrs["src"] == "x"] == []
        assert "\u202e" not in page
        assert "\x00" not in page
        assert "49" not in _text(page).replace("490", "")  # {{7*7}} was not evaluated
        assert "alert(1)" in _text(page)  # it is shown, as text


def test_hostile_words_leave_the_drawings_well_formed(attacked: Path) -> None:
    drawn = sorted((attacked / "report").glob("*.svg"))
    assert len(drawn) == 16  # three pictures and one counter-example, two languages, two widths
    for path in drawn:
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(path.read_bytes()).iter()}
        assert tags <= {"svg", "g", "path", "line", "rect", "text", "tspan", "circle", "defs", "clipPath"}, path.name


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_at_most_one_megabyte(name: str, pages: dict[str, str]) -> None:
    assert len(pages[name].encode()) <= 1_000_000


@pytest.mark.parametrize("name", NAMES)
def test_a_page_can_fetch_nothing_and_runs_no_script(name: str, pages: dict[str, str]) -> None:
    page = pages[name]
    assert set(re.findall(r"https?://[^\s\"'<>)]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert re.findall(r"@import|url\((?!#)", page) == []
    tags = _Tags(page).tags
    assert [tag for tag, attrs in tags if tag in ("script", "link", "img", "iframe") or "src" in attrs] == []
    policy = next(a["content"] for t, a in tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


@pytest.mark.parametrize("name", ["demo", "demo_conditions", "demo_no_go", "no_go", "invalid", "conditions", "empty"])
def test_only_a_real_go_says_it_may_go_live(name: str, pages: dict[str, str]) -> None:
    assert "可以上线" not in pages[name]
    assert "可以上线 GO" in _text(pages["go"])


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("demo", "演示通过 / demo passed (target: bundled reference)"),
        ("demo_no_go", "不可上线 NO-GO"),
        ("no_go", "不可上线 NO-GO"),
        ("invalid", "本次无效 INVALID"),
        ("conditions", "有条件上线 GO WITH CONDITIONS"),
    ],
)
def test_the_banner_says_the_verdict_in_both_languages(name: str, line: str, pages: dict[str, str]) -> None:
    heading = re.search(r"<h1>.*?</h1>", pages[name], re.DOTALL)
    assert heading
    assert html.unescape(re.sub(r"<[^>]+>", "", heading[0])) == line
    assert f"<title>{html.escape(line)} · " in pages[name]


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_equally_much(name: str, pages: dict[str, str]) -> None:
    tags = _Tags(pages[name]).tags
    spoken = [attrs.get("class") or "" for tag, attrs in tags if tag in ("span", "div")]
    chinese, english = ([c for c in spoken if language in c.split()] for language in ("zh", "en"))
    assert len(chinese) == len(english) > 40


def test_target_version_date_scenario_and_seed_stand_in_the_banner(pages: dict[str, str]) -> None:
    banner = _text("<body>" + pages["no_go"].partition('class="banner')[2].partition("</section>")[0])
    for fact in ("shop-desk staging", "2026.11.3-rc2", "2026-11-23 18:15", "launch", "618", "20261123-190144-launch"):
        assert fact in banner


def test_an_empty_run_claims_nothing(pages: dict[str, str]) -> None:
    text = _text(pages["empty"])
    assert "No promise was checked at all." in text
    assert "This run has no sample to draw." in text
    assert "<svg xmlns" not in pages["empty"]


def test_a_run_cut_short_is_drawn_as_far_as_it_went(altered: Callable[..., Judgement], tmp_path: Path) -> None:
    cut = altered("demo")
    cut = msgspec.structs.replace(
        cut, seconds=cut.seconds[:1], percentiles_to_customer=(), phases=(), hops=cut.hops[:1]
    )
    assert "<svg xmlns" in render(cut, tmp_path).read_text("utf-8")


def test_the_drawings_raise_no_complaint(
    samples: dict[str, Judgement], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    render(samples["no_go"], tmp_path)
    assert capfd.readouterr() == ("", "")  # vl-convert prints its errors and returns a broken picture


def test_the_folder_has_no_inline_style_and_all_its_pictures(written: Callable[[str], Path]) -> None:
    folder = written("no_go") / "report"
    tags = _Tags((folder / "index.html").read_text("utf-8")).tags
    assert [tag for tag, attrs in tags if tag in ("style", "script") or "style" in attrs] == []
    named = {str(attrs[key]) for _, attrs in tags for key in ("src", "srcset", "href") if key in attrs}
    assert named == {path.name for path in folder.iterdir()} - {"index.html"}


def test_drawing_again_leaves_no_stale_picture(samples: dict[str, Judgement], tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "time.zh.svg").touch()
    render(samples["empty"], tmp_path)
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == ["index.html", "style.css"]
