"""A shop's word list, compiled: which listed words stand in a text, how each was recognised, what is done about it."""

from collections.abc import Sequence
from copy import copy
from typing import Final, Literal, NamedTuple, Self

from reference_service.filtering import contacts as contact
from reference_service.filtering.allowing import Allowed, Span, unlocked
from reference_service.filtering.contacts import Contacts
from reference_service.filtering.folding import LOOK_ALIKE, PLAIN, Reading, has_foreign, has_letters
from reference_service.filtering.searching import Index
from reference_service.filtering.seeing import RANK, Via, via
from reference_service.filtering.sounds import TONELESS
from reference_service.filtering.spelling import Word, spellings

__all__ = ["MASK", "Contacts", "Direction", "Hit", "Word", "WordFilter"]

Direction = Literal["to_customer", "to_agent"]
MASK: Final = "*"
_NO_CONTACTS: Final = Contacts()


class Hit(NamedTuple):
    """A listed word in a text: code-point offsets, end exclusive, and the means by which it was recognised."""

    start: int
    end: int
    word: Word
    via: Via = "plain"


class WordFilter:
    """An immutable compiled list; replacing a shop's filter is one assignment, so a reload is atomic (FILTER-4).

    A text is read folded; where it has other scripts' letters, also with those as the Latin ones they look like; where
    it has Latin letters, also as pinyin without its tones. What cannot be matched is left out: listing.py refuses it.
    """

    def __init__(
        self, words: Sequence[Word] = (), allow: Sequence[str] = (), version: int = 0, contacts: Contacts = _NO_CONTACTS
    ) -> None:
        self.version = version
        self.words = tuple(words)
        self.allow = tuple(allow)
        self.contacts = contacts
        spelled = [spelling for word in words for spelling in spellings(word) if spelling.text.strip(MASK)]
        self._written = Index([spelling for spelling in spelled if spelling.kind != "pinyin"])
        self._sounded = Index([spelling for spelling in spelled if spelling.kind == "pinyin"])
        self._look_alikes = any(spelling.homoglyphs for spelling in spelled)
        self._contacts = contact.listed(contacts)
        self._allowed = Allowed(allow)

    def numbered(self, version: int) -> Self:
        """The same list under another version."""
        other = copy(self)
        other.version = version
        return other

    def find(self, text: str) -> list[Hit]:
        """Every listed word in the text, in order, except where an allowed phrase covers it whole (FILTER-2).

        The longest wins: with 微信 listed and 微信支付 allowed, 微信支付 is clean, and 微信 alone is not. An allowed
        phrase unlocks nothing that goes beyond it: 微信支付宝, where that is listed, stays a hit.
        """
        return unlocked(*self.look(text))

    def look(self, text: str) -> tuple[list[Hit], list[Span]]:
        """Every listed word in the text, and where allowed phrases stand, each in order of their starts."""
        folded = PLAIN.fold(text)
        hits = _hits(text, folded, PLAIN, self._written)
        if self._look_alikes and has_foreign(folded):
            hits += _hits(text, LOOK_ALIKE.fold(text), LOOK_ALIKE, self._written)
        if self._sounded and has_letters(folded):
            for reading in (LOOK_ALIKE, TONELESS):
                hits += _hits(text, reading.fold(text), reading, self._sounded)
        if self._contacts:
            hits += self._contact_hits(text, folded)
        return (_in_order(hits), self._allowed.spans(text, folded)) if hits else ([], [])

    def _contact_hits(self, text: str, folded: str) -> list[Hit]:
        found = list(contact.find(self._contacts, text, folded))
        sources = PLAIN.places(text) if found else []
        return [Hit(sources[one.start], sources[one.end - 1] + 1, self._contacts[one.kind], "contact") for one in found]


def _hits(text: str, folded: str, reading: Reading, index: Index) -> list[Hit]:
    seen = index.search(folded)
    if not seen:
        return []
    sources = reading.places(text)
    return [
        Hit(sources[one.first], sources[one.last] + 1, one.spelling.word, means)
        for one in seen
        if (means := via(one, text, folded, sources))
    ]


def _in_order(hits: list[Hit]) -> list[Hit]:
    """Each word once at each place, by the plainest means."""
    plainest: dict[tuple[int, int, Word], Hit] = {}
    for hit in sorted(hits, key=lambda hit: RANK[hit.via]):
        plainest.setdefault((hit.start, hit.end, hit.word), hit)
    return sorted(plainest.values(), key=lambda hit: (hit.start, hit.end, hit.word.word))
