"""Word lists that cannot be used are refused with the entry's position and the reason."""

import pytest

from reference_service.filtering.listing import MAX_LENGTH, Unusable, unusable
from reference_service.filtering.words import Word

NOTHING = "nothing visible to match, or only the mask's own sign *"
GOOD = Word("加微信", pinyin=True, initials=True, aliases=("vx", "薇信"))


def test_a_good_list_has_nothing_against_it() -> None:
    assert unusable([GOOD, Word("VX"), Word("vx"), Word("❤"), Word("QQ", repeats=True)], ["微信支付"]) is None
    assert unusable([], []) is None


@pytest.mark.parametrize("text", ["\u200b", "*", "***", "＊", "\u0301", "\u2800*"])
def test_a_word_an_alias_or_a_phrase_that_could_match_nothing_is_refused(text: str) -> None:
    assert unusable([GOOD, Word(text)], []) == Unusable("words[1]", NOTHING)
    assert unusable([Word("甲", aliases=("乙", text))], []) == Unusable("words[0]", f"aliases[1]: {NOTHING}")
    assert unusable([GOOD], ["甲", text]) == Unusable("allow[1]", NOTHING)


@pytest.mark.parametrize("text", ["", "甲" * (MAX_LENGTH + 1)])
def test_so_is_one_of_no_or_too_great_length(text: str) -> None:
    assert unusable([Word(text)], []) == Unusable("words[0]", "a word has 1 to 64 characters")
    assert unusable([], [text]) == Unusable("allow[0]", "a word has 1 to 64 characters")


def test_entries_that_contradict_each_other_are_refused_and_mere_repetitions_are_not() -> None:
    again = Unusable("words[2]", "the same word is listed before with another action")
    assert unusable([Word("vx"), Word("甲"), Word("ＶＸ", to_agent="block")], []) == again
    assert unusable([Word("vx"), Word("甲"), Word("ＶＸ", category="站外")], []) is None
    assert unusable([Word("微信")], ["微信支付", "微\u200b信"]) == Unusable("allow[1]", "it is a listed word, too")


def test_pinyin_and_initials_need_a_chinese_word() -> None:
    no_sound = "pinyin and initials need Chinese characters"
    assert unusable([Word("vx", pinyin=True)], []) == Unusable("words[0]", no_sound)
    assert unusable([Word("vx", initials=True)], []) == Unusable("words[0]", no_sound)
    assert unusable([Word("骗", initials=True)], []) == Unusable("words[0]", "initials need two characters and more")


def test_a_list_with_too_many_spellings_is_refused() -> None:
    words = [Word(f"甲{n}", aliases=tuple(f"乙{m}" for m in range(32))) for n in range(6100)]
    refused = Unusable("words[6060]", "all words, with aliases and pinyin, have more than 200000 spellings")
    assert unusable(words, []) == refused
