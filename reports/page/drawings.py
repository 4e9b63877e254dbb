"""Every drawing of the page: pictures with their legends, and counter-examples; in two languages and two widths."""

from collections.abc import Callable
from typing import NamedTuple

from reports import charts, sequence
from reports.model import Disturbance, Judgement, Step, Verdict
from reports.page import figures, palette
from reports.page.pictures import hops, over_time, percentiles
from reports.page.words import LANGUAGES, Text, name, phrase, say

WIDE, NARROW = 920, 342  # pixels: the page's column, and a 390-pixel phone's

Draw = Callable[[int], charts.Drawn | None]


class Drawing(NamedTuple):
    """One drawing by language: SVG for a desk and for a phone."""

    name: str
    wide: charts.Drawn
    narrow: charts.Drawn


class Swatch(NamedTuple):
    """One entry of a legend; `look` is line, dash, dots, band or a point's shape."""

    look: str
    color: str
    words: Text


class Mark(NamedTuple):
    """One numbered disturbance of the picture over time."""

    number: str
    what: Text
    when: Text
    kind: Text
    planned: bool


class Picture(NamedTuple):
    """One of the three pictures; `drawing` is None where the run has nothing to draw."""

    title: Text
    text: Text
    legend: list[Swatch]
    drawing: Drawing | None
    marks: list[Mark]


class Example(NamedTuple):
    """A broken promise's smallest counter-example."""

    promise: str
    checked: Text
    drawing: Drawing


def pictures(judgement: Judgement) -> list[Picture]:
    """The three pictures, in order."""
    gate = [Swatch("dots", palette.RED, say("picture.gate"))] if over_time.latency_limits(judgement) else []
    return [
        Picture(
            say("picture.time"),
            _time_text(judgement),
            [*_time_legend(), *gate, *_shades(judgement)],
            drawing("time", lambda width: over_time.draw(judgement, width)),
            [_mark(n, d) for n, d in enumerate(judgement.disturbances, 1)],
        ),
        Picture(
            say("picture.percentiles"),
            say("picture.percentiles_text"),
            [
                Swatch("line", palette.BLUE, say("picture.to_agent")),
                Swatch("dash", palette.ORANGE, say("picture.to_customer")),
                *gate,
            ],
            drawing("percentiles", lambda width: percentiles.draw(judgement, width)),
            [],
        ),
        Picture(
            say("picture.hops"),
            say("picture.hops_text"),
            [Swatch(hops.SHAPES[whose], color, name("whose", whose)) for whose, color in hops.COLORS.items()],
            drawing("hops", lambda width: hops.draw(judgement, width)),
            [],
        ),
    ]


def examples(verdicts: tuple[Verdict, ...]) -> list[Example]:
    """One drawing for each broken promise that has a story."""
    found = []
    for number, verdict in enumerate(v for v in verdicts if v.state == "broken" and v.example):
        if drawn := drawing(f"example-{number}", _story(verdict.example)):
            found.append(Example(figures.visible(verdict.promise), name("checker", verdict.checker), drawn))
    return found


def drawing(title: str, draw: Draw) -> Drawing | None:
    """Draw in both widths; None where there is nothing to draw."""
    wide, narrow = draw(WIDE), draw(NARROW)
    return Drawing(title, wide, narrow) if wide and narrow else None


def _story(steps: tuple[Step, ...]) -> Draw:
    return lambda width: {language: sequence.draw(steps, language, min(width, 880)) for language in LANGUAGES}


def _time_text(judgement: Judgement) -> Text:
    width = over_time.bin_width(judgement.seconds)
    text = say("picture.time_text")
    if width == 1:
        return text
    more = say("picture.time_binned", seconds=width)
    return Text(text.zh + more.zh, f"{text.en} {more.en}")


def _time_legend() -> list[Swatch]:
    return [
        Swatch("line", palette.BLUE, say("picture.sent")),
        Swatch("dash", palette.ORANGE, say("picture.replies")),
        Swatch("line", palette.SKY, say("picture.to_agent_p50")),
        Swatch("line", palette.BLUE, say("picture.to_agent_p99")),
        Swatch("dash", palette.ORANGE, say("picture.to_customer_p99")),
    ]


def _shades(judgement: Judgement) -> list[Swatch]:
    kinds = {d.planned for d in judgement.disturbances}
    planned = [Swatch("band", palette.AMBER, say("picture.planned"))] if True in kinds else []
    return planned + ([Swatch("band", palette.RED, say("picture.unplanned"))] if False in kinds else [])


def _mark(number: int, d: Disturbance) -> Mark:
    when = say("picture.disturbance", begin=f"{d.begin_s:,.1f}", end=f"{d.end_s:,.1f}")
    kind = say("picture.planned" if d.planned else "picture.unplanned")
    return Mark(over_time.circled(number), phrase(figures.visible(d.what)), when, kind, d.planned)
