"""The page of a suite's run, or of several runs of one target version put together."""

from collections.abc import Sequence
from typing import NamedTuple

from reports.matrix.accepted import Accepted
from reports.matrix.matrix import Matrix
from reports.matrix.rows import Row
from reports.page import figures, reasons, suite_banner, suite_view
from reports.page.banner import Banner
from reports.page.filter_view import FilterView, filter_view
from reports.page.tiles import Tile
from reports.page.view import Fact, date
from reports.page.words import Text, name, phrase, same, say, table


class SuiteSections(NamedTuple):
    """The sections about suites, which a rehearsal's page may have, too."""

    tiles: list[Tile]
    areas: list[suite_view.Area]
    failures: list[suite_view.Failure]
    doubts: list[suite_view.Gap]
    gaps: list[suite_view.Gap]
    filters: list[FilterView]
    attacks: list[suite_view.AttackRow]
    accepted: list[Accepted]


class SuitePage(NamedTuple):
    """The page's content, top to bottom."""

    banner: Banner
    facts: list[Fact]
    reasons: list[Text]
    waivers: tuple[()]
    suites: SuiteSections
    command: str
    repeat: list[Fact]
    limits: list[Text]
    made_by: Text


def sections(matrices: Sequence[Matrix], rows: Sequence[Row]) -> SuiteSections:
    """What one or more runs tell, over these rows (of one run, or merged)."""
    told = [filter_view(each.results.filter) for each in matrices]
    entries = dict.fromkeys(entry for each in matrices for entry in each.accepted)
    return SuiteSections(
        tiles=suite_view.tiles(rows, matrices),
        areas=suite_view.areas(rows),
        failures=suite_view.failures(rows),
        doubts=suite_view.gaps(rows, "unknown"),
        gaps=suite_view.gaps(rows, "not verified"),
        filters=[each for each in told if each],
        attacks=suite_view.attack_rows([case for each in matrices for case in each.results.cases]),
        accepted=suite_view.listed(entries),
    )


def suite_page(matrix: Matrix, golive: str = "") -> SuitePage:
    """The content of one run's page; `golive` is the version that made it."""
    return SuitePage(
        banner=suite_banner.banner(matrix),
        facts=facts(matrix),
        reasons=reasons.first([phrase(figures.visible(reason)) for reason in matrix.reasons]),
        waivers=(),
        suites=sections([matrix], matrix.rows),
        command=figures.visible(matrix.results.command),
        repeat=repeat(matrix),
        limits=[say(f"suite_limit.{key}") for key in table()["suite_limit"]],
        made_by=say("page.made_by", version=figures.visible(golive)),
    )


def facts(matrix: Matrix) -> list[Fact]:
    """What stands in the banner: target, version, date, suite, platform, what was selected, and how long it took."""
    told = matrix.results
    version = same(figures.visible(told.target_version)) if told.target_version else say("page.unnamed_version")
    chosen = ", ".join((*told.selected, *filter(None, (told.chosen,))))
    return [
        Fact(say("page.target"), same(figures.visible(told.target))),
        Fact(say("page.version"), version),
        Fact(say("page.date"), same(date(told.started))),
        Fact(say("page.suite"), name("suite", told.suite)),
        Fact(say("page.platform"), same(figures.visible(told.platform) or "–")),
        Fact(say("page.took"), same(f"{told.seconds:,.0f} s")),
        *([Fact(say("page.selected"), same(figures.visible(chosen)))] if chosen else []),
    ]


def repeat(matrix: Matrix) -> list[Fact]:
    """What the run stood on."""
    offers = same(figures.visible(", ".join(matrix.results.offers))) if matrix.results.offers else None
    return [Fact(say("page.offers"), offers or say("page.nothing_more"))]
