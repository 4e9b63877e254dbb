"""A counter-example's drawing: who takes part, in which order, and the wrong step marked."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from reports import sequence
from reports.model import Step

STORY = (
    Step(t_s=1.0, who="customer", to="gateway", what="sends c1-1"),
    Step(t_s=1.1, who="gateway", to="target", what="pushes @1, attempt 1"),
    Step(t_s=1.2, who="target", to="s01-a01/phone", what="never shows @1", wrong=True),
)


def _texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_platform_and_target_stand_before_the_devices() -> None:
    story = (
        Step(t_s=0.0, who="dev-b", to="target"),
        Step(t_s=1.0, who="gateway", to="customer"),
        Step(t_s=2.0, who="dev-a"),
    )
    assert sequence.actors(story) == ["customer", "gateway", "target", "dev-b", "dev-a"]


def test_a_drawing_speaks_its_language() -> None:
    assert _texts(sequence.draw(STORY, "en", 880))[:4] == ["customer", "gateway", "target", "s01-a01/phone"]
    chinese = _texts(sequence.draw(STORY, "zh", 880))
    assert chinese[:3] == ["顾客", "网关", "被测系统"]
    assert "始终没有显示 @1" in chinese


def test_only_the_wrong_step_is_crossed_out() -> None:
    svg = sequence.draw(STORY, "en", 880)
    assert svg.count('fill="white" stroke="#b42318"') == 1
    assert "#b42318" not in str(sequence.draw(STORY[:2], "en", 880))


def test_on_a_phone_the_time_stands_before_the_words() -> None:
    assert any(text.startswith("1.200 s") for text in _texts(sequence.draw(STORY, "en", 342)))


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=40), st.sampled_from([342, 880]))
def test_whatever_the_words_the_drawing_is_well_formed(what: str, who: str, to: str, width: int) -> None:
    svg = sequence.draw((Step(t_s=0.5, who=who or "x", to=to, what=what, wrong=True),), "zh", width)
    ElementTree.fromstring(svg)
