"""accepted.toml: failures a team knows of and bears for a while, each with a reason, an owner and an end.

[[accepted]]
promise = "KNOW-1"          # or: case = "KNOW-1/search_finds_the_planted_article"
reason = "search is rebuilt in March"
owner = "Li Wei"
expires = 2027-03-31        # the last day it counts
"""

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import msgspec

from reports.conformance import Case, Conformance
from reports.matrix import promises


class AcceptedError(ValueError):
    """accepted.toml is wrong; the text says where and what would be right."""


class Accepted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One known failure: of a whole promise, or of one case."""

    reason: str
    owner: str
    expires: date
    promise: str = ""
    case: str = ""

    @property
    def name(self) -> str:
        """What is accepted."""
        return self.promise or self.case

    def told(self) -> str:
        """Why, who and until when."""
        return f"{self.reason}, {self.owner}, until {self.expires.isoformat()}"

    def covers(self, case: Case, promise: str) -> bool:
        """Whether it speaks of this case as far as this promise goes."""
        return self.case == case.id if self.case else self.promise == promise


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    accepted: tuple[Accepted, ...] = ()


def load(file: Path) -> tuple[Accepted, ...]:
    """The entries of the file. Raises AcceptedError where it cannot be read, or an entry is wrong."""
    try:
        entries = msgspec.toml.decode(file.read_text(encoding="utf-8"), type=_File).accepted
    except (OSError, ValueError) as error:
        raise AcceptedError(f"{file}: {error}") from error
    for number, entry in enumerate(entries, 1):
        if wrong := _wrong(entry):
            raise AcceptedError(f"{file}, entry {number}: {wrong}")
    return entries


def _wrong(entry: Accepted) -> str:
    if bool(entry.promise) == bool(entry.case):
        return "name either a promise or a case"
    if empty := [field for field in ("reason", "owner") if not getattr(entry, field).strip()]:
        return f"{entry.name} needs a {' and a '.join(empty)}"
    if entry.promise and entry.promise not in promises.catalogue():
        try:
            promises.check([entry.promise])
        except promises.UnknownPromise as error:
            return str(error)
        return f"{entry.promise} is a pattern; name each promise"
    return ""


def bearing(case: Case, promise: str, entries: Iterable[Accepted], today: date) -> str:
    """The acceptance that makes this broken case bearable for this promise, in words, or ""."""
    if promises.never_accepted(promise):
        return ""
    return next((e.told() for e in entries if e.covers(case, promise) and e.expires >= today), "")


def objections(entries: Iterable[Accepted], runs: Sequence[Conformance], today: date) -> list[str]:
    """What is wrong with the entries as these runs saw things: each is a reason for no GO, one sentence."""
    cases = [case for run in runs for case in run.cases]
    told = (
        _expired(e, today) or _unbearable(e, cases) or _passes(e, cases, runs) or _misnamed(e, cases) for e in entries
    )
    return [each for each in told if each]


def _expired(entry: Accepted, today: date) -> str:
    return f"accepted: {entry.name} expired on {entry.expires.isoformat()}" if entry.expires < today else ""


def _unbearable(entry: Accepted, cases: Sequence[Case]) -> str:
    named = {entry.promise} if entry.promise else {p for case in cases if case.id == entry.case for p in case.promises}
    bad = next((each for each in sorted(named) if promises.never_accepted(each)), "")
    return f"accepted: {entry.name} cannot be accepted: loss, forgery and leaks never are" if bad else ""


def _misnamed(entry: Accepted, cases: Sequence[Case]) -> str:
    """A failure that the entry does not name, but nearly: of no case with this name, and one that fails beside it."""
    if not entry.case or entry.case in {case.id for case in cases}:
        return ""
    failed = [case.id for case in cases if case.state == "broken"]
    near = [each for each in failed if each.startswith(entry.case)] or get_close_matches(entry.case, failed, 1, 0.9)
    return f"accepted: {entry.case} is no case of this run; did you mean {near[0]}?" if near else ""


def _passes(entry: Accepted, cases: Sequence[Case], runs: Sequence[Conformance]) -> str:
    """A listed failure that is none any more must leave the list, or it would hide the next one.

    That a promise holds, only a run of all its cases can say: of every suite that owes it.
    """
    whole = {run.suite for run in runs if _all_of(run, entry.promise)}
    if entry.promise and not promises.owing(entry.promise) <= whole:
        return ""
    covered = [case for case in cases if any(entry.covers(case, promise) for promise in case.promises)]
    states = {case.state for case in covered}
    passes = "holds" in states and states <= {"holds", "not verified"}
    return f"accepted: {entry.name} holds now; take it out of the list" if passes else ""


def _all_of(run: Conformance, promise: str) -> bool:
    return not run.some and (not run.selected or bool(promises.matching(run.selected, [promise])))
