"""Digits in all their dress as 0 to 9: full width, circled, bracketed, of other scripts, and Chinese, also formal."""

import unicodedata
from typing import Final

# What a person reads as a digit. 拾 and 十 are none: they are no single digit, and 收拾 is no number.
CHINESE: Final = dict(zip("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖弌弍弎幺", "001234567891234567891231", strict=True))
_HANGZHOU: Final = dict(zip("〡〢〣〤〥〦〧〨〩", "123456789", strict=True))


def digits_of(character: str) -> str:
    """The ASCII digits a sign stands for, "" where it is no digit; ⑫ gives two, 一 none (see CHINESE)."""
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    if unicodedata.category(character) == "No" and (number := unicodedata.numeric(character)).is_integer():
        return str(int(number)) if number < 100 else ""
    return _HANGZHOU.get(character, "")
