"""How a suite goes, while it goes: a bar (rich), or one line every ten seconds where there is no terminal."""

import time
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from golive.language import say
from reports.conformance import Conformance, Suite

QUIET_S: Final = 10.0
SIGNS: Final = {"holds": "✓", "broken": "✗", "unknown": "?", "not verified": "–"}


class SuiteScreen:
    """Use as a context manager; call it with what results.json says, None while there is none."""

    def __init__(self, console: Console, suite: Suite, target: str, run: str) -> None:
        self.console = console
        self._title = f"{run} · {target}"
        self._suite = suite
        self._told_at = time.monotonic()
        self._shown: set[str] = set()
        self._reasons: set[str] = set()
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[states]}", markup=False),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(suite, total=None, states="")

    def __enter__(self) -> "SuiteScreen":
        self.console.print(Text(self._title, style="dim"))
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, results: Conformance | None) -> None:
        """Show how far it is; each failure is told once, above the bar, and stays."""
        if results is None:
            return self._line(say("准备中", "getting ready"))
        for case in results.cases:
            if case.state in ("broken", "unknown") and case.id not in self._shown:
                self._shown.add(case.id)
                self._tell(f"{SIGNS[case.state]} {case.id}", case.reason)
        states = tally(results)
        self._bar.update(self._task, total=results.planned or None, completed=len(results.cases), states=states)
        return self._line(f"{len(results.cases)}/{results.planned}  {states}")

    def _tell(self, what: str, why: str) -> None:
        """A failure, once; where many have the same reason, it is told with the first."""
        known = why in self._reasons
        self._reasons.add(why)
        self.console.print(Text(what if known else f"{what}  {why}", style="red"), soft_wrap=True)

    def _line(self, text: str) -> None:
        if not self.console.is_terminal and time.monotonic() - self._told_at > QUIET_S:
            self._told_at = time.monotonic()
            self.console.print(Text(f"{self._suite}  {text}"), soft_wrap=True)


def tally(results: Conformance) -> str:
    """The cases by state: `✓37 ✗1 –6`."""
    counts = {state: sum(case.state == state for case in results.cases) for state in SIGNS}
    return " ".join(f"{SIGNS[state]}{n}" for state, n in counts.items() if n)
