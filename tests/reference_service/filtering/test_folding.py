"""The first normaliser: what it folds, and that its map of offsets is right for every text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.filtering.folding import fold, fold_character


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＶＸ１２３", "vx123"),
        ("WeChat", "wechat"),
        ("加\u200b微\ufe0f信", "加微信"),
        ("加\u2800微\u3164信", "加微信"),
        ("⑸", "(5)"),
        ("㎏", "kg"),
        ("Straße", "strasse"),
        ("加微信", "加微信"),
        ("", ""),
    ],
)
def test_folded_texts(text: str, folded: str) -> None:
    assert fold(text).text == folded


@given(st.text())
def test_every_folded_character_comes_from_the_place_the_map_names(text: str) -> None:
    folded, sources = fold(text)
    places = sources if sources is not None else list(range(len(text)))
    assert len(places) == len(folded)
    assert places == sorted(places)
    for character, place in zip(folded, places, strict=True):
        assert character in fold_character(text[place])


@given(st.text())
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(st.text())
def test_compatibility_forms_make_no_difference(text: str) -> None:
    assert fold("".join(unicodedata.normalize("NFKC", c) for c in text)).text == fold(text).text
