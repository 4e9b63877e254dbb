"""Separators and repeats left out, and the way back to the places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.filtering.folding import fold
from reference_service.filtering.squeezing import is_separator, places_of, runs, squeeze


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("微.微 - 信信", "微信"),
        ("微😀😀😀😀信", "微信"),
        ("微😀😀😀😀😀信", "微信"),
        ("微丨信ー号", "微信号"),
        ("1 11 微", "111微"),
        ("", ""),
    ],
)
def test_squeezed_texts(text: str, squeezed: str) -> None:
    assert squeeze(fold(text)) == squeezed


@given(st.text("微信a1 .-😀丨，\n_", max_size=40) | st.text())
def test_each_squeezed_character_stands_where_its_run_says(text: str) -> None:
    folded = fold(text)
    squeezed, where = squeeze(folded), runs(folded)
    assert len(where) == len(squeezed)
    for character, run in zip(squeezed, where, strict=True):
        assert {folded[at] for at in places_of(folded, run)} == {character}
    everywhere = [at for run in where for at in places_of(folded, run)]
    assert everywhere == [at for at, character in enumerate(folded) if not is_separator(character)]
