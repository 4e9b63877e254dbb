"""Every sentence of the page in both languages, from the one table words.toml."""

import re
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from reports.page import figures

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence in both languages."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        """The sentence in one language."""
        return self.zh if language == "zh" else self.en


@cache
def table() -> dict[str, dict[str, Text]]:
    """All words by section and key; msgspec.ValidationError where one lacks a language."""
    return msgspec.toml.decode((Path(__file__).parent / "words.toml").read_bytes(), type=dict[str, dict[str, Text]])


def same(plain: object) -> Text:
    """A name or number that reads the same in both languages."""
    return Text(str(plain), str(plain))


def say(key: str, **values: object) -> Text:
    """The sentence `section.key` with its values (plain, or Text) filled in; KeyError where there is none."""
    section, _, name = key.partition(".")
    sentence = table()[section][name]
    return Text(*(_fill(sentence.of(language), language, values) for language in LANGUAGES))


def name(section: str, key: str) -> Text:
    """The word for a key that comes from a run; the key itself, made visible, where the table has none."""
    return table()[section].get(key) or same(figures.visible(key))


def phrase(english: str) -> Text:
    """A judge's English with its Chinese, by the patterns of [phrases]; what fits no pattern stays English.

    Several sentences may stand in one, parted by "; ".
    """
    parts, chinese = english.split("; "), []
    while parts:
        taken, known = _longest(parts)
        chinese.append(known)
        parts = parts[taken:]
    return Text("；".join(chinese), english)


def _longest(parts: list[str]) -> tuple[int, str]:
    """How many of the leading parts make one known sentence, and its Chinese; one part as it is where none do."""
    for taken in range(len(parts), 0, -1):
        if known := _translated("; ".join(parts[:taken])):
            return taken, known
    return 1, parts[0]


def _translated(english: str) -> str | None:
    for pattern, sentence in _patterns():
        if found := pattern.fullmatch(english):
            inner = {key: _word(value) for key, value in found.groupdict().items()}
            return _fill(sentence.zh, "zh", inner)
    return None


def _word(value: str) -> str:
    """The Chinese of what stands in a sentence's blank: another sentence, a process, a checker, or a name as it is."""
    named = table()["process"].get(value) or table()["checker"].get(value)
    return named.zh if named else _translated(value) or value


def _fill(sentence: str, language: Language, values: dict[str, object] | dict[str, str]) -> str:
    return sentence.format(**{key: v.of(language) if isinstance(v, Text) else v for key, v in values.items()})


@cache
def _patterns() -> list[tuple[re.Pattern[str], Text]]:
    # the longest first: "sends {m} to the platform" must not be taken for "sends {m}"
    sentences = sorted(table()["phrases"].values(), key=lambda sentence: -len(re.sub(r"\{\w+\}", "", sentence.en)))
    return [(_pattern(sentence.en), sentence) for sentence in sentences]


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sentence)
    blanks = (f"(?P<{part}>(?:(?!; ).)+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    return re.compile("".join(blanks), re.DOTALL)
