"""Everything the template needs, decided: the template only places it."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from reports.model import Environment, Judgement
from reports.page import banner, figures, gateline, people, reasons, rows, tiles
from reports.page.words import LANGUAGES, Text, name, phrase, same, say, table

if TYPE_CHECKING:
    from reports.page.drawings import Example, Picture


class Fact(NamedTuple):
    """A word and its value."""

    word: Text
    value: Text


class View(NamedTuple):
    """The page's content, top to bottom."""

    banner: banner.Banner
    facts: list[Fact]
    reasons: list[Text]
    waivers: list[rows.GateRow]
    tiles: list[tiles.Tile]
    gates: list[rows.GateRow]
    pictures: list["Picture"]
    quantiles: list[tuple[str, Text, Text]]
    phases: list[rows.PhaseRow]
    promises: list[rows.PromiseRow]
    examples: list["Example"]
    unanswered: list[rows.Open]
    other_calls: list[rows.OtherCallRow]
    health: list[rows.HealthRow]
    trust: list[Fact]
    simulated: list[Fact]
    simulated_lead: Text
    command: str
    environment: list[Fact]
    limits: list[Text]
    made_by: Text


def view(judgement: Judgement) -> View:
    """Turn a judgement into the page's content; draws the pictures."""
    from reports.page import drawings  # lazily: it brings Altair, which importers of this module need not pay for

    gates = rows.gates(judgement)
    return View(
        banner=banner.banner(judgement),
        facts=facts(judgement),
        reasons=reasons.first(reasons.reasons(judgement)),
        waivers=[row for row in gates if row.waived],
        tiles=tiles.tiles(judgement),
        gates=gates,
        pictures=drawings.pictures(judgement),
        quantiles=quantiles(judgement),
        phases=rows.phases(judgement),
        promises=rows.promises(judgement),
        examples=drawings.examples(judgement.verdicts),
        unanswered=rows.unanswered(judgement),
        other_calls=rows.other_calls(judgement),
        health=rows.health(judgement),
        trust=_trust(judgement),
        simulated=[Fact(*pair) for pair in people.pairs(judgement)],
        simulated_lead=say("section.simulated_lead", speed=figures.plain(judgement.business_speed)),
        command=figures.visible(judgement.command),
        environment=_environment(judgement.environment),
        limits=[say(f"limit.{key}") for key in table()["limit"]],
        made_by=say("page.made_by", version=figures.visible(judgement.environment.golive)),
    )


def facts(judgement: Judgement) -> list[Fact]:
    """What stands in the banner: target, version, date, scenario, seed, run, platform."""
    version = same(figures.visible(judgement.target_version)) if judgement.target_version else None
    scenario = Text(*(f"{title} ({judgement.scenario})" for title in (judgement.title_zh, judgement.title_en)))
    return [
        Fact(say("page.target"), same(figures.visible(judgement.target))),
        Fact(say("page.version"), version or say("page.unnamed_version")),
        Fact(say("page.date"), same(date(judgement.started))),
        Fact(say("page.scenario"), Text(*(figures.visible(scenario.of(language)) for language in LANGUAGES))),
        Fact(say("page.seed"), same(judgement.seed)),
        Fact(say("page.run"), same(figures.visible(judgement.run))),
        *([Fact(say("page.platform"), platform(judgement))] if judgement.platform else []),
        *(Fact(say("page.changed"), same(figures.visible(change))) for change in judgement.changes),
        *(Fact(say("page.note"), phrase(figures.visible(note))) for note in judgement.notes),
    ]


def platform(judgement: Judgement) -> Text:
    """The profile's name, and that its chat is no platform's where that is so."""
    named = figures.visible(judgement.platform)
    return say("page.own_chat", profile=named) if judgement.own_chat else same(named)


def date(started: str) -> str:
    """An ISO 8601 time to the minute, with its zone; as it is where it is none."""
    try:
        return datetime.fromisoformat(started).strftime("%Y-%m-%d %H:%M %Z").strip()
    except ValueError:
        return figures.visible(started)


def quantiles(judgement: Judgement) -> list[tuple[str, Text, Text]]:
    """The percentile table: name, to the agent, to the customer, in ms; with `max` last."""
    to_agent, to_customer = dict(judgement.percentiles_to_agent), dict(judgement.percentiles_to_customer)
    shown = [q for q in (0.5, 0.9, 0.95, 0.99, 0.999, 0.9999) if q in to_agent or q in to_customer]
    limits = _limits(judgement)
    lines = [
        (f"p{q * 100:.10g}", _ms(to_agent.get(q), limits.get(q)), _ms(to_customer.get(q), limits.get(q))) for q in shown
    ]
    if not lines:
        return []
    return [*lines, ("max", _ms(judgement.to_agent.max), _ms(judgement.to_customer.max))]


def _limits(judgement: Judgement) -> dict[float, float]:
    """The sync latency gates' limits (s) by quantile, near which a figure keeps its digits."""
    lines = [line for gate in judgement.gates if (line := gateline.parse(gate.line))]
    return {
        float(f"0.{line.stat[1:]}"): line.limit
        for line in lines
        if line.metric.startswith("sync_latency") and line.stat.startswith("p")
    }


def _trust(judgement: Judgement) -> list[Fact]:
    dropped = say("trust.dropped_of", n=f"{judgement.dropped:,}", total=f"{judgement.arrivals:,}")
    found = [Fact(say("trust.dropped"), dropped if judgement.arrivals else say("page.no_sample"))]
    if judgement.joins:
        shares = [
            say("trust.join_share", route=name("join", route), share=figures.percent(share))
            for route, share in judgement.joins.items()
        ]
        found.append(Fact(say("trust.joins"), Text(*(" · ".join(s.of(lang) for s in shares) for lang in LANGUAGES))))
    return [*found, _clocks(judgement)] if judgement.health else found


def _clocks(judgement: Judgement) -> Fact:
    """How far each process's clock may be off the gateway's; one sentence where all read the very same."""
    unsure = [each for each in judgement.health if each.clock_error_s != 0]
    told = [
        say("trust.clock_unknown", process=name("process", each.process))
        if each.clock_error_s is None
        else say("trust.clock_error", process=name("process", each.process), error=figures.error(each.clock_error_s))
        for each in unsure
    ]
    if not told:
        return Fact(say("trust.clocks"), say("trust.clock_shared"))
    return Fact(say("trust.clocks"), Text(*(" · ".join(each.of(lang) for each in told) for lang in LANGUAGES)))


def _environment(environment: Environment) -> list[Fact]:
    if not environment.system:
        return []
    machine = say(
        "trust.machine",
        system=figures.visible(environment.system),
        cpus=environment.cpus,
        memory=figures.plain(round(environment.memory_gib, 1)),
        python=figures.visible(environment.python),
    )
    return [Fact(say("trust.environment"), machine)]


def _ms(seconds: float | None, limit: float | None = None) -> Text:
    value = figures.ms(seconds, limit)
    return same(value) if value else say("page.no_sample")
