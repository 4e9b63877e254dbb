"""A real push of a team, anonymised, beside what golive's profile writes: the same fields, of the same kinds? Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from history.run import App
from targets.platform import Happening, Message, Order, Platform

Shape = Mapping[str, str]  # path -> kind
_ORDER: Final = 9007199254740993


class Unreadable(Exception):
    """The file holds no push."""


def body_of(raw: bytes) -> Any:
    """The push in a sample file: the body itself, or an object with `body`, as object, array or text."""
    try:
        told = msgspec.json.decode(raw)
        body = told["body"] if isinstance(told, dict) and "body" in told else told
        body = msgspec.json.decode(body) if isinstance(body, str) else body
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(f"it is no JSON ({error})") from error
    if not isinstance(body, dict | list) or not body:
        raise Unreadable("a push is a JSON object or array")
    return body


def shape(value: Any, path: str = "") -> dict[str, str]:
    """Every field with its kind; items of an array share a path, and JSON inside a text is looked into."""
    match value:
        case dict():
            found = {path or "/": "object"}
            for key, each in value.items():
                found |= shape(each, f"{path}/{key}")
            return found
        case list():
            found = {path or "/": "array"}
            for each in value:
                found |= shape(each, f"{path}[]")
            return found
        case str():
            inner = _inner(value)
            return {path: "text"} if inner is None else shape(inner, path) | {path: f"{_kind(inner)} as text"}
        case _:
            return {path: _kind(value)}


def _inner(text: str) -> Any:
    if not text.startswith(("{", "[")):
        return None
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None


def _kind(value: Any) -> str:
    kinds = {dict: "object", list: "array", bool: "true or false", int: "number", float: "number", str: "text"}
    return kinds.get(type(value), "null")


def ours(platform: Platform, app: App) -> dict[Happening, Shape]:
    """The shape of each push that the profile writes."""
    return {
        happening: shape(msgspec.json.decode(platform.write([_message(platform, happening)], app)))
        for happening in sorted(platform.tells)
    }


def _message(platform: Platform, happening: Happening) -> Message:
    shop = platform.account(1, 1)
    ids = platform.message_id(7, happening), platform.conversation_id(1, shop, "c1"), platform.customer_id(1, "c1")
    order = Order("paid", _ORDER) if happening == "order" else None
    return Message(happening, *ids, shop, "小王", "在吗", 5, 1_764_000_000_000, order)


def nearest(theirs: Shape, written: Mapping[Happening, Shape]) -> Happening:
    """The push of ours most like theirs: most fields in common, of all that either has."""

    def likeness(happening: Happening) -> tuple[float, bool]:
        our = written[happening].items()
        return len(theirs.items() & our) / len(theirs.items() | our), happening == "receive"

    return max(written, key=likeness)


def differences(theirs: Shape, our: Shape) -> list[str]:
    """What a receiver would meet at one side only, in words."""
    return [
        *_only("the real push has", sorted(theirs.keys() - our.keys()), theirs),
        *_only("golive's has", sorted(our.keys() - theirs.keys()), our),
        *(f"{path} is {theirs[path]} there, {our[path]} here" for path in sorted(theirs.keys() & our.keys())
          if theirs[path] != our[path]),
    ]  # fmt: skip


def _only(who: str, paths: Iterable[str], kinds: Shape) -> list[str]:
    return [f"only {who} {path} ({kinds[path]})" for path in paths]
