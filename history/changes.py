"""Changes of a scenario from the command line: `customers.concurrency=300`, `phases.surge.rate=200`, `gates+=lost = 0`.

change := KEY "=" VALUE | KEY "+=" VALUE      += adds an item to a list
KEY    := NAME ("." NAME | "." ITEM)*         ITEM: the name of a phase, or the place of a list's item from 1
VALUE  := a TOML value, or plain text
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any, get_args, get_origin

import msgspec

from history.scenario_error import ScenarioError

_CHANGE = re.compile(r"([\w\-:.]+?)\s*(\+?=)(.*)", re.DOTALL)


def apply(document: dict[str, Any], struct: type[msgspec.Struct], wishes: Iterable[str]) -> dict[str, Any]:
    """The document with each change made, in order; its values are not checked here. Raises ScenarioError."""
    changed = deepcopy(document)
    for wish in wishes:
        found = _CHANGE.fullmatch(wish.strip())
        if not found:
            raise ScenarioError(f"--set {wish}: write key=value, such as customers.concurrency=300")
        try:
            _change(changed, struct, found[1].split("."), found[2] == "+=", found[3].strip())
        except ScenarioError as error:
            raise ScenarioError(f"--set {wish}: {error}") from error
    return changed


def suggest(message: str, struct: type[msgspec.Struct]) -> str:
    """What to add to msgspec's complaint about an unknown field: the near key, else all that stand in that place."""
    unknown = re.search(r"unknown field `([^`]*)`", message)
    if not unknown:
        return ""
    place = re.search(r" - at `\$\.?(.*)`", message)
    for name in re.findall(r"\w+", re.sub(r"\[[^\]]*\]", "", place[1])) if place else ():
        struct = _struct(_fields(struct)[name]) or struct
    near = difflib.get_close_matches(unknown[1], _fields(struct), 1)
    return f"; did you mean `{near[0]}`?" if near else f"; known keys: {', '.join(sorted(_fields(struct)))}"


def _change(table: dict[str, Any], struct: type[msgspec.Struct], path: Sequence[str], add: bool, text: str) -> None:
    name, rest = path[0], path[1:]
    if name not in _fields(struct):
        raise ScenarioError(f"there is no {name}{_hint(name, _fields(struct))}")
    kind = _fields(struct)[name]
    inner = _struct(kind)
    if not rest:
        _put(table, name, kind, add, text)
    elif inner is None:
        raise ScenarioError(f"{name} has no parts: write {name}=VALUE")
    elif get_origin(kind) is tuple:
        item = _item(table.get(name, []), name, rest[0])
        if not rest[1:]:
            raise ScenarioError(f"write {name}.{rest[0]}.KEY=VALUE; its keys are {', '.join(_fields(inner))}")
        _change(item, inner, rest[1:], add, text)
    else:
        _change(table.setdefault(name, {}), inner, rest, add, text)


def _put(table: dict[str, Any], name: str, kind: Any, add: bool, text: str) -> None:
    listed = get_origin(kind) is tuple
    if add and not listed:
        raise ScenarioError(f"{name} is no list: write {name}=VALUE")
    value = _value(text, str if kind is str or (add and get_args(kind)[0] is str) else object)
    table[name] = [*table.get(name, []), value] if add else value


def _item(items: list[Any], name: str, which: str) -> dict[str, Any]:
    named = {str(item.get("name", place)): item for place, item in enumerate(items, 1) if isinstance(item, dict)}
    if which not in named:
        raise ScenarioError(f"there is no {name}.{which}{_hint(which, named)}")
    found: dict[str, Any] = named[which]
    return found


def _value(text: str, kind: type) -> Any:
    """As TOML reads it; plain text where that is no TOML, or where a text is wanted."""
    try:
        value = tomllib.loads(f"value = {text}")["value"] if "\n" not in text else text
    except tomllib.TOMLDecodeError:
        return text
    return text if kind is str and not isinstance(value, str) else value


def _hint(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]}?" if near else f"; known are: {', '.join(known) or 'none'}"


def _fields(struct: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(struct)}


def _struct(kind: Any) -> type[msgspec.Struct] | None:
    """The struct that a field holds, alone or in a list."""
    inner = get_args(kind)[0] if get_origin(kind) is tuple else kind
    return inner if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else None
