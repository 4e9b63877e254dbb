"""A shop's word list, compiled: which listed words stand in a text, and what is to be done about each."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import ahocorasick_rs
import msgspec

from reference_service.filtering.folding import fold

Action = Literal["pass", "mask", "block"]
Direction = Literal["to_customer", "to_agent"]
MASK = "*"


class Word(msgspec.Struct, frozen=True):
    """A listed word and its rule each way; the defaults are the contract's."""

    word: str
    to_customer: Literal["block", "mask", "pass"] = "block"
    to_agent: Literal["mask", "block", "pass"] = "mask"


class Hit(NamedTuple):
    """A listed word in a text: code-point offsets, end exclusive."""

    start: int
    end: int
    word: Word


class WordListError(ValueError):
    """A word that could never be matched or masked; the text names it."""


class WordFilter:
    """An immutable compiled list; replacing a shop's filter is one assignment, so a reload is atomic (FILTER-4)."""

    def __init__(self, words: Sequence[Word] = (), allow: Sequence[str] = (), version: int = 0) -> None:
        self.version = version
        self.words = tuple(words)
        self.allow = tuple(allow)
        self._listed = _matcher([word.word for word in words])
        self._allowed = _matcher(list(allow))

    def find(self, text: str) -> list[Hit]:
        """Every listed word in the text, except where an allowed phrase covers it (FILTER-2)."""
        if self._listed is None:
            return []
        folded = fold(text)
        found = self._listed.find_matches_as_indexes(folded.text, overlapping=True)
        if found and self._allowed is not None:
            allowed = self._allowed.find_matches_as_indexes(folded.text, overlapping=True)
            found = [hit for hit in found if not any(start <= hit[1] and hit[2] <= end for _, start, end in allowed)]
        words, sources = self.words, folded.sources
        if sources is None:
            return [Hit(start, end, words[which]) for which, start, end in found]
        return [Hit(sources[start], sources[end - 1] + 1, words[which]) for which, start, end in found]


def _matcher(phrases: list[str]) -> ahocorasick_rs.AhoCorasick | None:
    folded = [fold(phrase).text for phrase in phrases]
    for phrase, plain in zip(phrases, folded, strict=True):
        if not plain.strip(MASK):
            raise WordListError(f"{phrase!r} has nothing visible to match, or only the mask's own sign {MASK!r}")
    return ahocorasick_rs.AhoCorasick(folded) if folded else None
