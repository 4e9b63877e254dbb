"""Numbers for people, rounded so that no failing value ever looks like a passing one."""

import math
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal

_MISLEADING = frozenset("\ufffe\uffff\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def ms(seconds: float | None, limit: float | None = None) -> str | None:
    """Seconds as milliseconds without the unit; more digits where rounding would move it to or over `limit` (s)."""
    if seconds is None or not math.isfinite(seconds):
        return None
    value = exact(seconds) * 1000
    return decimal(value, None if limit is None else exact(limit) * 1000)


def error(seconds: float | None) -> str:
    """A bound of error as `0.31 ms`; `?` where it is not known."""
    value = ms(seconds)
    return "?" if value is None else f"{value} ms"


def percent(share: float | None, limit: float | None = None) -> str | None:
    """A share from 0 to 1 as a percentage without the sign; `limit` (a share) as in `ms`."""
    if share is None or not math.isfinite(share):
        return None
    return decimal(exact(share) * 100, None if limit is None else exact(limit) * 100)


def plain(value: float | None, limit: float | None = None) -> str | None:
    """A count or another bare number; whole numbers stay whole."""
    if value is None or not math.isfinite(value):
        return None
    if float(value).is_integer():
        return f"{int(value):,}"
    return decimal(exact(value), None if limit is None else exact(limit))


def decimal(value: Decimal, limit: Decimal | None = None) -> str:
    """About three significant digits, and as many more as keep the value on its side of the limit."""
    places = _places(value)
    rounded = _round(value, places)
    while limit is not None and _side(rounded, limit) != _side(value, limit):
        places += 1
        rounded = _round(value, places)
    return f"{rounded:,f}"


def visible(text: str) -> str:
    """Foreign text fit to be shown: control and direction-changing characters are written out as escapes.

    What XML forbids is among them: one such character in a chart would abort the whole process inside vl-convert.
    """
    return "".join(_escape(c) if c in _MISLEADING or unicodedata.category(c) in ("Cc", "Cs") else c for c in text)


def exact(value: float) -> Decimal:
    """A float as the decimal number it is written as."""
    return Decimal(repr(float(value)))


def _places(value: Decimal) -> int:
    size = abs(value)
    if size == 0 or size >= 100:
        return 0
    return min(2 - size.adjusted(), 6) if size < 1 else 2 - size.adjusted()


def _round(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def _side(value: Decimal, limit: Decimal) -> int:
    return (value > limit) - (value < limit)


def _escape(character: str) -> str:
    return " " if character in "\n\t\r" else f"\\u{ord(character):04x}"
