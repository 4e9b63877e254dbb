"""The first normaliser: width and compatibility forms (NFKC), case, and what no eye can see, with a map of offsets."""

import unicodedata
from typing import NamedTuple

# Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties, and U+2800, a blank that is no space.
_IGNORED_RANGES = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip


class Folded(NamedTuple):
    """A folded text; `sources[i]` is where its i-th character stood, None when nothing moved."""

    text: str
    sources: list[int] | None


class _Table(dict[str, str]):
    # Texts of one shop use a few thousand characters: each is folded once per process.
    def __missing__(self, character: str) -> str:
        folded = fold_character(character)
        if len(self) < 50_000:
            self[character] = folded
        return folded


def ignored(character: str) -> bool:
    """Whether a character is invisible by definition."""
    code = ord(character)
    return any(low <= code <= high for low, high in _IGNORED_RANGES)


def fold_character(character: str) -> str:
    """NFKC, casefold, NFKC again, without the invisible; may be empty or several characters."""
    wide = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
    return "" if ignored(character) else "".join(c for c in wide if not ignored(c))


_TABLE = _Table()


def fold(text: str) -> Folded:
    """Fold character by character; never fails, whatever the text."""
    if text.isascii():
        return Folded(text.lower(), None)
    table = _TABLE
    pieces = [table[character] for character in text]
    folded = "".join(pieces)
    if len(folded) == len(text) and all(pieces):
        return Folded(folded, None)
    return Folded(folded, [at for at, piece in enumerate(pieces) for _ in piece])
