"""The oracle: how a patient person reads a text, slowly and for the whole text at once; never the target's own code.

Lenient where it says that a hit is one (`reads_as`), strict where it says that a word stands there (`stands`).
"""

import re
import unicodedata
from functools import cache
from itertools import groupby
from typing import Final

from opencc import OpenCC

from fixtures.evasions.characters import CHINESE_DIGITS, FORMAL_DIGITS, latin_of
from targets.interface import WordRule

_UNSEEN: Final = frozenset("\u2800\u3164\u115f\u1160\uffa0\u17b4\u17b5\u034f\u2065") | frozenset(
    chr(code) for low, high in ((0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF)) for code in range(low, high + 1)
)  # no glyph, also where nothing is assigned yet: Unicode's Default_Ignorable_Code_Point
_FLAG: Final = re.compile("[\U0001f1e6-\U0001f1ff]")
_T2S: Final = OpenCC("t2s").convert
_NUMERALS: Final = str.maketrans("〇幺" + CHINESE_DIGITS + FORMAL_DIGITS, "01" + "0123456789" * 2)


def stands(word: str, text: str) -> list[tuple[int, int]]:
    """Where a word stands in a text as listed, in any case: not inside a longer Latin word or number."""
    low, found = text.lower(), []
    if len(low) != len(text):  # İ becomes two characters
        return []
    at = low.find(word.lower())
    while at >= 0:
        end = at + len(word)
        left = next((each for each in reversed(text[:at]) if _bare(each)), "")
        right = next((each for each in text[end:] if _bare(each)), "")
        if not _goes_on(left, word[0]) and not _goes_on(word[-1], right):
            found.append((at, end))
        at = low.find(word.lower(), at + 1)
    return found


def reads_as(part: str, listed: WordRule) -> bool:
    """Whether a piece of text may be read as the word, or as one of the spellings that are listed with it.

    The letters that flags are made of may be read as such, or as pictures between others.
    """
    seen, no_flags = skeleton(part), skeleton(_FLAG.sub("", part))
    if any(skeleton(spelling) in (seen, no_flags) for spelling in (listed.word, *listed.aliases)):
        return True
    if listed.pinyin and _toneless(sound(part)) == _toneless(sound(listed.word)):
        return True
    return listed.initials and seen == "".join(syllable[:1] for syllable in _syllables(listed.word))


def letters_of(listed: WordRule) -> set[str]:
    """Every letter of a word, and of its pinyin where that is listed, too."""
    return set(skeleton(listed.word) + (_toneless(sound(listed.word)) if listed.pinyin else ""))


def skeleton(text: str) -> str:
    """What is left of a text when case, width, marks, script form, digits' dress, separators and repeats are gone."""
    bare = "".join(map(_bare, text)).translate(_NUMERALS)
    kept = [character for character in bare if character.isalnum() and character not in "丨丶ー"]
    return "".join(key if not key.isdecimal() else "".join(run) for key, run in groupby(kept))


def sound(text: str) -> str:
    """A text in pinyin, its Latin letters as they are."""
    return "".join(_syllables(text)).replace("ü", "v")


def _syllables(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # takes a moment to load

    plain = "".join(map(_bare, text))
    return lazy_pinyin("".join(filter(str.isalnum, plain)), errors=lambda others: list(others))  # type: ignore[arg-type, return-value]


def _toneless(text: str) -> str:
    return "".join(character for character in skeleton(text) if not character.isdigit())


def _goes_on(left: str, right: str) -> bool:
    """Whether two neighbours are of one Latin word, or of one number; Chinese numerals make numbers too."""
    if not left or not right:
        return False
    one, other = _bare(left)[-1:], _bare(right)[:1]
    numbers = [each.translate(_NUMERALS).isdecimal() for each in (one, other)]
    latin = [each.isalpha() and each.isascii() for each in (one, other)]
    return all(numbers) or all(latin) or (any(numbers) and any(latin))


@cache
def _bare(character: str) -> str:
    """One character without its dress; "" for what cannot be seen."""
    if character in _UNSEEN or unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc", "Cs"):
        return ""
    if letter := latin_of(character):
        return letter
    if unicodedata.category(character) == "No" and unicodedata.numeric(character).is_integer():
        return str(int(unicodedata.numeric(character)))
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).casefold())
    kept = "".join(each for each in wide if unicodedata.category(each) not in ("Mn", "Me", "Cf"))
    kept = "".join(latin_of(each) or (str(unicodedata.digit(each)) if each.isdigit() else each) for each in kept)
    return unicodedata.normalize("NFC", _simplified(kept))


def _simplified(text: str) -> str:
    return str(_T2S(text))
