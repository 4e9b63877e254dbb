"""The normaliser: what it folds, and that its map of offsets is right for every text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.filtering.folding import BUT_NUMERALS, LOOK_ALIKE, PLAIN, fold, fold_character, has_foreign
from reference_service.filtering.lookalikes import LATIN


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＶＸ１２３", "vx123"),
        ("WeChat", "wechat"),
        ("加\u200b微\ufe0f信", "加微信"),
        ("加\u2800微\u3164信", "加微信"),
        ("①⑴⒈⓵❶➀➊⓿❽➃٣५²", "1111111084352"),
        ("零一二三四五六七八九〇幺", "012345678901"),
        ("壹贰叁肆伍陆柒捌玖", "123456789"),
        ("壹貳參肆伍陸柒捌玖", "12参456789"),  # 参 is 3 only to accountants: 参加
        ("㈠㊂⑫❿㉑", "13121021"),
        ("〡〢〣", "123"),
        ("🅥🆇ⓋⓍ⒱𝓋", "vxvxvv"),
        ("微⃝信⃝ v\u0336x\u0336 é ǚ", "微信 vx e u"),
        ("➕微", "+微"),
        ("加我徵信號碼", "加我征信号码"),
        ("㎏", "kg"),
        ("Ⅷ", "viii"),
        ("Straße", "strasse"),
        ("…‼", "…‼"),
        ("加微信", "加微信"),
        ("微\ud800信", "微\ufffd信"),
        ("", ""),
    ],
)
def test_folded_texts(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.characters()))  # lone surrogates too
def test_every_folded_character_comes_from_the_place_the_map_names(text: str) -> None:
    folded, places = PLAIN.fold(text), PLAIN.places(text)
    assert len(places) == len(folded)
    assert places == sorted(places)
    for character, place in zip(folded, places, strict=True):
        assert character in fold_character(text[place])


@given(st.text(st.characters()))
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert LOOK_ALIKE.fold(LOOK_ALIKE.fold(text)) == LOOK_ALIKE.fold(text)


@given(st.text(st.characters(max_codepoint=0x52F)))
def test_a_decomposed_text_folds_as_the_composed_one(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text())
def test_chinese_numerals_are_digits_one_for_one(text: str) -> None:
    assert len(BUT_NUMERALS.fold(text)) == len(fold(text))


@given(st.text(st.sampled_from([*LATIN, "é", "ё", "й", "微", "a"])))
def test_a_text_with_look_alikes_is_known_by_its_folded_form(text: str) -> None:
    assert has_foreign(fold(text)) or LOOK_ALIKE.fold(text) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("ᴠѵνᏙ", "vvvv"), ("хХΧꓫ", "xxxx"), ("wеchаt", "wechat"), ("🇻🇽", "vx"), ("ВвНнёІ", "bbhhei"), ("微信", "微信")],
)
def test_letters_that_look_latin(text: str, folded: str) -> None:
    assert LOOK_ALIKE.fold(text) == folded


def test_signs_and_digits_look_like_no_letter() -> None:
    assert LOOK_ALIKE.fold("30×40 0 1 | ∨") == "30×40 0 1 | ∨"
