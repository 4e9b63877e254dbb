"""From the rows of a suite to one word and an exit code (design: gates, verdict, exit codes). Pure."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from reports.conformance import Case, Conformance
from reports.matrix.accepted import Accepted, bearing, objections
from reports.matrix.promises import essential, owed
from reports.matrix.rows import Row, rows
from reports.model import EXIT, Outcome


class Ruling(NamedTuple):
    """The verdict, its exit code, and why it is not GO, one sentence each."""

    verdict: Outcome
    exit_code: int
    reasons: tuple[str, ...]


def judge(
    results: Conformance, accepted: Sequence[Accepted], today: date, fault: str = ""
) -> tuple[tuple[Row, ...], Ruling]:
    """The rows and the ruling of one run; `fault` is what the harness says went wrong with it, "" for nothing."""
    found = rows(results.cases, asked(results), accepted, today)
    sick = invalid(results, fault)
    failed = [*failures(found), *orphans(results.cases, accepted, today), *objections(accepted, [results], today)]
    return found, outcome(sick, failed, conditions(found))


def asked(results: Conformance) -> tuple[str, ...]:
    """The promises this run must answer: of one chosen case, its own; else those selected, or all that are owed."""
    if results.chosen:
        return tuple(dict.fromkeys(promise for case in results.cases for promise in case.promises))
    return owed(results.suite, results.selected)


def outcome(sick: Sequence[str], failed: Sequence[str], borne: Sequence[str]) -> Ruling:
    """INVALID goes before NO-GO: nothing rests on a run that was not whole."""
    verdict: Outcome = "INVALID" if sick else "NO-GO" if failed else "GO WITH CONDITIONS" if borne else "GO"
    return Ruling(verdict, EXIT[verdict], (*sick, *failed, *borne))


def invalid(results: Conformance, fault: str) -> list[str]:
    """Why nothing may rest on this run; empty where it can be trusted."""
    found = [each for each in (fault, results.failed) if each]
    ran = len(results.cases)
    if ran < results.planned:
        found.append(f"the run was cut short: {ran} of {results.planned} cases ran")
    if ran > results.planned:
        found.append(f"{ran} cases are told of a run of {results.planned}")
    if not any(case.state in ("holds", "broken", "unknown") for case in results.cases):
        found.append(f"nothing was tested: {ran} cases, none of them executed")
    return found


def failures(found: Sequence[Row]) -> list[str]:
    """Why it is no GO: what is broken and not accepted, then unknown, then essential and without an answer."""
    broken = [
        f"{row.promise} is broken: {row.broken} of {row.cases} cases"
        for row in found
        if row.broken and not row.accepted
    ]
    unknown = [
        f"{row.promise} is unknown: {row.unknown} of {row.cases} cases: {row.doubts[0]}" for row in found if row.unknown
    ]
    return [*broken, *unknown, *_unanswered(found, "there is no going live without an answer to", essential)]


def orphans(cases: Sequence[Case], accepted: Sequence[Accepted], today: date) -> list[str]:
    """Failures of cases that name no promise: nothing is forgotten because nobody asked for it."""
    lost = [case for case in cases if not case.promises and case.state in ("broken", "unknown")]
    return [f"case {case.id} is {case.state}" for case in lost if not bearing(case, "", accepted, today)]


def conditions(found: Sequence[Row]) -> list[str]:
    """What somebody must answer for before it goes live: accepted failures, and promises nobody could verify."""
    borne = [f"accepted: {row.promise} ({row.accepted})" for row in found if row.accepted]
    return borne + _unanswered(found, "not verified:", lambda promise: not essential(promise))


def _unanswered(found: Sequence[Row], said: str, which: Callable[[str], bool]) -> list[str]:
    """The required promises without an answer, those with the same reason in one sentence."""
    by_reason: dict[str, list[str]] = {}
    for row in found:
        if row.state == "not verified" and row.required and which(row.promise):
            by_reason.setdefault(row.gaps[0], []).append(row.promise)
    return [f"{said} {', '.join(names)}: {why}" for why, names in by_reason.items()]
