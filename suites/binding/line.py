"""One line of the check: what was tried, how it ended, what was seen, and what to do about it."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import pytest

from targets.interface import TargetError

State = Literal["ok", "wrong", "left"]
MARKS: Final[dict[State, str]] = {"ok": "✓", "wrong": "✗", "left": "–"}
_REPORT_IT: Final = "see docs/adapter.md, rules 1 to 8"


class Wrong(Exception):
    """The binding is wrong here: what was seen, and what to do."""

    def __init__(self, seen: str, do: str) -> None:
        super().__init__(seen)
        self.seen, self.do = seen, do


class Left(Exception):
    """Nothing can be said here, and why."""


@dataclass(frozen=True)
class Line:
    """`do` is "" where nothing is to be done."""

    name: str
    title: tuple[str, str]  # Chinese, English
    state: State
    seen: str
    do: str = ""


@dataclass(frozen=True)
class Check:
    """`run` tells what it saw, or raises Wrong or Left; it is tried only where all of `needs` are well."""

    name: str
    title: tuple[str, str]
    run: Callable[[Any], Awaitable[str]]
    needs: tuple[str, ...] = ()


async def tried(check: Check, bench: object, done: Iterable[Line], within_s: float) -> Line:
    """Try it, for no longer than that; whatever the adapter does, this is a Line and no error."""
    well = {line.name for line in done if line.state == "ok"}
    if missing := [name for name in check.needs if name not in well]:
        return Line(check.name, check.title, "left", f"not tried: `{', '.join(missing)}` must be well first")
    limit = asyncio.timeout(within_s)
    try:
        async with limit:
            return Line(check.name, check.title, "ok", await check.run(bench))
    except (Left, pytest.skip.Exception) as left:
        return Line(check.name, check.title, "left", str(left))
    except (Exception, BaseExceptionGroup) as error:
        if limit.expired():
            seen, do = f"no end after {within_s:g} s", "something hangs: give every call of the adapter a timeout"
        else:
            seen, do = explained(error)
        return Line(check.name, check.title, "wrong", seen, do)


def explained(error: BaseException) -> tuple[str, str]:
    """What an error of the adapter means: what was seen, on one line, and what to do."""
    seen, do = _explained(error)
    return " ".join(seen.split()), do


def _explained(error: BaseException) -> tuple[str, str]:
    match error:
        case Wrong():
            return error.seen, error.do
        case TargetError():
            return str(error), "the adapter could not reach what it asked for: is it there, and are the secrets good?"
        case AssertionError():
            return str(error), _REPORT_IT
        case _:
            return f"{type(error).__name__}: {error}{_where(error)}", "what fails must be a TargetError, or a Sent"


def _where(error: BaseException) -> str:
    """The last line of it, for whoever wrote the adapter."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""


def verdict(lines: Collection[Line]) -> State:
    """`ok` where nothing is wrong and something is well."""
    states = {line.state for line in lines}
    if "wrong" in states:
        return "wrong"
    return "ok" if "ok" in states else "left"


def hidden(text: str, secrets: Iterable[str]) -> str:
    """The text without any of the secrets."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
