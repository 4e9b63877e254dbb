"""A suite's run, judged: what the terminal, the page, summary.json, summary.md and junit.xml are made from."""

from collections.abc import Sequence
from datetime import date

import msgspec

from reports.conformance import Conformance
from reports.demonstration import demonstration
from reports.matrix.accepted import Accepted, objections
from reports.matrix.rows import Row
from reports.matrix.ruling import invalid, judge
from reports.model import Outcome, State

STATES: tuple[State, ...] = ("holds", "broken", "unknown", "not verified")
_WORDS: dict[str, tuple[str, str]] = {  # machine's word of a pass; the same with conditions
    "demo": ("DEMO PASSED", "DEMO PASSED WITH CONDITIONS"),
    "part": ("PART PASSED", "PART PASSED WITH CONDITIONS"),
    "suite": ("PASSED", "PASSED WITH CONDITIONS"),
}


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one suite with its verdict. `verdict` is the ruling; what to call it is `word`'s business."""

    results: Conformance
    rows: tuple[Row, ...]
    verdict: Outcome
    exit_code: int
    reasons: tuple[str, ...]
    demo: bool  # the target is the bundled reference
    accepted: tuple[Accepted, ...] = ()
    sick: tuple[str, ...] = ()  # why nothing may rest on the run; these are among the reasons, too
    objections: tuple[str, ...] = ()  # what is wrong with these entries; each is among the reasons

    @property
    def part(self) -> bool:
        """Whether only some promises or cases were asked for."""
        return bool(self.results.selected or self.results.some)

    def count(self, state: State) -> int:
        """How many promises are in this state."""
        return sum(row.state == state for row in self.rows)

    def cases(self, state: State) -> int:
        """How many cases are in this state."""
        return sum(case.state == state for case in self.results.cases)


def matrix(results: Conformance, accepted: Sequence[Accepted], today: date, fault: str = "") -> Matrix:
    """Judge one run of a suite; `fault` is what the harness says went wrong with it."""
    rows, ruling = judge(results, accepted, today, fault)
    return Matrix(
        results=results,
        rows=rows,
        verdict=ruling.verdict,
        exit_code=ruling.exit_code,
        reasons=ruling.reasons,
        demo=demonstration(results.target, results.target_version),
        accepted=tuple(accepted),
        sick=tuple(invalid(results, fault)),
        objections=tuple(objections(accepted, [results], today)),
    )


def kind(matrix: Matrix) -> str:
    """What a pass of this run would be: of a part, a demonstration, or of the whole suite. Never a go-live.

    A suite alone says nothing about load; only a report that merges it with a rehearsal can say 可以上线.
    """
    return "part" if matrix.part else "demo" if matrix.demo else "suite"


def word(matrix: Matrix) -> str:
    """The verdict for machines, in which nobody can grep a GO that is none."""
    if matrix.verdict in ("NO-GO", "INVALID"):
        return matrix.verdict
    return _WORDS[kind(matrix)][matrix.verdict != "GO"]
