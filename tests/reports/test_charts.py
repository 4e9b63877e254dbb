"""Ticks surround the data; embedded drawings do not share ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import charts
from reports.page.words import Text


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (4.0, 90.0, [2, 5, 10, 20, 50, 100]),
        (0.4, 4000.0, [0.1, 1, 10, 100, 1000, 10000]),
        (1.0, 10.0, [1, 2, 5, 10]),
    ],
)
def test_ticks_are_round_and_few(low: float, high: float, ticks: list[float]) -> None:
    assert charts.log_ticks(low, high) == ticks


@given(st.floats(0.1, 1e6), st.floats(1.01, 1e4))
def test_ticks_hold_all_the_data(low: float, factor: float) -> None:
    ticks = charts.log_ticks(low, low * factor)
    assert ticks == sorted(set(ticks))
    assert ticks[0] <= low
    assert ticks[-1] >= low * factor


def test_ids_are_made_the_drawings_own() -> None:
    svg = '<svg class="marks"><clipPath id="clip0"/><g clip-path="url(#clip0)" role="graphics-object"/></svg>'
    assert charts.tidy(svg, "a") == '<svg><clipPath id="a-clip0"/><g clip-path="url(#a-clip0)"/></svg>'


def test_words_are_put_in_escaped_and_by_language() -> None:
    canvas = charts.Canvas()
    one, other = canvas.word(Text("甲<b>", "a<b>")), canvas.word(Text("甲<b>", "a<b>"))
    assert one != other
    assert charts.spoken(f"<text>{one}</text>", canvas.words, "zh") == "<text>甲&lt;b&gt;</text>"
    assert charts.spoken(f"<text>{other}</text>", canvas.words, "en") == "<text>a&lt;b&gt;</text>"


def test_a_foreign_token_speaks_nothing() -> None:
    assert charts.spoken("<text>\ue0007\ue001</text>", {}, "zh") == "<text></text>"
