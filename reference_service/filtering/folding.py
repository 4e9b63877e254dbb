"""The normaliser: every character as the one a person reads, whatever its case, width, marks, digits or script form.

Character by character, so that what was folded knows its place, and each character's form is worked out once.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final, Protocol

import opencc

from reference_service.filtering.digits import CHINESE, digits_of
from reference_service.filtering.lookalikes import LATIN

# Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties, and U+2800, a blank that is no space.
_IGNORED: Final = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
IGNORED: Final = frozenset(chr(code) for low, high in _IGNORED for code in range(low, high + 1))
_NEGATIVE: Final = {  # 🅐 🅰: NFKC leaves them
    chr(first + letter): chr(ord("a") + letter) for first in (0x1F150, 0x1F170) for letter in range(26)
} | dict(zip("➕➖➗✖", "+-÷×", strict=True))
_FOREIGN: Final = "\u0080-\u1fff\u2070-\u2dff\ua000-\uabff\U00010000-\U0001ffff"  # where look-alikes are, and more
_HAS_FOREIGN: Final = re.compile(f"[{_FOREIGN}]")
_HAS_LETTERS: Final = re.compile(f"[a-z{_FOREIGN}]")
_SIMPLIFY: Final[Callable[[str], str]] = opencc.OpenCC("t2s").convert
_CACHED: Final = 150_000  # each character is folded once a process; all that are assigned find room


def is_mark(character: str) -> bool:
    """Whether a character only stands on another: accents, enclosing circles, strokes."""
    return unicodedata.category(character) in ("Mn", "Me")


def compatible(character: str) -> str:
    """NFKC and casefold; of (a) the letter alone, of signs that would become several (…) the sign itself."""
    if character in _NEGATIVE:
        return _NEGATIVE[character]
    wide = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
    if len(wide) > 1:
        return wide.strip("()〔〕.,") if any(map(str.isalnum, wide)) else character
    return wide


def unmarked(character: str) -> str:
    """A character without its marks: é is e; "" for a mark alone."""
    parts = unicodedata.normalize("NFD", character)
    kept = "".join(part for part in parts if not is_mark(part))
    return character if kept == parts else unicodedata.normalize("NFC", kept)


def simplified(character: str) -> str:
    """A traditional or variant character as the simplified one; always one character for one."""
    if character < "\u3400" or not character.isalpha():
        return character
    once = _SIMPLIFY(character)
    twice = _SIMPLIFY(once)
    return twice if len(once) == len(twice) == 1 else character


def fold_but_numerals(character: str) -> str:
    """What a person reads, "" for what cannot be seen, sometimes several characters (㎏)."""
    if character in IGNORED:
        return ""
    if "\ud800" <= character <= "\udfff":  # half a character: the automata take none
        return "\ufffd"
    if digits := digits_of(character):
        return digits
    bare = "".join(unmarked(part) for part in compatible(character) if part not in IGNORED)
    return "".join(map(simplified, bare))


def fold_character(character: str) -> str:
    """As fold_but_numerals, and Chinese numerals are digits, one for one."""
    return "".join(CHINESE.get(part, part) for part in fold_but_numerals(character))


def fold_look_alike(character: str) -> str:
    """As fold_character, and letters of other scripts are the Latin ones they look like."""
    return LATIN.get(character) or "".join(LATIN.get(part, part) for part in fold_character(character))


class Reading(Protocol):
    """A way to read a text; works on every text, never fails, takes time linear in it (FILTER-4)."""

    def fold(self, text: str) -> str:
        """The text as it is read."""

    def places(self, text: str) -> list[int]:
        """Where in the text each character of the folded text stood."""


class Folding(dict[str, str]):
    """The Reading character by character: a table that fills itself."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, character: str) -> str:
        folded = self._of(character)
        if len(self) < _CACHED:
            self[character] = folded
        return folded

    def fold(self, text: str) -> str:
        """As Reading has it."""
        return text.lower() if text.isascii() else "".join(map(self.__getitem__, text))

    def places(self, text: str) -> list[int]:
        """As Reading has it."""
        return [at for at, character in enumerate(text) for _ in self[character]]


def splits(sources: list[int], first: int, last: int) -> bool:
    """Whether what stands from first to last in a folded text takes in only a part of a character (the 2 of ½).

    `sources[i]` is the place in the text of the i-th character of the folded one.
    """
    return (first > 0 and sources[first - 1] == sources[first]) or sources[last] in sources[last + 1 : last + 2]


PLAIN: Final = Folding(fold_character)
BUT_NUMERALS: Final = Folding(fold_but_numerals)  # its places are those of PLAIN
LOOK_ALIKE: Final = Folding(fold_look_alike)
fold = PLAIN.fold


def has_foreign(folded: str) -> bool:
    """Whether a folded text may have letters that only look Latin."""
    return _HAS_FOREIGN.search(folded) is not None


def has_letters(folded: str) -> bool:
    """Whether a folded text may have letters that are or look Latin."""
    return _HAS_LETTERS.search(folded) is not None
