"""The short verdict a terminal shows at the end of a run, Chinese or English by LANG."""

import os
from collections.abc import Mapping
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Styled

from reports.model import Judgement
from reports.page import banner, figures, reasons, rows, tiles, view
from reports.page.words import Language, say

_COLORS: Final = {"go": "green", "conditions": "yellow", "nogo": "red", "invalid": "bright_black"}
_STATES: Final = {
    "holds": ("✓", "green"),
    "broken": ("✗", "red"),
    "unknown": ("?", "yellow"),
    "not verified": ("–", "yellow"),
}


def language(environment: Mapping[str, str] = os.environ) -> Language:
    """The terminal's language: zh where LC_ALL, LC_MESSAGES or LANG says so, by their usual precedence."""
    named = next((value for key in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(key))), "")
    return "zh" if named.lower().startswith("zh") else "en"


def verdict(judgement: Judgement, report: str = "", speak: Language | None = None) -> Panel:
    """What to print: the banner's words, the key figures, the gates, why, and where the page is."""
    spoken = speak or language()
    shown = banner.banner(judgement)
    color = _COLORS.get(shown.look, "blue")
    about = " · ".join(fact.value.of(spoken) for fact in view.facts(judgement)[:4])
    about += f" · {view.platform(judgement).of(spoken)}" if judgement.platform else ""
    parts: list[RenderableType] = [
        Styled(shown.line, style=f"bold {color}"),
        Styled(about, style="dim"),
        Styled(shown.meaning.of(spoken)),
        Styled(""),
    ]
    parts += [Styled(f"• {reason.of(spoken)}") for reason in reasons.first(reasons.reasons(judgement))]
    parts += [_figures(judgement, spoken), _gates(judgement, spoken)]
    if report:
        parts.append(Styled(f"\n{say('terminal.report').of(spoken)}: {figures.visible(report)}"))
    code = say("terminal.exit", code=judgement.exit_code).of(spoken)
    return Panel(Group(*parts), border_style=color, subtitle=code, padding=(1, 2), expand=False)


def _figures(judgement: Judgement, spoken: Language) -> Table:
    table = Table.grid(padding=(0, 2))
    for tile in tiles.tiles(judgement):
        value = f"{tile.value.of(spoken)} {tile.unit}".strip()
        table.add_row(
            Styled(tile.title.of(spoken), style="dim"), Styled(value, style="bold"), Styled(tile.note.of(spoken))
        )
    return table


def _gates(judgement: Judgement, spoken: Language) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for row in rows.gates(judgement):
        sign, color = _STATES[row.state]
        state = say(f"state.{'waived' if row.waived else row.state}").of(spoken)
        table.add_row(
            Styled(sign, style=color),
            Styled(row.line),
            Styled(row.measured.of(spoken)),
            Styled(f"n = {row.n}", style="dim"),
            Styled(state),
        )
    return table
