"""The promises, and which of them a suite owes an answer to: contract/promises.toml and contract/suites.toml."""

import difflib
import tomllib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import msgspec

from reports.conformance import Suite

CONTRACT = Path(__file__).resolve().parents[2] / "contract"


class UnknownPromise(ValueError):
    """A pattern that no promise answers to; the text says so, with the nearest id."""


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence with an id; `text_zh` is its Chinese."""

    id: str
    text: str
    requirements: tuple[str, ...] = ()
    text_zh: str = ""

    @property
    def area(self) -> str:
        """The id without its number: SYNC of SYNC-1."""
        return self.id.rpartition("-")[0] or self.id


class Scopes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """suites.toml: patterns of promise ids."""

    contract: tuple[str, ...]
    security: tuple[str, ...]
    essential: tuple[str, ...]
    never_accepted: tuple[str, ...]


@cache
def catalogue() -> dict[str, Promise]:
    """All promises by id, in the file's order."""
    chinese = tomllib.loads((CONTRACT / "promises.zh.toml").read_text(encoding="utf-8"))
    told = tomllib.loads((CONTRACT / "promises.toml").read_text(encoding="utf-8"))["promises"]
    return {
        each["id"]: Promise(
            id=each["id"],
            text=each["text"],
            requirements=tuple(each["requirements"]),
            text_zh=chinese.get(each["id"], each["text"]),
        )
        for each in told
    }


@cache
def scopes() -> Scopes:
    """What contract/suites.toml says."""
    return msgspec.toml.decode((CONTRACT / "suites.toml").read_bytes(), type=Scopes)


def matching(patterns: Iterable[str], ids: Iterable[str]) -> tuple[str, ...]:
    """The ids that any of the patterns fits, in their own order."""
    wanted = tuple(patterns)
    return tuple(each for each in ids if any(fnmatchcase(each, pattern) for pattern in wanted))


def owed(suite: Suite, selected: Sequence[str] = ()) -> tuple[str, ...]:
    """The promises a run of the suite must answer: its scope, or whatever was selected instead."""
    return matching(selected or getattr(scopes(), suite), catalogue())


def owing(promise: str) -> set[Suite]:
    """The suites whose whole run must answer it."""
    suites: tuple[Suite, ...] = ("contract", "security")
    return {suite for suite in suites if matching(getattr(scopes(), suite), [promise])}


def essential(promise: str) -> bool:
    """Whether there is no going live without an answer to it."""
    return bool(matching(scopes().essential, [promise]))


def never_accepted(promise: str) -> bool:
    """Whether a failure of it cannot be accepted."""
    return bool(matching(scopes().never_accepted, [promise]))


def check(patterns: Iterable[str]) -> None:
    """Raises UnknownPromise for the first pattern that fits no promise."""
    for pattern in patterns:
        if not matching([pattern], catalogue()):
            near = difflib.get_close_matches(pattern.upper(), [*catalogue(), *_areas()], 1, 0.5)
            hint = f"did you mean {near[0]!r}?" if near else "such as 'SYNC-1' or 'ROUTE-*'"
            raise UnknownPromise(f"no promise {pattern!r}; {hint} All stand in contract/promises.toml")


def _areas() -> list[str]:
    return sorted({f"{promise.area}-*" for promise in catalogue().values()})
