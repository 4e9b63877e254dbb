"""From the rows of a suite to one word and an exit code (design: gates, verdict, exit codes). Pure."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from reports.conformance import Case, Conformance
from reports.matrix.accepted import Accepted, bearing, objections
from reports.matrix.promises import essential, owed
from reports.matrix.rows import Row, rows
from reports.model import Outcome
from reports.verdict import EXIT


class Ruling(NamedTuple):
    """The verdict, its exit code, and why it is not GO, one sentence each."""

    verdict: Outcome
    exit_code: int
    reasons: tuple[str, ...]


def judge(
    results: Conformance, accepted: Sequence[Accepted], today: date, fault: str = ""
) -> tuple[tuple[Row, ...], Ruling]:
    """The rows and the ruling of one run; `fault` is what the harness says went wrong with it, "" for nothing."""
    found = rows(results.cases, owed(results.suite, results.selected), accepted, today)
    sick = invalid(results, fault)
    failed = [*failures(found), *orphans(results.cases, accepted, today), *objections(accepted, results.cases, today)]
    return found, outcome(sick, failed, conditions(found))


def outcome(sick: Sequence[str], failed: Sequence[str], borne: Sequence[str]) -> Ruling:
    """INVALID goes before NO-GO: nothing rests on a run that was not whole."""
    verdict: Outcome = "INVALID" if sick else "NO-GO" if failed else "GO WITH CONDITIONS" if borne else "GO"
    return Ruling(verdict, EXIT[verdict], (*sick, *failed, *borne))


def invalid(results: Conformance, fault: str) -> list[str]:
    """Why nothing may rest on this run; empty where it can be trusted."""
    found = [fault] if fault else []
    ran = len(results.cases)
    if ran < results.planned:
        found.append(f"the run was cut short: {ran} of {results.planned} cases ran")
    if not any(case.state in ("holds", "broken", "unknown") for case in results.cases):
        found.append(f"nothing was tested: {ran} cases, none of them executed")
    return found


def failures(found: Sequence[Row]) -> list[str]:
    """Why it is no GO, promise by promise: broken and not accepted, unknown, or essential and without an answer."""
    return [sentence for row in found if (sentence := _failure(row))]


def _failure(row: Row) -> str:
    if row.broken and not row.accepted:
        return f"{row.promise} is broken: {row.broken} of {row.cases} cases"
    if row.unknown:
        return f"{row.promise} is unknown: {row.unknown} of {row.cases} cases: {row.doubts[0]}"
    if row.state == "not verified" and row.required and essential(row.promise):
        return f"{row.promise} is not verified, and there is no going live without it: {row.gaps[0]}"
    return ""


def orphans(cases: Sequence[Case], accepted: Sequence[Accepted], today: date) -> list[str]:
    """Failures of cases that name no promise: nothing is forgotten because nobody asked for it."""
    lost = [case for case in cases if not case.promises and case.state in ("broken", "unknown")]
    return [f"case {case.id} is {case.state}" for case in lost if not bearing(case, "", accepted, today)]


def conditions(found: Sequence[Row]) -> list[str]:
    """What somebody must answer for before it goes live: accepted failures, and promises nobody could verify."""
    borne = [f"accepted: {row.promise} ({row.accepted})" for row in found if row.accepted]
    return borne + [
        f"{row.promise} is not verified: {row.gaps[0]}"
        for row in found
        if row.state == "not verified" and row.required and not essential(row.promise)
    ]
