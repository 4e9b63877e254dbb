"""Every sentence of the page in both languages, from the one table words.toml."""

import re
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

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
    """The word for a key that comes from a run; the key itself where the table has no word for it."""
    return table()[section].get(key) or same(key)


def phrase(english: str) -> Text:
    """A judge's English with its Chinese, by the patterns of [phrases]; what fits no pattern stays English.

    Several sentences may stand in one, parted by "; ".
    """
    if known := _translated(english):
        return Text(known, english)
    parts = english.split("; ")
    return Text("；".join(_translated(part) or part for part in parts), english) if len(parts) > 1 else same(english)


def _translated(english: str) -> str | None:
    for pattern, sentence in _patterns():
        if found := pattern.fullmatch(english):
            inner = {key: _translated(value) or value for key, value in found.groupdict().items()}
            return _fill(sentence.zh, "zh", inner)
    return None


def _fill(sentence: str, language: Language, values: dict[str, object] | dict[str, str]) -> str:
    return sentence.format(**{key: v.of(language) if isinstance(v, Text) else v for key, v in values.items()})


@cache
def _patterns() -> list[tuple[re.Pattern[str], Text]]:
    # the longest first: "sends {m} to the platform" must not be taken for "sends {m}"
    sentences = sorted(table()["phrases"].values(), key=lambda sentence: -len(re.sub(r"\{\w+\}", "", sentence.en)))
    return [(_pattern(sentence.en), sentence) for sentence in sentences]


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sentence)
    return re.compile("".join(f"(?P<{p}>.+?)" if i % 2 else re.escape(p) for i, p in enumerate(parts)), re.DOTALL)
