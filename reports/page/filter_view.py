"""The filter's figures as the page shows them: bars by class of evasion, kind of clean talk, and relation."""

from typing import NamedTuple

from fixtures.evasions.catalogue import CATALOGUE
from reports.filter_figures import FilterFigures, Recall
from reports.matrix.ordering import ordered
from reports.page import figures
from reports.page.words import Text, name, same, say, table


class Bar(NamedTuple):
    """One line of the filter's figures: how many, how many good and bad; `width` (0 to 100) is the good's, drawn."""

    name: Text
    key: str  # the class's own name, "" where the name says it all
    state: str
    claimed: Text | None
    counts: tuple[str, ...]
    share: Text
    width: int


class FilterView(NamedTuple):
    """The filter's figures class by class."""

    classes: list[Bar]
    clean: list[Bar]
    relations: list[Bar]


def filter_view(measured: FilterFigures | None) -> FilterView | None:
    """Recall by class of evasion, false alarms by kind of clean talk, and each relation by itself."""
    told = ordered(measured)
    if told is None:
        return None
    return FilterView(
        classes=[_class(each) for each in told.classes],
        clean=[_bar(name("talk", c.category), c.n - c.alarms, c.n, _unhurt(c.alarms, c.n)) for c in told.clean],
        relations=[
            _bar(_relation(r.name), r.examples - r.broken, r.examples, _unhurt(r.broken, r.examples))
            for r in told.relations
        ],
    )


def _class(told: Recall) -> Bar:
    """A class that the catalogue knows says what it is in both languages."""
    known = next((each for each in CATALOGUE if each.name == told.name), None)
    named = Text(known.zh, known.en) if known else _in_the_wild(told.name)
    bar = _bar(named, told.found, told.hidden, _recalled(told.claimed, told.found, told.hidden))
    word = say("state.claimed" if told.claimed else "state.unclaimed")
    return bar._replace(claimed=word, key=figures.visible(told.name) if known else "")


def _in_the_wild(named: str) -> Text:
    """A class as the corpus' own disguised sentences have it, or a name nobody knows."""
    shown = figures.visible(named.removeprefix("wild: "))
    return say("talk.wild", what=shown) if named.startswith("wild: ") else same(shown)


def _relation(test: str) -> Text:
    """A relation by its test's name, and behind it the way in."""
    plain, _, way = test.removesuffix("]").partition("[")
    named = table()["relation"].get(plain.replace(" ", "_")) or same(figures.visible(plain))
    by = name("way_in", way)
    return Text(f"{named.zh}（{by.zh}）", f"{named.en} ({by.en})") if way else named


def _recalled(claimed: bool, found: int, hidden: int) -> str:
    """A class that the target does not claim is shown and not judged."""
    if not hidden:
        return "unknown"
    return ("holds" if found == hidden else "broken") if claimed else "not verified"


def _unhurt(bad: int, n: int) -> str:
    return "unknown" if not n else "broken" if bad else "holds"


def _bar(named: Text, good: int, n: int, state: str) -> Bar:
    # never rounded up: 199 of 200 is not 100 %
    share = same(f"{good * 1000 // n / 10:g} %") if n else say("page.no_sample")
    return Bar(named, "", state, None, (f"{n:,}", f"{good:,}", f"{n - good:,}"), share, good * 100 // max(n, 1))
