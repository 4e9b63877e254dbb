"""TOML text of plain data: what tomllib reads back as the same."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

WIDE = 100  # a list longer than this stands on several lines


def dump(document: Mapping[str, Any], place: str = "") -> str:
    """The document: values first, then its tables and lists of tables. Keys with None are left out."""
    plain = {key: value for key, value in document.items() if value is not None and not _is_table(value)}
    text = "".join(f"{_key(key)} = {_value(value)}\n" for key, value in plain.items())
    for key, value in document.items():
        if _is_table(value):
            name = f"{place}{_key(key)}"
            for one in [value] if isinstance(value, Mapping) else value:
                head = f"[{name}]" if isinstance(value, Mapping) else f"[[{name}]]"
                text += f"\n{head}\n{dump(one, name + '.')}"
    return text


def _is_table(value: object) -> bool:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return bool(value) and all(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Sequence):
        items = [_value(item) for item in value]
        line = f"[{', '.join(items)}]"
        return line if len(line) <= WIDE else "[\n" + "".join(f"    {item},\n" for item in items) + "]"
    return repr(value)


def _text(text: str) -> str:
    """JSON's quoting is TOML's, but for DEL and for characters beyond 16 bits, which stand as they are."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _text(key)
