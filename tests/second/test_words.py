"""The second filter sees through what it claims, at the places where it stands, and agrees with the first there."""

from random import Random

import pytest

from fixtures.evasions import EVASIONS
from fixtures.words import BUNDLED
from tests.second.words import Unusable, Words

LIST = Words(1, [{"word": "微信"}, {"word": "VX"}, {"word": "加vx", "category": "x"}], ["微信支付"])


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("微信", [(0, 2, "plain")]),
        ("请加 Vx", [(3, 5, "case")]),
        ("ＶＸ", [(0, 2, "width")]),
        ("🅥⒳", [(0, 2, "width")]),
        ("微\u200b\u034f信", [(0, 4, "invisible")]),
        ("vxworks 和 avx", []),
        ("加vx123", [(0, 3, "plain")]),
        ("用微信支付", []),
        ("用微信支付，加微信", [(7, 9, "plain")]),
        ("加微信微信支付", [(1, 3, "plain")]),
    ],
)
def test_what_is_listed_is_found_where_it_stands(text: str, hits: list[tuple[int, int, str]]) -> None:
    assert [(hit.start, hit.end, hit.via) for hit in LIST.check(text, "to_customer").hits] == hits


def test_a_mask_keeps_the_length_and_leaves_nothing_listed_behind() -> None:
    masking = Words(1, [{"word": "vx", "to_customer": "mask"}, {"word": "a", "to_customer": "mask", "boundary": False}])
    assert masking.check("加avx吧", "to_customer").text == "加***吧"


@pytest.mark.parametrize(
    ("words", "allow", "where"),
    [
        ([{"word": "好"}, {"word": "\u200b"}], [], "words[1]"),
        ([{"word": "VX"}, {"word": "vx", "to_customer": "mask"}], [], "words[1]"),
        ([{"word": "好*"}], [], "words[0]"),
        ([{"word": "好"}], ["\u200b"], "allow[0]"),
    ],
)
def test_an_entry_that_cannot_be_is_named(words: list[dict[str, str]], allow: list[str], where: str) -> None:
    with pytest.raises(Unusable) as unusable:
        Words(1, words, allow)
    assert str(unusable.value) == where


@pytest.mark.parametrize("evasion", EVASIONS)
def test_every_bundled_word_is_seen_through_each_evasion(evasion: str) -> None:
    words, rng = Words(1, [{"word": word} for word in BUNDLED.words]), Random(1)
    hidden = [f"，{EVASIONS[evasion](word, rng)}。" for word in BUNDLED.words]
    assert [text for text in hidden if words.check(text, "to_customer").action != "block"] == []
