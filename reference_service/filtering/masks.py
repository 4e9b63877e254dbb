"""Covering up what must not be read: length and offsets stay, and no listed word is left (FILTER-3)."""

from collections.abc import Callable

from reference_service.filtering.allowing import laid_open
from reference_service.filtering.words import MASK, Hit, WordFilter


def mask(words: WordFilter, text: str, hidden: Callable[[Hit], bool]) -> str:
    """The text with every hidden hit covered, and those that this lays open.

    The mask's signs stand between characters as separators do, so covering may bring words together: it looks again. A
    word found so covers a longer stretch than the one inside it, and none is seen across more than BETWEEN signs: there
    are few rounds whatever the text, and time stays linear (FILTER-4).
    """
    characters = list(text)
    while True:
        hits, spans = words.look("".join(characters))
        todo = [slice(hit.start, hit.end) for hit in laid_open([hit for hit in hits if hidden(hit)], spans)]
        todo = [part for part in todo if set(characters[part]) != {MASK}]  # so that each round covers more
        if not todo:
            return "".join(characters)
        for part in todo:
            characters[part] = MASK * (part.stop - part.start)
