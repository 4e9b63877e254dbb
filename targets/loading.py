"""Finds the adapter a run names, and says which hosts may be put under load."""

import difflib
import importlib.util
import inspect
from collections.abc import Collection
from ipaddress import ip_address
from pathlib import Path
from types import ModuleType
from typing import Final, cast
from urllib.parse import urlsplit

from targets.interface import OFFERS, Target, TargetError

METHODS: Final = ("open", "close", "shop", "agents", "connect")
FIELDS: Final = ("name", "offers", "limits", "platform")


def load(name_or_file: str) -> Target:
    """The bundled `reference`, or the `target` of an adapter file; TargetError says what the file lacks."""
    if name_or_file == "reference":
        from targets.reference import Reference

        return Reference()
    path = Path(name_or_file)
    if not path.is_file():
        raise TargetError(
            f"there is no target {name_or_file!r}: write `reference`, or the path of an adapter file (docs/adapter.md)"
        )
    target = getattr(run_file(path), "target", None)
    if wrong := _wrong(target):
        raise TargetError(f"{path}: {wrong}; docs/adapter.md shows a whole adapter")
    return cast(Target, target)


def allowed(url: str, allow: Collection[str] = ()) -> bool:
    """Whether load may go to a URL: loopback only, unless its host is allow-listed by name (R4.4)."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return _loopback(host) or host in {each.strip().lower() for each in allow} - {""}


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False  # a name; what it resolves to now says nothing about later


def run_file(path: Path) -> ModuleType:
    """The module in a file of a team's own. Raises TargetError where it is no Python or does not import."""
    spec = importlib.util.spec_from_file_location(f"golive_adapter_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise TargetError(f"{path}: an adapter is a Python file (.py); docs/adapter.md shows one")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise TargetError(f"{path}: it does not import: {type(error).__name__}: {error} (docs/adapter.md)") from error
    return module


def _wrong(target: object) -> str:
    if target is None:
        return "it has no `target = …` at its end"
    for field in FIELDS:
        if not hasattr(target, field):
            return f"its target has no `{field}`"
    for method in METHODS:
        if wrong := _lacks(target, method):
            return wrong
    for offer in sorted(getattr(target, "offers", ())):
        if offer not in OFFERS:
            near = difflib.get_close_matches(offer, OFFERS, 1) or sorted(OFFERS)
            return f"its target offers {offer!r}, which golive does not know; did you mean `{', '.join(near)}`?"
        for method in OFFERS[offer]:
            if wrong := _lacks(target, method):
                return f"{wrong}, to which offering {offer!r} obliges"
    return ""


def _lacks(target: object, method: str) -> str:
    found = getattr(target, method, None)
    if found is None:
        return f"its target has no method `{method}`"
    return "" if inspect.iscoroutinefunction(found) else f"its target's `{method}` is no `async def`"
