"""The filter's figures in one order, run after run: cases that ran side by side end in any order."""

from fixtures.evasions.catalogue import CATALOGUE
from reports.filter_figures import FilterFigures, Recall

_PLACES = {each.name: place for place, each in enumerate(CATALOGUE)}


def ordered(told: FilterFigures | None) -> FilterFigures | None:
    """What went wrong first; then classes as the catalogue has them, those not claimed last; the rest by name."""
    if told is None:
        return None
    return FilterFigures(
        classes=tuple(sorted(told.classes, key=_place)),
        clean=tuple(sorted(told.clean, key=lambda each: (not each.alarms, each.category))),
        relations=tuple(sorted(told.relations, key=lambda each: (not each.broken, each.name))),
    )


def _place(told: Recall) -> tuple[bool, bool, int, str]:
    missed = told.claimed and told.found < told.hidden
    return not missed, not told.claimed, _PLACES.get(told.name, len(_PLACES)), told.name
