"""The word filter: case, width, the invisible and aliases are seen through, and nothing else is claimed."""

import unicodedata
from functools import lru_cache
from typing import Any, Final, NamedTuple

from ahocorasick_rs import AhoCorasick

ORDER: Final = ("pass", "review", "mask", "block")
MOST_HITS: Final = 200
# Default-ignorable code points that are not of category Cf, and a blank that looks like nothing
BLANK: Final = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)))
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000))))
DRESSED: Final = (0x249C, 0x1F110, 0x1F150, 0x1F170)  # a to z in brackets, or white on black: Unicode keeps the dress
CLAIMS: Final = (
    ("plain", "every", "as listed, wherever it stands"),
    ("case", "every", "letters large and small"),
    ("width", "every", "full width, in circles or brackets, and other compatibility forms"),
    ("invisible", "every", "characters that no eye can see, between and around"),
    ("alias", "asked", "the spellings listed beside a word"),
)
NOT_CLAIMED: Final = (
    "marks", "traditional", "digits", "homoglyph", "separators", "repeats", "pinyin", "initials", "contact",
)  # fmt: skip


class Unusable(ValueError):
    """An entry of a list could never match, or contradicts another; the text names it."""


class Hit(NamedTuple):
    """A listed word at text[start:end]."""

    start: int
    end: int
    word: dict[str, Any]
    via: str

    def view(self) -> dict[str, Any]:
        """As openapi.yaml shows a hit."""
        category = self.word.get("category", "")
        return {
            "start": self.start, "end": self.end, "word": self.word["word"], "category": category, "via": self.via,
        }  # fmt: skip


class Judged(NamedTuple):
    """What becomes of a text; `text` is None where it is blocked."""

    action: str
    text: str | None
    hits: list[Hit]


class Words:
    """One version of a shop's list. Raises Unusable."""

    def __init__(self, version: int = 0, words: list[dict[str, Any]] | None = None, allow: list[str] | None = None):
        self.version, self.words, self.allow = version, words or [], allow or []
        self._by_spelling: dict[str, dict[str, Any]] = {}
        for place, word in enumerate(self.words):
            for spelling in (word["word"], *word.get("aliases", ())):
                self._enter(f"words[{place}]", spelling, word)
        self._allowed = [fold(phrase)[0] for phrase in self.allow]
        for place, phrase in enumerate(self._allowed):
            if not phrase:
                raise Unusable(f"allow[{place}]")
        self._spellings = list(self._by_spelling)
        self._listed = AhoCorasick(self._spellings) if self._spellings else None
        self._clean = AhoCorasick(self._allowed) if self._allowed else None

    def check(self, text: str, direction: str) -> Judged:
        """Judge a text on its way `to_customer` or `to_agent`."""
        hits = self._hits(text)
        action = max((_action(hit, direction) for hit in hits), key=ORDER.index, default="pass")
        shown: str | None = text
        if action == "block":
            shown = None
        elif action == "mask":
            shown = self._masked(text, hits, direction)
        return Judged(action, shown, hits)

    def view(self) -> dict[str, Any]:
        """As openapi.yaml shows the list."""
        return {
            "version": self.version, "words": self.words, "allow": self.allow, "contacts": {},
            "claims": [{"class": name, "words": words, "about": about} for name, words, about in CLAIMS],
            "not_claimed": [{"class": name, "about": "passes, by intent"} for name in NOT_CLAIMED],
        }  # fmt: skip

    def _enter(self, place: str, spelling: str, word: dict[str, Any]) -> None:
        plain = fold(spelling)[0]
        before = self._by_spelling.setdefault(plain, word)
        clashes = any(_set(before, way) != _set(word, way) for way in ("to_customer", "to_agent"))
        if not plain or "*" in plain or clashes:  # a mask's own sign can be no word
            raise Unusable(place)

    def _hits(self, text: str) -> list[Hit]:
        if self._listed is None:
            return []
        plain, origin = fold(text)
        clean = [] if self._clean is None else self._clean.find_matches_as_indexes(plain, overlapping=True)
        spans = sorted(((first, last) for _, first, last in clean), reverse=True)
        since = reach = -1  # of the allowed phrases that begin by here, the one that goes furthest
        found = []
        matches = self._listed.find_matches_as_indexes(plain, overlapping=True)
        for number, start, end in sorted(matches, key=lambda match: match[1]):
            word = self._by_spelling[self._spellings[number]]
            while spans and spans[-1][0] <= start:
                first, last = spans.pop()
                since, reach = (first, last) if last > reach else (since, reach)
            allowed = reach > end or (reach == end and since < start)
            first, last = origin[start], origin[end - 1] + 1
            if not allowed and not _goes_on(text, first, last, word):
                found.append(Hit(first, last, word, _via(text[first:last], plain[start:end], word["word"])))
        return sorted(found, key=lambda hit: (hit.start, hit.end))

    def _masked(self, text: str, hits: list[Hit], direction: str) -> str:
        signs = list(text)
        while covered := [hit for hit in hits if _action(hit, direction) == "mask"]:
            for hit in covered:
                signs[hit.start : hit.end] = "*" * (hit.end - hit.start)
            hits = self._hits("".join(signs))  # what a mask cut off may stand alone now
        return "".join(signs)


def fold(text: str) -> tuple[str, list[int]]:
    """A text as a person reads it, and of each of its characters where it came from."""
    plain, origin = [], []
    for place, sign in enumerate(text):
        for each in _read(sign):
            plain.append(each)
            origin.append(place)
    return "".join(plain), origin


@lru_cache(maxsize=65_536)
def _read(sign: str) -> str:
    if _unseen(sign):
        return ""
    if first := next((first for first in DRESSED if first <= ord(sign) < first + 26), 0):
        return chr(ord(sign) - first + ord("a"))
    return "".join(each for each in unicodedata.normalize("NFKC", sign).casefold() if not _unseen(each))


def _unseen(sign: str) -> bool:
    return sign in BLANK or unicodedata.category(sign) == "Cf"


def _set(word: dict[str, Any], direction: str) -> str:
    return str(word.get(direction, "block" if direction == "to_customer" else "mask"))


def _action(hit: Hit, direction: str) -> str:
    return _set(hit.word, direction)


def _goes_on(text: str, start: int, end: int, word: dict[str, Any]) -> bool:
    """Whether a longer Latin word or number goes on at one of the edges."""
    if not word.get("boundary", True):
        return False
    before = _read(text[start - 1])[-1:] if start else ""
    behind = _read(text[end])[:1] if end < len(text) else ""
    chinese = any(ord(sign) > 0x2E7F for sign in word["word"])
    if _latin(_read(text[start])[:1]) and _latin(before):
        return True
    return not chinese and _latin(_read(text[end - 1])[-1:]) and _latin(behind)


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _via(seen: str, plain: str, word: str) -> str:
    if plain != fold(word)[0]:
        return "alias"
    if seen == word:
        return "plain"
    if any(map(_unseen, seen)):
        return "invisible"
    return "case" if seen.casefold() == word.casefold() else "width"
