"""A rehearsal and suites of one target version, put together into one verdict. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import msgspec

from reports.matrix.accepted import Accepted, objections
from reports.matrix.matrix import Matrix, word
from reports.matrix.promises import Promise, catalogue, matching, owed
from reports.matrix.rows import Row, rows, state_of
from reports.matrix.ruling import conditions, failures, orphans, outcome
from reports.model import Judgement, Outcome, State
from reports.summary import word as word_of_rehearsal

REHEARSAL = "rehearsal"
NO_VERSION = "the target tells no version: nobody knows whether these runs are of one"
SOME_CASES = "only some of its cases were played"


class Mismatch(ValueError):
    """The runs are not of one target and version, or are too many of a kind; the text says which."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One run of those put together."""

    kind: str  # rehearsal, contract, security
    run: str
    started: str
    outcome: Outcome
    word: str
    whole: bool = True  # a suite's run of selected promises is not


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict over all of them, and what it rests on."""

    target: str
    target_version: str
    demo: bool
    verdict: Outcome
    exit_code: int
    reasons: tuple[str, ...]
    rows: tuple[Row, ...]
    parts: tuple[Part, ...]
    judgement: Judgement | None
    matrices: tuple[Matrix, ...]


def merge(judgement: Judgement | None, suites: Mapping[str, Matrix], today: date) -> Merged:
    """One verdict over a rehearsal, if there is one, and runs of suites by their names. Raises Mismatch."""
    matrices = tuple(suites.values())
    target, version = one_target(judgement, suites)
    found = _rows(judgement, matrices, today)
    sick = [*_of(REHEARSAL, judgement, "INVALID"), *(_in(m, why) for m in matrices for why in m.sick)]
    failed = [*_of(REHEARSAL, judgement, "NO-GO"), *failures(found)]
    failed += [_in(m, why) for m in matrices for why in orphans(m.results.cases, m.accepted, today)]
    failed += objections(_accepted(matrices), [m.results for m in matrices], today)
    borne = [*_of(REHEARSAL, judgement, "GO WITH CONDITIONS"), *conditions(found), *([] if version else [NO_VERSION])]
    ruling = outcome(sick, failed, borne)
    return Merged(
        target=target,
        target_version=version,
        demo=any(m.demo for m in matrices) or bool(judgement and judgement.demo),
        verdict=ruling.verdict,
        exit_code=ruling.exit_code,
        reasons=ruling.reasons,
        rows=found,
        parts=_parts(judgement, suites),
        judgement=judgement,
        matrices=matrices,
    )


def merged_word(merged: Merged) -> str:
    """The verdict for machines: a GO needs a rehearsal among the runs, and no demonstration."""
    if merged.verdict in ("NO-GO", "INVALID"):
        return merged.verdict
    if merged.demo:
        return merged.verdict.replace("GO", "DEMO PASSED")
    return merged.verdict if merged.judgement else merged.verdict.replace("GO", "PASSED")


def one_target(judgement: Judgement | None, suites: Mapping[str, Matrix]) -> tuple[str, str]:
    """The target and version that all runs name. Raises Mismatch."""
    told = [(judgement.run, judgement.target, judgement.target_version)] if judgement else []
    told += [(run, m.results.target, m.results.target_version) for run, m in suites.items()]
    first = told[0]
    for run, target, version in told[1:]:
        if target != first[1]:
            raise Mismatch(
                f"{first[0]} is of target {first[1]!r} and {run} of {target!r}: one verdict is of one target"
            )
        if not same_version(version, first[2]):
            raise Mismatch(f"{first[0]} is of version {first[2]!r} and {run} of {version!r}: judge one at a time")
    return first[1], max((version for _, _, version in told), key=len)


def same_version(one: str, other: str) -> bool:
    """Whether two runs saw the same version: a suite writes the target's own name before it, a rehearsal does not."""
    short, long = sorted((one, other), key=len)
    return short == long or bool(short and long.endswith(f" {short}"))


def _rows(judgement: Judgement | None, matrices: Sequence[Matrix], today: date) -> tuple[Row, ...]:
    cases = [case for m in matrices for case in m.results.cases]
    wanted = {promise for m in matrices for promise in owed(m.results.suite)}
    seen = _seen(judgement)
    answered = {promise for m in matrices for promise in _answered(m)}
    found = rows(cases, sorted(wanted), _accepted(matrices), today)
    known = {row.promise: row if row.promise in answered else _open(row) for row in found}
    order = [each for each in catalogue() if each in known or each in seen]
    order += [each for each in known if each not in order]
    return tuple(_with(known.get(each) or _blank(each), seen.get(each)) for each in order)


def _answered(matrix: Matrix) -> Collection[str]:
    """The promises whose every case was in this run: a part of them can show a promise broken, not that it holds."""
    results = matrix.results
    if results.some:
        return ()
    return matching(results.selected or ("*",), [row.promise for row in matrix.rows if row.cases])


def _open(row: Row) -> Row:
    if row.state != "holds":
        return row
    return msgspec.structs.replace(row, state="not verified", gaps=(SOME_CASES, *row.gaps))


def _seen(judgement: Judgement | None) -> dict[str, State]:
    """What a rehearsal's checkers say, where they say it: an unknown there is its gates' business."""
    by_promise: dict[str, list[State]] = {}
    for verdict in judgement.verdicts if judgement else ():
        by_promise.setdefault(verdict.promise, []).append(verdict.state)
    told = {promise: state_of(states) for promise, states in by_promise.items()}
    return {promise: state for promise, state in told.items() if state in ("holds", "broken")}


def _with(row: Row, seen: State | None) -> Row:
    """The row with what the rehearsal saw of the promise: its failure counts, and its pass answers what was open."""
    if seen is None:
        return row
    gaps = row.gaps if row.not_verified else ()  # that no case spoke of it is none any more
    return msgspec.structs.replace(row, state=state_of((row.state, seen)), elsewhere=REHEARSAL, gaps=gaps)


def _blank(promise: str) -> Row:
    told = catalogue().get(promise) or Promise(id=promise, text="")
    return Row(
        promise=promise, text=told.text, text_zh=told.text_zh, area=told.area, state="not verified", required=False
    )


def _accepted(matrices: Sequence[Matrix]) -> tuple[Accepted, ...]:
    return tuple(dict.fromkeys(entry for m in matrices for entry in m.accepted))


def _of(kind: str, judgement: Judgement | None, verdict: Outcome) -> list[str]:
    if judgement is None or judgement.verdict != verdict:
        return []
    return [f"in the {kind}: {reason}" for reason in judgement.reasons] or [f"in the {kind}: {verdict}"]


def _in(matrix: Matrix, reason: str) -> str:
    return f"in the {matrix.results.suite} suite: {reason}"


def _parts(judgement: Judgement | None, suites: Mapping[str, Matrix]) -> tuple[Part, ...]:
    found = []
    if judgement:
        found.append(
            Part(
                kind=REHEARSAL,
                run=judgement.run,
                started=judgement.started,
                outcome=judgement.verdict,
                word=word_of_rehearsal(judgement),
            )
        )
    for run, m in suites.items():
        kind, started = m.results.suite, m.results.started
        found.append(Part(kind=kind, run=run, started=started, outcome=m.verdict, word=word(m), whole=not m.part))
    return tuple(found)
