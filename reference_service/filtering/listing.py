"""What a word list must be to be of use: refusals name the entry by its position, never by its text."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from reference_service.filtering.folding import fold
from reference_service.filtering.sounds import initials, is_chinese
from reference_service.filtering.spelling import Word
from reference_service.filtering.words import MASK

MAX_LENGTH: Final = 64  # code points of a word, an alias, an allowed phrase
MAX_SPELLINGS: Final = 200_000  # words and aliases, and 8 for each word with pinyin: what compiling may cost


class Unusable(NamedTuple):
    """An entry that cannot be used: its position in the list (words[3], allow[0]), and why."""

    where: str
    why: str


def unusable(words: Sequence[Word], allow: Sequence[str]) -> Unusable | None:
    """The first entry that could never match, or that contradicts another; None for a good list."""
    rules: dict[str, tuple[str, str]] = {}
    spelled = 0
    for at, word in enumerate(words):
        where = f"words[{at}]"
        spelled += 1 + len(word.aliases or ()) + 8 * (word.pinyin is True)
        if why := next(filter(None, _faults(word)), ""):
            return Unusable(where, why)
        if spelled > MAX_SPELLINGS:
            return Unusable(where, f"all words, with aliases and pinyin, have more than {MAX_SPELLINGS} spellings")
        rule = (word.to_customer, word.to_agent)
        if rules.setdefault(fold(word.word), rule) != rule:
            return Unusable(where, "the same word is listed before with another action")
    for at, phrase in enumerate(allow):
        if why := fault_of_text(phrase):
            return Unusable(f"allow[{at}]", why)
        if fold(phrase) in rules:
            return Unusable(f"allow[{at}]", "it is a listed word, too")
    return None


def _faults(word: Word) -> Iterator[str]:
    yield fault_of_text(word.word)
    for at, alias in enumerate(word.aliases or ()):
        if why := fault_of_text(alias):
            yield f"aliases[{at}]: {why}"
    if (word.pinyin is True or word.initials is True) and not is_chinese(word.word):
        yield "pinyin and initials need Chinese characters"
    if word.initials is True and not initials(word.word):
        yield "initials need two characters and more"


def fault_of_text(text: str) -> str:
    """Why a word or phrase can match nothing, "" where it can."""
    if not 0 < len(text) <= MAX_LENGTH:
        return f"a word has 1 to {MAX_LENGTH} characters"
    return "" if fold(text).strip(MASK) else f"nothing visible to match, or only the mask's own sign {MASK}"
