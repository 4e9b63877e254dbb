"""Spellings found in a folded text: automata find candidates in linear time, rules decide on loose ones.

    folded ────────────────────────▶ patterns of strict spellings ────────────────▶ Seen
       └── squeezing ──▶ squeezed ──▶ patterns of loose spellings ──▶ gaps, runs ──▶ Seen

A spelling is loose where separators or repeats are seen through. Clean texts, nearly all, end at the patterns.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from reference_service.filtering.matching import Patterns
from reference_service.filtering.spelling import Spelling
from reference_service.filtering.squeezing import BETWEEN, CLAUSE, places_of, runs, squeeze

# Doubled, each is another word: 你妈妈的 has no 你妈的 in it. Three in a row are a repetition as any other.
_DOUBLED: Final = frozenset("妈爸爷奶哥姐弟妹叔婆公舅姑娃")


class Seen(NamedTuple):
    """A spelling in a folded text; `places[i]` holds its i-th character, once or repeatedly."""

    spelling: Spelling
    places: list[list[int]]
    reach: tuple[int, int]  # the first and the last place, with what repeats the edges

    @property
    def first(self) -> int:
        """Its first place."""
        return self.places[0][0]

    @property
    def last(self) -> int:
        """Its last place."""
        return self.places[-1][-1]


class Index:
    """Spellings, compiled; immutable, so that any thread may search."""

    def __init__(self, spellings: Sequence[Spelling]) -> None:
        self._strict = [spelling for spelling in spellings if not (spelling.separators or spelling.repeats)]
        self._loose = [spelling for spelling in spellings if spelling.separators or spelling.repeats]
        self._in_folded = Patterns([spelling.text for spelling in self._strict])
        self._in_squeezed = Patterns([squeeze(spelling.text) for spelling in self._loose])

    def __bool__(self) -> bool:
        return bool(self._in_folded or self._in_squeezed)

    def search(self, folded: str) -> list[Seen]:
        """Every spelling in a folded text, overlapping ones too."""
        seen = [
            Seen(self._strict[which], [[at] for at in range(start, end)], (start, end - 1))
            for which, start, end in self._in_folded.find(folded)
        ]
        if self._in_squeezed and (candidates := self._in_squeezed.find(squeeze(folded))):
            where = runs(folded)
            for which, start, end in candidates:
                seen += _loosely(self._loose[which], [places_of(folded, run) for run in where[start:end]], folded)
        return seen


def _loosely(spelling: Spelling, found: list[list[int]], folded: str) -> Iterator[Seen]:
    for core in _cores(spelling, found, folded):
        flat = [at for run in core for at in run]
        gaps = [folded[left + 1 : right] for left, right in pairwise(flat)]
        if _may_be(gaps, spelling):
            reach = (found[0][0], found[-1][-1]) if spelling.repeats else (flat[0], flat[-1])
            yield Seen(spelling, _by_character(core, spelling.counts), reach)


def _cores(spelling: Spelling, found: list[list[int]], folded: str) -> Iterator[list[list[int]]]:
    """The places that make the word: all within it, and of those repeated at its edges as many as it has itself."""
    counts = spelling.counts
    if any(len(run) < need for run, need in zip(found, counts, strict=True)):
        return
    if len(counts) == 1:
        (run,), (need,) = found, counts
        yield from ([run[at : at + need]] for at in range(len(run) - need + 1))
        return
    repeated = [at for at, (run, need) in enumerate(zip(found, counts, strict=True)) if len(run) > need]
    inside = [at for at in repeated if 0 < at < len(found) - 1]
    if inside and (not spelling.repeats or (repeated == inside and _another_word(found, inside, folded))):
        return
    yield [found[0][-counts[0] :], *found[1:-1], found[-1][: counts[-1]]]


def _another_word(found: list[list[int]], repeated: list[int], folded: str) -> bool:
    run = found[repeated[0]]
    return len(repeated) == 1 and len(run) == 2 and folded[run[0]] in _DOUBLED


def _may_be(gaps: list[str], spelling: Spelling) -> bool:
    """Whether these gaps hide a word: one pause (加，微信) ends a clause, pauses all over (加，微，信) do hide one."""
    if not any(gaps):
        return True
    if not spelling.separators or max(map(len, gaps)) > BETWEEN:
        return False
    pauses = any(not CLAUSE.isdisjoint(gap) for gap in gaps)
    return not pauses or (len(gaps) > 1 and all(gaps))


def _by_character(core: list[list[int]], counts: tuple[int, ...]) -> list[list[int]]:
    places: list[list[int]] = []
    for run, need in zip(core, counts, strict=True):
        places += ([at] for at in run[: need - 1])
        places.append(run[need - 1 :])
    return places
