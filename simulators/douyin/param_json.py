"""The canonical form of a Doudian call's parameters, as the official SDK writes what it signs (section 2, [B])."""

import json
from typing import Any

from simulators.douyin.untrusted import MAX_WHY, Malformed


class _Literal(str):
    """A number as it was written: 1.0 stays 1.0, and 4712345680779753833 is no float."""


def canonical(text: str) -> str:
    """Keys sorted at every depth, compact, neither HTML nor Unicode escaped; nothing is `{}`. Raises Malformed."""
    if not text.strip():
        return "{}"
    try:
        return _write(json.loads(text, parse_int=_Literal, parse_float=_Literal, parse_constant=_refuse))
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)[:MAX_WHY]) from error


def _write(value: Any) -> str:
    if isinstance(value, _Literal):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_write(key)}:{_write(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_write, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
