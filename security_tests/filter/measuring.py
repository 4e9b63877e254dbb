"""What the tests of the filter count, for the report: recall by class, alarms by category, relations one by one."""

from collections.abc import Sequence

import msgspec

from reports.filter_figures import CleanTalk, FilterFigures, Recall, Relation


class Tally:
    """One relation's count: cases that could have broken it, up to the first that did, and how many of that look did.

    Hypothesis shrinks what failed by looking again and again; that is not counted.
    """

    def __init__(self) -> None:
        self.looks = 0
        self.examples = 0
        self.broken = 0

    def __repr__(self) -> str:
        return f"{self.examples} cases"

    def look(self, wrong: Sequence[str | None]) -> None:
        """Cases of one example: what was wrong with each, "" for nothing, None where nothing could have been (a text
        without a word to miss or to mask). Fails where anything was.
        """
        bad = [each for each in wrong if each]
        self.looks += 1
        if not self.broken:
            self.examples += sum(each is not None for each in wrong)
            self.broken += len(bad)
        assert not bad, "\n".join(bad[:5])


class Measured:
    """What one test measured."""

    def __init__(self) -> None:
        self.classes: list[Recall] = []
        self.clean: list[CleanTalk] = []
        self.relations: list[Relation] = []

    def figures(self) -> dict[str, object] | None:
        """As the report's property `filter`; None where nothing was measured."""
        figures = FilterFigures(tuple(self.classes), tuple(self.clean), tuple(self.relations))
        told: dict[str, object] = msgspec.to_builtins(figures)
        return told if figures != FilterFigures() else None
