"""Letters-only tokens that join a reply to its receipt, because nothing on the platform's wire does.

A token is 16 consonants: run, sender and number in 14, a checksum in 2, each letter one nibble. No vowel, and no v, w,
x, l or y: it spells no word, and none of the shorthands (vx, wx, …) that merchants list. Every 256 numbers the letters
of run and sender are others, so that nobody's tokens spell a shorthand of these letters (QQ, zfb) for long; those that
do are passed over. (Mixed at every number, tokens would cost the history 5 % of its size.)
"""

import re
import zlib
from collections.abc import Iterable
from typing import Final

LETTERS: Final = "bcdfghjkmnpqrstz"
_MIX = 0x9E3779B1  # odd, so that multiplying by it modulo a power of two maps no two numbers to one
_UNMIX = pow(_MIX, -1, 1 << 16)
AUTOMATIC: Final = 0xFFFF  # the sender of texts that the target sends by itself: templates, a bot's answers
_TO_HEX = str.maketrans(LETTERS, "0123456789abcdef")
_FROM_HEX = str.maketrans("0123456789abcdef", LETTERS)
_SHAPE = re.compile(f"(?<![a-z])[{LETTERS}]{{16}}(?![a-z])")


def token(run: int, sender: int, number: int) -> str:
    """The token of a sender's message; run and sender below 2**16, number below 2**24, else ValueError."""
    if not (0 <= run < 1 << 16 and 0 <= sender < 1 << 16 and 0 <= number < 1 << 24):
        raise ValueError(f"run {run}, sender {sender} or number {number} does not fit a token")
    block = (number >> 8) + 1
    body = f"{(run << 16 | sender) ^ (block * _MIX & 0xFFFFFFFF):08x}{block * _MIX & 0xFFFF:04x}{number & 0xFF:02x}"
    return (body + _check(body)).translate(_FROM_HEX)


def find(text: str) -> str:
    """The one token readable in a text, or "" where there is none, or more than one, or its checksum is wrong."""
    found = _SHAPE.findall(text.lower())
    if len(found) != 1:
        return ""
    hexed = found[0].translate(_TO_HEX)
    return found[0] if _check(hexed[:14]) == hexed[14:] else ""


def is_automatic(name: str) -> bool:
    """Whether a token marks a text that the target sends by itself; it says what was configured, not which sending."""
    if not find(name) == name != "":
        return False
    hexed = name.translate(_TO_HEX)
    block = (int(hexed[8:12], 16) * _UNMIX & 0xFFFF) or 1 << 16
    return (int(hexed[:8], 16) ^ (block * _MIX & 0xFFFFFFFF)) & 0xFFFF == AUTOMATIC


def clean(candidate: str, words: Iterable[str]) -> bool:
    """Whether no listed word stands inside a token; a sender passes over the numbers whose token is not clean."""
    return not any(word.lower() in candidate for word in words)


def _check(body: str) -> str:
    return f"{zlib.crc32(body.encode()) & 0xFF:02x}"
