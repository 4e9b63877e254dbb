"""Every way in which a listed word may be spelled, and through which disguises each of them is seen."""

from collections.abc import Iterator
from itertools import groupby
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from reference_service.filtering.digits import CHINESE
from reference_service.filtering.folding import PLAIN, fold, simplified
from reference_service.filtering.sounds import initials, is_chinese, pinyin
from reference_service.filtering.squeezing import is_separator, without_separators

Action = Literal["pass", "review", "mask", "block"]
Kind = Literal["word", "alias", "pinyin", "initials"]
_Text = Annotated[str, Meta(min_length=1, max_length=64)]
_NAMES: Final = frozenset("陆伍")  # numerals that mostly are none: 大陆 is no 大6


class Word(msgspec.Struct, frozen=True, gc=False):
    """A listed word: its rule each way (the defaults are the contract's), its category, how it is recognised.

    `pinyin`, `initials` and `aliases` are further spellings, none where UNSET. The other options decide through which
    disguises the word is seen; UNSET means what suits the word, as `spellings` has it.
    """

    word: str
    to_customer: Action = "block"
    to_agent: Action = "mask"
    category: Annotated[str, Meta(max_length=64)] = ""
    pinyin: bool | UnsetType = UNSET
    initials: bool | UnsetType = UNSET
    aliases: Annotated[tuple[_Text, ...], Meta(max_length=32)] | UnsetType = UNSET
    separators: bool | UnsetType = UNSET
    repeats: bool | UnsetType = UNSET
    boundary: bool | UnsetType = UNSET
    digits: bool | UnsetType = UNSET
    homoglyphs: bool | UnsetType = UNSET


class Spelling(msgspec.Struct, frozen=True, gc=False):
    """One spelling: `text` is folded, `written` has for each character that is looked for the one that the list has."""

    word: Word
    kind: Kind
    text: str
    written: str
    counts: tuple[int, ...]  # how often each character of the squeezed text stands in this one
    separators: bool
    repeats: bool
    bounded: tuple[bool, bool]  # a Latin word must not go on to its left, to its right
    whole_numbers: bool  # nor a number
    digits: bool
    homoglyphs: bool


def spellings(word: Word) -> Iterator[Spelling]:
    """All spellings of a word that have something visible to match.

    By default separators and repeats are seen through in Chinese words of two different characters and more that have
    no separators themselves; a word is not found inside a longer Latin word or number, but behind a mixed one an
    account may follow (加vabc123); digits count in any dress, unless the word is nothing but Chinese numerals (六四 is
    no 64); letters that look Latin count as Latin in words that have such.
    """
    yield from _written(word, word.word, "word")
    for alias in word.aliases or ():
        yield from _written(word, alias, "alias")
    if word.initials and (text := initials(word.word)):
        yield _latin(word, "initials", text)
    for text in pinyin(word.word) if word.pinyin else ():
        yield _latin(word, "pinyin", text)


def _written(word: Word, text: str, kind: Kind) -> Iterator[Spelling]:
    folded = fold(text)
    if not folded:
        return
    body = without_separators(folded)
    chinese = is_chinese(text)
    solid = len(body) == len(folded)  # no separators of its own
    suits = chinese and solid and len(set(body)) > 1
    separators = len(body) > 1 and _or(word.separators, suits)
    repeats = bool(body) and (solid or separators) and _or(word.repeats, suits)
    numerals = _numerals(text)
    yield Spelling(
        word=word,
        kind=kind,
        text=folded,
        written=_looked_for(text, folded, bare=separators or repeats),
        counts=_counts(body),
        separators=separators,
        repeats=repeats,
        bounded=(_or(word.boundary, True), _or(word.boundary, not chinese)),
        whole_numbers=_or(word.boundary, True),
        digits=_or(word.digits, not numerals or not (body.isdecimal() or numerals & _NAMES)),
        homoglyphs=_or(word.homoglyphs, any("a" <= character <= "z" for character in folded)),
    )


def _latin(word: Word, kind: Kind, text: str) -> Spelling:
    folded = without_separators(fold(text))
    written = _looked_for(text, fold(text), bare=True)
    spread = kind == "pinyin"  # wei xin; initials are too short to be spread
    digits = not _numerals(text)  # jia一 is 加一, jia1 is a syllable with its tone
    return Spelling(word, kind, folded, written, _counts(folded), spread, False, (True, True), True, digits, True)


def _looked_for(text: str, folded: str, bare: bool) -> str:
    """For each character that is looked for, the one in the text; `bare`: separators are not looked for."""
    written = (text[place] for place in PLAIN.places(text))
    return "".join(
        character for character, part in zip(written, folded, strict=True) if not (bare and is_separator(part))
    )


def _numerals(text: str) -> set[str]:
    return CHINESE.keys() & set(map(simplified, text))


def _counts(body: str) -> tuple[int, ...]:
    runs = ((character, len(list(run))) for character, run in groupby(body))
    return tuple(n for character, many in runs for n in ([1] * many if character.isdecimal() else [many]))


def _or(given: bool | UnsetType, default: bool) -> bool:
    return default if given is UNSET else bool(given)
