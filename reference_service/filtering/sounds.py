"""How a Chinese word sounds: its pinyin, whole or mixed with its characters, and its initials."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import product
from typing import Final

from reference_service.filtering.digits import CHINESE
from reference_service.filtering.folding import LOOK_ALIKE, simplified

_MIXED: Final = 3  # up to so many Chinese characters, each may be a character or pinyin: 微xin

_TONE: Final = re.compile("(?<=[a-z])[0-5]")


class Toneless:
    """The Reading without the digits that mark tones: wei1 xin4 is wei xin."""

    def fold(self, text: str) -> str:
        """As Reading has it."""
        folded = LOOK_ALIKE.fold(text)
        tones = _tones(text, folded)
        return "".join(part for at, part in enumerate(folded) if at not in tones) if tones else folded

    def places(self, text: str) -> list[int]:
        """As Reading has it."""
        tones = _tones(text, LOOK_ALIKE.fold(text))
        return [place for at, place in enumerate(LOOK_ALIKE.places(text)) if at not in tones]


def _tones(text: str, folded: str) -> AbstractSet[int]:
    """Where tones stand in a folded text; nobody marks one with a Chinese numeral: jia一 is no jia1."""
    found = [tone.start() for tone in _TONE.finditer(folded)]
    sources = LOOK_ALIKE.places(text) if found else []
    return {at for at in found if simplified(text[sources[at]]) not in CHINESE}


TONELESS: Final = Toneless()


def is_chinese(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return any("\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff" for character in text)


def initials(text: str) -> str:
    """The first letter of each syllable: wx of 微信; "" where that would be a single letter, or nothing Chinese."""
    sounds = _sounds(text)
    return "".join(sound[0] for _, sound in sounds) if len(sounds) > 1 else ""


def pinyin(text: str) -> Iterator[str]:
    """A word in pinyin without tones, short words also half in pinyin; ü as u and as v."""
    sounds = _sounds(text)
    mixed = sum(character != sound for character, sound in sounds) <= _MIXED
    choices = [dict.fromkeys(pair) if mixed else (pair[1],) for pair in sounds]
    for spelled in map("".join, product(*choices)):
        if spelled != text:
            yield from {spelled.replace("ü", "u"), spelled.replace("ü", "v")}


def _sounds(text: str) -> list[tuple[str, str]]:
    if not is_chinese(text):
        return []
    # Loading it takes 0.1 s and 20 MB, and most lists ask for no pinyin.
    from pypinyin import lazy_pinyin

    body = "".join(filter(str.isalnum, text))
    sounds = lazy_pinyin(body, v_to_u=True, errors=lambda others: list(others))  # type: ignore[arg-type, return-value]
    return list(zip(body, sounds, strict=True))
