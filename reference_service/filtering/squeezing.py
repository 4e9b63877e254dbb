"""The squeezed text: separators between characters left out and repeated characters once, so that 微.微-信 reads 微信.

At most BETWEEN separators in a row are seen through; more of them are a BARRIER that no listed word crosses. Digits are
never taken together: 11 is another number than 1.
"""

import re
from typing import Final

BETWEEN: Final = 4
BARRIER: Final = "Ａ"  # a character of words that folding leaves nowhere
CLAUSE: Final = frozenset(",。!?;:、…\n\r\u2028\u2029")  # where a person makes a pause
_STROKES: Final = "丨丶ー"  # characters that people draw as lines and dots between others
_SEPARATOR: Final = rf"[\W_{_STROKES}]"  # spaces, punctuation, signs, emoji, control characters
_FAR: Final = re.compile(f"{_SEPARATOR}{{{BETWEEN + 1},}}")
_NEAR: Final = re.compile(f"{_SEPARATOR}+")
_REPEATED: Final = re.compile(r"(\D)(?=\1)")


def squeeze(folded: str) -> str:
    """The squeezed form of a folded text."""
    return _REPEATED.sub("", _NEAR.sub("", _FAR.sub(BARRIER, folded)))


def without_separators(folded: str) -> str:
    """A folded word without its separators."""
    return _NEAR.sub("", folded)


def runs(folded: str) -> list[list[int]]:
    """Where in the folded text each character of the squeezed one stands, once or repeatedly; nowhere for a barrier."""
    found: list[list[int]] = []
    last = ""
    gap = 0
    for at, character in enumerate(folded):
        if is_separator(character):
            gap += 1
            if gap == BETWEEN + 1:
                found.append([])
                last = ""
        else:
            gap = 0
            if character == last and not character.isdecimal():
                found[-1].append(at)
            else:
                found.append([at])
            last = character
    return found


def is_separator(character: str) -> bool:
    """Whether a folded character only stands between others."""
    return not character.isalnum() or character in _STROKES
