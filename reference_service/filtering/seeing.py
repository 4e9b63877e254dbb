"""What makes a spelling in a text the listed word: it ends where words end, and its foldings are those allowed."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final, Literal, get_args

from reference_service.filtering.digits import digits_of
from reference_service.filtering.folding import (
    IGNORED,
    PLAIN,
    compatible,
    fold_look_alike,
    simplified,
    splits,
    unmarked,
)
from reference_service.filtering.searching import Seen

Via = Literal[
    "plain", "case", "width", "invisible", "marks", "traditional", "digits", "homoglyph", "separators", "repeats",
    "alias", "pinyin", "initials", "contact",
]  # fmt: skip
RANK: Final = {via: rank for rank, via in enumerate(get_args(Via))}


def via(seen: Seen, text: str, folded: str, sources: list[int]) -> Via | None:
    """The rarest means by which the listed word is recognised here; None where it is not the word.

    `sources[i]` is the place in the text of the i-th character of `folded`, in which it was seen.
    """
    spelling = seen.spelling
    if splits(sources, *seen.reach) or not _whole(seen, text, folded, sources):
        return None
    means = set(_means(seen, text, sources))
    if ("digits" in means and not spelling.digits) or ("homoglyph" in means and not spelling.homoglyphs):
        return None
    return spelling.kind if spelling.kind != "word" else max(means, key=RANK.__getitem__)


def _whole(seen: Seen, text: str, folded: str, sources: list[int]) -> bool:
    """Whether neither a Latin word nor a number goes on where the spelling is bounded."""
    spelling = seen.spelling
    for side, step in ((0, -1), (-1, 1)):
        edge, reach = (seen.first, seen.last)[side], seen.reach[side]
        if spelling.bounded[side] and all(
            _goes_on(text, folded, sources, at, step, str.isalpha) for at in (edge, reach)
        ):
            return False
        if spelling.whole_numbers and _goes_on(text, folded, sources, edge, step, str.isdecimal):
            written = text[sources[edge]]  # a Chinese numeral as it is listed is a character like any other
            if written != spelling.written[side] or written.isdecimal():
                return False
    return True


def _goes_on(text: str, folded: str, sources: list[int], edge: int, step: int, kind: Callable[[str], bool]) -> bool:
    beyond = edge + step
    if not 0 <= beyond < len(folded):
        return False
    left, right = sorted((sources[edge], sources[beyond]))
    if any(PLAIN[character] for character in text[left + 1 : right]):  # a tone that is not read: xin4 ends there
        return False
    return all(character.isascii() and kind(character) for character in (folded[edge], folded[beyond]))


def _means(seen: Seen, text: str, sources: list[int]) -> Iterator[Via]:
    yield "plain"
    for listed, places in zip(seen.spelling.written, seen.places, strict=True):
        for place in places:
            yield how(listed, text[sources[place]])
    flat = [place for places in seen.places for place in places]
    if len(flat) > len(seen.places):
        yield "repeats"
    for left, right in pairwise(flat):
        yield from map(_between, text[sources[left] + 1 : sources[right]])


def _between(character: str) -> Via:
    if PLAIN[character]:
        return "separators"
    return "invisible" if character in IGNORED else "marks"


def how(listed: str, seen: str) -> Via:
    """The folding that makes a character of a text the one that the list has; they fold alike."""
    if listed == seen:
        return "plain"
    if listed.casefold() == seen.casefold():
        return "case"
    if digits_of(seen) and not seen.isdecimal():
        return "digits"
    if compatible(listed) == compatible(seen):
        return "width"
    if unmarked(compatible(listed)) == unmarked(compatible(seen)):
        return "marks"
    if simplified(listed) == simplified(seen):
        return "traditional"
    if digits_of(PLAIN[listed]):
        return "digits"
    return "homoglyph" if fold_look_alike(seen) != PLAIN[seen] else "width"
