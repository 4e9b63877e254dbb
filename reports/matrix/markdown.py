"""summary.md of a suite's run: what a merge request shows."""

from collections.abc import Iterable, Sequence

from reports.conformance import Case
from reports.filter_figures import FilterFigures
from reports.matrix.attacks import attacks
from reports.matrix.matrix import STATES, Matrix
from reports.matrix.ordering import ordered
from reports.matrix.rows import Row
from reports.page.suite_banner import headline
from reports.plain import cell


def markdown(m: Matrix) -> str:
    """The verdict, why, the matrix, what was not verified, the filter's figures, and how to repeat it."""
    r = m.results
    version = f" {cell(r.target_version)}" if r.target_version else ""
    lines = [
        f"# {headline(m)}",
        "",
        f"{r.suite} suite · {cell(r.target)}{version} · {cell(r.platform)} · {cell(r.started)} · {r.seconds:.0f} s",
        "",
        *(f"- {cell(reason)}" for reason in m.reasons),
        *([""] if m.reasons else []),
        f"Promises: {', '.join(f'{m.count(state)} {state}' for state in STATES)}. "
        f"Cases: {', '.join(f'{m.cases(state)} {state}' for state in STATES)}.",
        "",
        "| promise | state | holds | broken | unknown | not verified | remark |",
        "|---|---|---|---|---|---|---|",
        *(row_line(row) for row in m.rows),
        "",
        *_failures(m.rows),
        *_filter(ordered(r.filter)),
        *_table("| OWASP item | state | holds | broken | unknown | not verified |", _attacks(r.cases)),
        f"Again: `{cell(r.command)}`",
        "",
    ]
    return "\n".join(lines)


def row_line(row: Row) -> str:
    """One promise as a line of the table."""
    remark = row.accepted and f"accepted: {row.accepted}"
    where = (f"judged by the {row.elsewhere} too",) if row.elsewhere else ()
    remark = remark or "; ".join((*row.doubts, *where, *row.gaps))
    counts = " | ".join(str(n) for n in (row.holds, row.broken, row.unknown, row.not_verified))
    return f"| {cell(row.promise)} | {row.state} | {counts} | {cell(remark)} |"


def _failures(rows: Iterable[Row]) -> list[str]:
    """The smallest counter-example of each broken promise, and how to see it again."""
    lines: list[str] = []
    for row in rows:
        if row.example:
            told = row.happened.replace("```", "'''")
            lines += [f"**{cell(row.promise)}** · {cell(row.example)}", "", "```", told, "```", ""]
            lines += [f"Again: `{cell(row.again)}`", ""]
    return lines


def _filter(figures: FilterFigures | None) -> list[str]:
    """Recall and alarms class by class: there is no total on purpose."""
    if figures is None:
        return []
    return [
        *_table("| class of evasion | claimed | hidden | found |", _classes(figures)),
        *_table("| clean talk | sentences | alarms |", _clean(figures)),
        *_table("| relation | examples | broken |", _relations(figures)),
    ]


def _attacks(cases: Sequence[Case]) -> list[str]:
    return [
        f"| {cell(a.item)} | {a.state} | {a.holds} | {a.broken} | {a.unknown} | {a.not_verified} |"
        for a in attacks(cases)
    ]


def _classes(figures: FilterFigures) -> list[str]:
    return [f"| {cell(c.name)} | {'yes' if c.claimed else 'no'} | {c.hidden} | {c.found} |" for c in figures.classes]


def _clean(figures: FilterFigures) -> list[str]:
    return [f"| {cell(c.category)} | {c.n} | {c.alarms} |" for c in figures.clean]


def _relations(figures: FilterFigures) -> list[str]:
    return [f"| {cell(c.name)} | {c.examples} | {c.broken} |" for c in figures.relations]


def _table(head: str, lines: list[str]) -> list[str]:
    return [head, "|---" * (head.count("|") - 1) + "|", *lines, ""] if lines else []
