"""What the security suite measured of a sensitive-word filter, class by class: never one total."""

from collections.abc import Iterable
from typing import Any

import msgspec


class Recall(msgspec.Struct, frozen=True, rename={"name": "class"}):
    """One class of evasion: of `hidden` listed words that were written so, the target's filter `found` so many."""

    name: str
    claimed: bool  # by the target; a class that is not is measured and shown, not judged
    hidden: int
    found: int


class CleanTalk(msgspec.Struct, frozen=True):
    """One kind of clean shop talk: of `n` sentences so many were taken for something else."""

    category: str
    n: int
    alarms: int


class Relation(msgspec.Struct, frozen=True):
    """One relation that must hold for every text: cases that could break it (to the first failure), how many did."""

    name: str
    examples: int
    broken: int


class FilterFigures(msgspec.Struct, frozen=True):
    """All of it. Each test of the suite reports its part as the property `filter`; `merged` puts them together."""

    classes: tuple[Recall, ...] = ()
    clean: tuple[CleanTalk, ...] = ()
    relations: tuple[Relation, ...] = ()


def _summed(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """One of each name: a relation may be looked at by several tests."""
    found: dict[str, Relation] = {}
    for each in relations:
        known = found.get(each.name, Relation(each.name, 0, 0))
        found[each.name] = Relation(each.name, known.examples + each.examples, known.broken + each.broken)
    return tuple(found.values())


def merged(parts: Iterable[Any]) -> FilterFigures | None:
    """The parts (as JSON-like values) as one, in their order; None where there is none. Raises msgspec.MsgspecError."""
    read = [msgspec.convert(part, FilterFigures) for part in parts]
    if not read:
        return None
    return FilterFigures(
        tuple(row for part in read for row in part.classes),
        tuple(row for part in read for row in part.clean),
        _summed(row for part in read for row in part.relations),
    )
