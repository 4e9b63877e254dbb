"""The squeezed text: separators between characters left out and repeated characters once, so that 微.微-信 reads 微信.

Digits are never taken together: 11 is another number than 1.
"""

import re
from typing import Final

Span = tuple[int, int]

BETWEEN: Final = 4  # separators between two characters that are seen through
CLAUSE: Final = frozenset(",。!?;:、…\n\r\u2028\u2029")  # where a person makes a pause
_STROKES: Final = "丨丶ー"  # characters that people draw as lines and dots between others
_SEPARATOR: Final = rf"[\W_{_STROKES}]"  # spaces, punctuation, signs, emoji, control characters
_SEPARATORS: Final = re.compile(f"{_SEPARATOR}+")
_REPEATED: Final = re.compile(r"(\D)(?=\1)")
_RUN: Final = re.compile(rf"(?!{_SEPARATOR})(?:\d|(\D)(?:{_SEPARATOR}*+\1)*)")


def squeeze(folded: str) -> str:
    """The squeezed form of a folded text."""
    return _REPEATED.sub("", _SEPARATORS.sub("", folded))


def without_separators(folded: str) -> str:
    """A folded word without its separators."""
    return _SEPARATORS.sub("", folded)


def runs(folded: str) -> list[Span]:
    """From where to where (exclusive) each character of the squeezed text stands in the folded one, repeats and all."""
    return [found.span() for found in _RUN.finditer(folded)]


def places_of(folded: str, run: Span) -> list[int]:
    """Where in a run its character stands."""
    start, end = run
    return [at for at in range(start, end) if folded[at] == folded[start]]


def is_separator(character: str) -> bool:
    """Whether a folded character only stands between others."""
    return not character.isalnum() or character in _STROKES
