"""Letters-only tokens that join a reply to its receipt, because nothing on the platform's wire does.

A token is 16 consonants: run (4), sender (4), number (6), checksum (2), each letter one nibble. No vowel, and no v, w,
x, l or y: it spells no word, and none of the shorthands (vx, wx, …) that merchants list.
"""

import re
import zlib
from collections.abc import Iterable

_LETTERS = "bcdfghjkmnpqrstz"
_TO_HEX = str.maketrans(_LETTERS, "0123456789abcdef")
_FROM_HEX = str.maketrans("0123456789abcdef", _LETTERS)
_SHAPE = re.compile(f"(?<![a-z])[{_LETTERS}]{{16}}(?![a-z])")


def token(run: int, sender: int, number: int) -> str:
    """The token of a sender's message; run and sender below 2**16, number below 2**24, else ValueError."""
    if not (0 <= run < 1 << 16 and 0 <= sender < 1 << 16 and 0 <= number < 1 << 24):
        raise ValueError(f"run {run}, sender {sender} or number {number} does not fit a token")
    body = f"{run:04x}{sender:04x}{number:06x}"
    return (body + _check(body)).translate(_FROM_HEX)


def find(text: str) -> str:
    """The one token readable in a text, or "" where there is none, or more than one, or its checksum is wrong."""
    found = _SHAPE.findall(text.lower())
    if len(found) != 1:
        return ""
    hexed = found[0].translate(_TO_HEX)
    return found[0] if _check(hexed[:14]) == hexed[14:] else ""


def clean(candidate: str, words: Iterable[str]) -> bool:
    """Whether no listed word stands inside a token; a sender passes over the numbers whose token is not clean."""
    return not any(word.lower() in candidate for word in words)


def _check(body: str) -> str:
    return f"{zlib.crc32(body.encode()) & 0xFF:02x}"
