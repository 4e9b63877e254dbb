"""What a shop lends its rehearsal: customers' own lines (dialogues.csv) and the merchant's own words (wordlist.txt)."""

import re
import string
import unicodedata
from collections.abc import Iterable, Sequence
from random import Random

import msgspec

from history.scenario_error import ScenarioError
from history.textfile import short, table, text_of
from history.tokens import LETTERS, clean, token

BRACES = ("goods", "order", "express", "city", "size", "amount")  # what an order fills (fixtures/people.py)
CLOSING = "closing"  # the intent of a goodbye, which is said when a visit ends and at no other time
_INTENT = re.compile(r"[a-z][a-z0-9_]{0,31}")
_LONGEST = 1000  # characters of a line: the platform takes no more
_TRIES = 200  # tokens made to see whether enough of them hold none of the words


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing customers write, why, and how often relative to the other lines."""

    intent: str
    text: str
    weight: float = 1.0


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word or phrase the merchant lists; `category` names the harm, "" where the list has none."""

    word: str
    category: str = ""


class Talk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lines and words of the shop's own; empty means those that come with golive."""

    lines: tuple[Line, ...] = ()
    words: tuple[Word, ...] = ()


def dialogues(data: bytes, origin: str) -> tuple[Line, ...]:
    """The lines of dialogues.csv (intent,text,weight; weight may be absent: 1). Raises ScenarioError."""
    rows = table(data, origin, ("intent", "text"), ("weight",))
    lines = tuple(_line(*row.cells, where=f"{origin}, line {row.line}") for row in rows)
    if wrong := wrong_lines(lines):
        raise ScenarioError(f"{origin}: {wrong}")
    return lines


def wordlist(data: bytes, origin: str) -> tuple[Word, ...]:
    """The words of wordlist.txt: one a line, a category behind a tab where wanted; # begins a remark.

    A word that comes twice counts once. Raises ScenarioError.
    """
    found: dict[str, Word] = {}
    for number, line in enumerate(text_of(data, origin).split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            word, _, category = (part.strip() for part in line.partition("\t"))
            if wrong := _wrong_word(word):
                raise ScenarioError(f"{origin}, line {number}: {wrong}")
            found.setdefault(_plain(word), Word(word=word, category=category))
    words = tuple(found.values())
    if not words:
        raise ScenarioError(f"{origin}: there is no word in it; write one a line")
    if wrong := wrong_words(words):
        raise ScenarioError(f"{origin}: {wrong}")
    return words


def wrong_lines(lines: Sequence[Line]) -> str:
    """What is wrong with these lines, and what would be right; "" where nothing is."""
    for line in lines:
        if wrong := _wrong_line(line):
            return wrong
    if lines and not any(line.weight for line in lines if line.intent != CLOSING):
        return f"no line can be said: give one at least, of another intent than {CLOSING}, a weight above 0"
    return ""


def wrong_words(words: Iterable[Word]) -> str:
    """The same for words: each readable, and together they leave room for the tokens that trace replies (tokens.py)."""
    names = [word.word for word in words]
    for name in names:
        if wrong := _wrong_word(name):
            return wrong
    own = [plain for name in names if set(plain := _plain(name)) <= set(LETTERS)]
    rng = Random(0)
    parts = [(rng.getrandbits(16), rng.getrandbits(16), rng.getrandbits(24)) for _ in range(_TRIES if own else 0)]
    if sum(clean(token(*part), own) for part in parts) < len(parts) / 2:
        return (
            f"too many words are made of the letters {LETTERS} alone ({', '.join(own[:5])} …): "
            "golive traces replies by such letters and could not keep clear of them; list fewer or longer ones"
        )
    return ""


def _line(intent: str, text: str, weight: str, *, where: str) -> Line:
    if weight and not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", weight):
        raise ScenarioError(f"{where}: weight {short(weight)}; write a number, 0 or more, such as 1 or 2.5")
    line = Line(intent=intent, text=text, weight=float(weight or 1))
    if wrong := _wrong_line(line):
        raise ScenarioError(f"{where}: {wrong}")
    return line


def _wrong_line(line: Line) -> str:
    if not _INTENT.fullmatch(line.intent):
        return f"intent {short(line.intent)}; write a short name such as refund: letters a-z, digits and _"
    if not line.text.strip() or len(line.text) > _LONGEST:
        return f"the text of {line.intent} has {len(line.text)} characters; write 1 to {_LONGEST}"
    if not 0 <= line.weight < float("inf"):
        return f"weight {line.weight} of {short(line.text)}; write a number, 0 or more"
    if set(braces(line.text)) <= {"", *BRACES}:
        return ""
    known = " ".join("{" + name + "}" for name in BRACES)
    return f"{short(line.text)} has braces that nothing fills; these are filled: {known}. Double a brace that is meant"


def braces(text: str) -> tuple[str, ...]:
    """What stands in each brace of a line, "" for plain text, and a lone brace or a format as it is."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return ("{",)
    return tuple(
        "" if name is None else "{" if form or conversion or not name else name for _, name, form, conversion in parts
    )


def _wrong_word(word: str) -> str:
    if not word.strip() or len(word) > 100:
        return f"the word {short(word)} has {len(word)} characters; write 1 to 100"
    if any(not c.isprintable() for c in word) or all(unicodedata.category(c)[0] in "MZ" for c in word):
        return f"the word {short(word)} holds a character that cannot be seen; write it plainly: golive hides it itself"
    if len(word) == 1 and _plain(word) in LETTERS:
        return f"the word {word} is one of the letters by which golive traces replies ({LETTERS}); list a longer one"
    return ""


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()
