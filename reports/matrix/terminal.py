"""The conformance matrix in a terminal, Chinese or English by LANG."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Styled

from reports.matrix.matrix import Matrix
from reports.matrix.merge import Merged
from reports.matrix.rows import Row
from reports.page import figures, merged_page, reasons, suite_banner
from reports.page.banner import Banner
from reports.page.story import story
from reports.page.suite_page import facts
from reports.page.terminal import language
from reports.page.view import Fact
from reports.page.words import Language, name, phrase, say

COLORS: Final = {
    "go": "green",
    "conditions": "yellow",
    "nogo": "red",
    "invalid": "bright_black",
    "suite": "green",
    "suite_conditions": "yellow",
}
SIGNS: Final = {
    "holds": ("✓", "green"),
    "broken": ("✗", "red"),
    "unknown": ("?", "yellow"),
    "not verified": ("–", "yellow"),
}
_STORIES = 5  # counter-examples told in full; all stand on the page


def panel(matrix: Matrix, report: str = "", speak: Language | None = None) -> Panel:
    """What to print after a suite: the verdict, the matrix by area, each counter-example, and where the page is."""
    return _panel(matrix, suite_banner.banner(matrix), facts(matrix)[:4], report, speak or language())


def merged_panel(merged: Merged, report: str = "", speak: Language | None = None) -> Panel:
    """The same for several runs put together."""
    return _panel(merged, merged_page.banner(merged), merged_page.facts(merged), report, speak or language())


def _panel(judged: Matrix | Merged, shown: Banner, about: Sequence[Fact], report: str, spoken: Language) -> Panel:
    color = COLORS.get(shown.look, "blue")
    told = [phrase(figures.visible(reason)) for reason in judged.reasons]
    parts: list[RenderableType] = [
        Styled(shown.line, style=f"bold {color}"),
        Styled(" · ".join(fact.value.of(spoken) for fact in about), style="dim"),
        Styled(shown.meaning.of(spoken)),
        Styled(""),
        *(Styled(f"• {reason.of(spoken)}") for reason in reasons.first(told)),
        table(judged.rows, spoken),
        *stories(judged.rows, spoken),
    ]
    if report:
        parts.append(Styled(f"\n{say('terminal.report').of(spoken)}: {figures.visible(report)}"))
    code = say("terminal.exit", code=judged.exit_code).of(spoken)
    return Panel(Group(*parts), border_style=color, subtitle=code, padding=(1, 2), expand=False)


def table(rows: Sequence[Row], spoken: Language) -> Table:
    """One line a promise: its state, its cases, and what is to be said of it; a blank line between areas."""
    shown = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for row in rows:
        sign, color = SIGNS[row.state]
        state = say("state.accepted" if row.accepted else f"state.{row.state}").of(spoken)
        shown.add_row(
            Styled(sign, style="yellow" if row.accepted else color),
            Styled(figures.visible(row.promise)),
            Styled(name("area", row.area).of(spoken), style="dim"),
            Styled(state),
            Styled(_counts(row), style="dim"),
            Styled(_remark(row, spoken), style="dim", overflow="ellipsis", no_wrap=True),
        )
    return shown


def _counts(row: Row) -> str:
    counts = ((row.holds, "✓"), (row.broken, "✗"), (row.unknown, "?"), (row.not_verified, "–"))
    return " ".join(f"{n}{sign}" for n, sign in counts if n)


def _remark(row: Row, spoken: Language) -> str:
    told: Iterable[str] = [row.accepted] if row.accepted else (*row.doubts, *row.gaps)
    where = [say("suite.elsewhere", where=name("suite", row.elsewhere))] if row.elsewhere else []
    return "; ".join(each.of(spoken) for each in (*where, *(phrase(figures.visible(text)) for text in told)))


def stories(rows: Sequence[Row], spoken: Language) -> list[Styled]:
    """The smallest counter-examples, as many as a screen bears."""
    broken = [row for row in rows if row.example and not row.accepted]
    told = []
    for row in broken[:_STORIES]:
        told.append(Styled(f"\n✗ {figures.visible(row.example)}", style="bold red"))
        told.append(Styled(story(row.happened, rows).of(spoken)))
        if row.again not in row.happened:
            told.append(Styled(f"→ {figures.visible(row.again)}", style="bold"))
    if len(broken) > _STORIES:
        told.append(Styled(f"\n{say('reason.more', n=len(broken) - _STORIES).of(spoken)}", style="dim"))
    return told
