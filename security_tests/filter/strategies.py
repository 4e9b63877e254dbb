"""What Hypothesis draws: short words of few letters, which overlap, and texts of them and of what hides them."""

from random import Random
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from fixtures.evasions.catalogue import CATALOGUE, Evasion
from fixtures.evasions.sounds import all_chinese
from security_tests.filter.reading import letters_of, skeleton
from targets.interface import WordRule

LETTERS: Final = "甲乙丙妈一2axK"  # one that is another word when doubled, a numeral, Latin
CHINESE: Final = "甲乙丙丁妈"
BESIDE: Final = "今呢哦请看"  # of no listed word
SEPARATORS: Final = " .-_，。！*😀❤\n\t丨"
UNSEEN: Final = "\u200b\u00ad\u2060\u202e\u0301\u20dd\ufe0f"
TEXTS: Final = 5
_CLASSES: Final = [evasion for evasion in CATALOGUE if evasion.name != "plain"]


class Case(NamedTuple):
    """A list and texts for it."""

    words: tuple[WordRule, ...]
    texts: tuple[str, ...]


def words(least: int = 1, most: int = 4, letters: str = LETTERS) -> st.SearchStrategy[tuple[WordRule, ...]]:
    """Words for a list: none twice to a reader, default rules; some of the Chinese ones in pinyin, too."""
    word = st.builds(_rule, st.text(letters, min_size=1, max_size=4), st.booleans())
    return st.lists(word, min_size=least, max_size=most, unique_by=lambda rule: skeleton(rule.word)).map(tuple)


def _rule(word: str, sounds: bool) -> WordRule:
    return WordRule(word, pinyin=sounds and all_chinese(word))


def texts_of(listed: tuple[WordRule, ...]) -> st.SearchStrategy[str]:
    """A text of the words, whole, hidden and in parts, and of all that may stand beside and between."""
    whole = st.sampled_from([each.word for each in listed])
    hidden = st.builds(_hidden, whole, st.sampled_from(_CLASSES), st.integers(0, 99))
    small = st.text(LETTERS + BESIDE + SEPARATORS + UNSEEN, max_size=3)
    anything = st.text(st.characters(codec="utf-8"), max_size=2)
    return st.lists(st.one_of(whole, whole, hidden, small, small, anything), max_size=8).map("".join)


def _hidden(word: str, evasion: Evasion, seed: int) -> str:
    return evasion.hide(word, Random(seed))


@st.composite
def cases(draw: Any, least: int = 1, most: int = 4, letters: str = LETTERS) -> Case:
    """A list and texts for it."""
    listed = draw(words(least, most, letters))
    return Case(listed, tuple(draw(st.lists(texts_of(listed), min_size=TEXTS, max_size=TEXTS))))


def foreign(listed: tuple[WordRule, ...]) -> st.SearchStrategy[str]:
    """A text none of whose characters reads as one of the words'."""
    taken = {letter for each in listed for letter in letters_of(each)}
    free = st.characters(codec="utf-8").filter(lambda c: not taken & set(skeleton(c)))
    return st.text(st.one_of(free, st.sampled_from(BESIDE + SEPARATORS + UNSEEN)), min_size=1, max_size=30)
