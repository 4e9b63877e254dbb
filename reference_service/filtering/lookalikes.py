"""Letters of other scripts, small capitals and flags' letters that look like a Latin letter (Unicode's confusables).

Letters only: signs such as × and ∨ stand in sizes and sums, digits as letters (0 for o) would make words of numbers.
"""

import unicodedata
from typing import Final

from confusable_homoglyphs.confusables import confusables_data  # type: ignore[import-untyped]

_SPELLED_OUT: Final = ("LATIN LETTER SMALL CAPITAL ", "REGIONAL INDICATOR SYMBOL LETTER ")


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    last = name.rpartition(" ")[2]
    return last.lower() if len(last) == 1 and name[:-1] in _SPELLED_OUT else ""


def _looks_like(character: str) -> str:
    """The small Latin letter, "" for none."""
    targets = [str(other["c"]) for other in confusables_data.get(character, ())]
    letters = [target for target in targets if target.isascii() and target.isalpha() and len(target) == 1]
    if letters:
        # Unicode draws capital I as l; to a reader of a word it is an i.
        return "i" if letters[0] == "l" and character.isupper() else letters[0].lower()
    return next(filter(None, map(_named, [character, *(target for target in targets if len(target) == 1)])), "")


def _candidates() -> list[str]:
    flags = map(chr, range(0x1F1E6, 0x1F200))
    small = (chr(code) for code in range(0x0250, 0x1D80) if _named(chr(code)))
    return [*flags, *small, *(character for character in confusables_data if len(character) == 1)]


LATIN: Final = {
    character: letter
    for character in _candidates()
    if not unicodedata.normalize("NFKC", character).isascii()
    and (unicodedata.category(character)[0] == "L" or _named(character))
    and (letter := _looks_like(character))
}
