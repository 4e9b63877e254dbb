"""Allowed phrases: what they unlock, and what is unlocked no more when part of a phrase is covered up (FILTER-2)."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol, TypeVar

from reference_service.filtering.folding import PLAIN, splits
from reference_service.filtering.matching import Patterns

Span = tuple[int, int]


class Placed(Protocol):
    """Anything with offsets in a text, end exclusive."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


P = TypeVar("P", bound=Placed)


class Allowed:
    """Allowed phrases, compiled. They are folded as words are, but separators and repeats are not seen through."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._phrases = Patterns([folded for phrase in phrases if (folded := PLAIN.fold(phrase))])

    def spans(self, text: str, folded: str) -> list[Span]:
        """Where phrases stand in a text, by their start."""
        found = self._phrases.find(folded)
        sources = PLAIN.places(text) if found else []
        return sorted(
            (sources[start], sources[end - 1] + 1) for _, start, end in found if not splits(sources, start, end - 1)
        )


def unlocked(hits: list[P], spans: list[Span]) -> list[P]:
    """The hits that stay: those that no single span covers whole. The spans are in the order of their starts."""
    if not spans:
        return hits
    starts = [start for start, _ in spans]
    reach = list(accumulate((end for _, end in spans), max))
    before = [bisect_right(starts, hit.start) for hit in hits]
    return [hit for hit, many in zip(hits, before, strict=True) if not many or reach[many - 1] < hit.end]


def laid_open(hits: list[P], spans: list[Span]) -> list[P]:
    """The hits that stay when all that stay are covered up: a phrase of which a part is covered allows nothing more."""
    over: defaultdict[int, list[int]] = defaultdict(list)  # place -> the spans over it
    for number, (start, end) in enumerate(spans):
        for at in range(start, end):
            over[at].append(number)
    covers = [{number for number in over[hit.start] if hit.end <= spans[number][1]} for hit in hits]
    covered: defaultdict[int, list[int]] = defaultdict(list)  # span -> the hits it covers
    for which, numbers in enumerate(covers):
        for number in numbers:
            covered[number].append(which)
    open_now = [which for which, numbers in enumerate(covers) if not numbers]
    for which in open_now:  # grows while it is read
        for at in range(hits[which].start, hits[which].end):
            for number in over.pop(at, ()):
                for other in covered.pop(number, ()):
                    covers[other].discard(number)
                    if not covers[other]:
                        open_now.append(other)
    return [hits[which] for which in sorted(open_now)]
