"""What the page shows of a suite's run, decided: the template only places it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reports.conformance import Case
from reports.matrix.accepted import Accepted
from reports.matrix.attacks import attacks
from reports.matrix.matrix import Matrix
from reports.matrix.rows import Row
from reports.page import figures
from reports.page.story import story
from reports.page.tiles import Tile
from reports.page.words import Text, name, phrase, same, say


class Square(NamedTuple):
    """One promise in the map of all."""

    promise: str
    number: str
    state: str
    text: Text
    anchor: str


class Area(NamedTuple):
    """The promises of one area, in the map and in the table."""

    title: Text
    key: str
    squares: list[Square]
    rows: list["PromiseRow"]


class PromiseRow(NamedTuple):
    """One promise: its sentence, its cases, and what is to be said of it."""

    promise: str
    anchor: str
    text: Text
    state: str
    accepted: str
    cases: str
    broken: str
    unverified: str
    remarks: list[Text]


class Failure(NamedTuple):
    """One broken promise with its smallest counter-example."""

    promise: str
    text: Text
    case: str
    happened: Text
    again: str
    accepted: str


class Gap(NamedTuple):
    """A promise, or a part of it, that got no answer, and why."""

    promise: str
    text: Text
    state: str
    reasons: list[Text]
    partly: bool


class AttackRow(NamedTuple):
    """One item of OWASP's lists: its state, the cases that were executed, those that broke through, the others."""

    item: str
    state: str
    cases: str
    broken: str
    unverified: str


def tiles(rows: Sequence[Row], suites: Sequence[Matrix]) -> list[Tile]:
    """Promises by state, and the cases that were executed."""
    count = {state: sum(row.state == state for row in rows) for state in ("holds", "broken", "unknown", "not verified")}
    partly = sum(row.state == "holds" and bool(row.gaps) for row in rows)
    borne = sum(bool(row.accepted) for row in rows)
    of_all, nothing = say("tile.of_promises", n=len(rows)), same("")
    return [
        Tile(say("tile.promises_holds"), same(count["holds"]), "", of_all, "holds" if count["holds"] else ""),
        Tile(
            say("tile.promises_broken"),
            same(count["broken"]),
            "",
            say("tile.accepted_of", n=borne) if borne else nothing,
            "broken" if count["broken"] > borne else "waived" if borne else "",
        ),
        Tile(say("tile.promises_unknown"), same(count["unknown"]), "", nothing, "unknown" if count["unknown"] else ""),
        Tile(
            say("tile.promises_unverified"),
            same(count["not verified"]),
            "",
            say("tile.partly", n=partly) if partly else nothing,
            "not verified" if count["not verified"] else "",
        ),
        _executed(suites),
    ]


def _executed(suites: Sequence[Matrix]) -> Tile:
    cases = [case for each in suites for case in each.results.cases]
    skipped = sum(case.state == "not verified" for case in cases)
    seconds = f"{sum(each.results.seconds for each in suites):,.0f}"
    note = say("tile.cases_note", seconds=seconds, skipped=skipped)
    return Tile(say("tile.cases"), same(f"{len(cases) - skipped:,}"), "", note, "")


def areas(rows: Sequence[Row]) -> list[Area]:
    """The rows by area, in the order in which the areas first come."""
    keys = dict.fromkeys(row.area for row in rows)
    return [_area(key, [row for row in rows if row.area == key]) for key in keys]


def _area(key: str, rows: list[Row]) -> Area:
    squares = [
        Square(
            figures.visible(row.promise),
            figures.visible(row.promise.rpartition("-")[2]),
            _state(row),
            _sentence(row),
            anchor(row.promise),
        )
        for row in rows
    ]
    return Area(name("area", key), figures.visible(key), squares, [_promise(row) for row in rows])


def _promise(row: Row) -> PromiseRow:
    remarks = [phrase(figures.visible(text)) for text in (*row.doubts, *row.gaps)]
    if row.elsewhere:
        remarks.append(say("suite.elsewhere", where=name("suite", row.elsewhere)))
    return PromiseRow(
        promise=figures.visible(row.promise),
        anchor=anchor(row.promise),
        text=_sentence(row),
        state=row.state,
        accepted=figures.visible(row.accepted),
        cases=f"{row.holds + row.broken + row.unknown:,}",
        broken=f"{row.broken:,}" if row.broken else "–",
        unverified=f"{row.not_verified:,}" if row.not_verified else "–",
        remarks=remarks,
    )


def failures(rows: Iterable[Row]) -> list[Failure]:
    """The broken promises' smallest counter-examples; those that only a rehearsal broke have theirs among its own."""
    told = list(rows)
    return [
        Failure(
            figures.visible(row.promise),
            _sentence(row),
            figures.visible(row.example),
            story(row.happened.partition("\nsee it again:\n")[0], told),  # a long one scrolls; the command stands below
            figures.visible(row.again),
            figures.visible(row.accepted),
        )
        for row in told
        if row.broken
    ]


def gaps(rows: Iterable[Row], state: str) -> list[Gap]:
    """What is unknown, or not verified: whole promises first, then parts of those that hold or are broken."""
    found = [
        Gap(
            figures.visible(row.promise),
            _sentence(row),
            state,
            [phrase(figures.visible(why)) for why in (row.doubts if state == "unknown" else row.gaps)],
            row.state != state,
        )
        for row in rows
        if (row.doubts if state == "unknown" else row.gaps)
    ]
    return sorted(found, key=lambda gap: gap.partly)


def attack_rows(cases: Sequence[Case]) -> list[AttackRow]:
    """The attacks by OWASP's items."""
    return [
        AttackRow(
            figures.visible(each.item),
            each.state,
            f"{each.holds + each.broken + each.unknown:,}",
            f"{each.broken:,}" if each.broken else "–",
            f"{each.not_verified:,}" if each.not_verified else "–",
        )
        for each in attacks(cases)
    ]


def listed(accepted: Iterable[Accepted]) -> list[Accepted]:
    """The entries of accepted.toml, fit to be shown."""
    return [
        Accepted(
            reason=figures.visible(entry.reason),
            owner=figures.visible(entry.owner),
            expires=entry.expires,
            promise=figures.visible(entry.promise),
            case=figures.visible(entry.case),
        )
        for entry in accepted
    ]


def anchor(promise: str) -> str:
    """A name inside the page that no foreign text can break."""
    return "p-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in promise)


def _state(row: Row) -> str:
    return "waived" if row.accepted else row.state


def _sentence(row: Row) -> Text:
    return Text(figures.visible(row.text_zh or row.text), figures.visible(row.text))
