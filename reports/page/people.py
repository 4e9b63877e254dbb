"""The grey box: what simulated people did, and what the target did for them."""

from reports.model import Judgement, Latency, People
from reports.page import figures
from reports.page.words import LANGUAGES, Text, name, say, table

Pair = tuple[Text, Text]  # a word and its value


def pairs(judgement: Judgement) -> list[Pair]:
    """Every figure there is a sample of; nothing here is part of the verdict."""
    p = judgement.people
    found = [_waited(judgement.reply_time), _response(p), _first(p), _satisfied(p), _resolved(p), _bot(p), _vips(p)]
    found += [_counted("simulated.tiers", "tier", p.tiers), _counted("simulated.complaints", "complaint", p.complaints)]
    found += [_dashboard(p), _not_offered(p)]
    return [pair for pair in found if pair is not None]


def _waited(latency: Latency) -> Pair:
    word = say("simulated.reply_time")
    if latency.p50 is None:
        return word, say("page.no_sample")
    spread = say("tile.latency_note", p50=_ms(latency.p50), max=_ms(latency.max), n=f"{latency.n:,}")
    return word, spread


def _response(p: People) -> Pair | None:
    if p.response_s is None:
        return None
    told = say(
        "simulated.response_told",
        mean=_s(p.response_s),
        share=figures.percent(p.within_3_min / p.rounds),
        n=f"{p.rounds:,}",
    )
    return say("simulated.response"), told


def _first(p: People) -> Pair | None:
    return None if p.first_response_s is None else (say("simulated.first"), _seconds(p.first_response_s))


def _satisfied(p: People) -> Pair | None:
    if not p.ratings:
        return None
    told = say(
        "simulated.satisfied_told",
        share=figures.percent(p.satisfied / p.ratings),
        n=f"{p.ratings:,}",
        told=f"{p.told_ratings:,}",
    )
    return say("simulated.satisfied"), told


def _resolved(p: People) -> Pair | None:
    if not p.resolved:  # visits that last as long as the run end with it, and nobody has anything to resolve
        return None
    told = say("simulated.of", some=f"{p.resolved:,}", n=f"{p.conversations:,}")
    return say("simulated.resolved"), told


def _bot(p: People) -> Pair | None:
    if not p.automatic:
        return None
    told = say(
        "simulated.bot_told",
        turns=f"{p.answered_by_bot:,}",
        n=f"{p.answered_by_bot + p.rounds:,}",
        texts=f"{p.automatic:,}",
    )
    return say("simulated.bot"), told


def _vips(p: People) -> Pair | None:
    if not p.vips:
        return None
    return say("simulated.vips"), say("simulated.of", some=f"{p.vips_dedicated:,}", n=f"{p.vips:,}")


def _counted(word: str, section: str, counts: dict[str, int]) -> Pair | None:
    if not counts:
        return None
    known = list(table()[section])
    ordered = sorted(counts.items(), key=lambda each: known.index(each[0]) if each[0] in known else len(known))
    each = [say("simulated.count", what=name(section, key), n=f"{n:,}") for key, n in ordered]
    return say(word), _joined(each)


def _dashboard(p: People) -> Pair | None:
    told = []
    rated, rounds = p.dashboard.get("rated", 0), p.dashboard.get("rounds", 0)
    if rounds and "round_seconds" in p.dashboard:
        told.append(say("simulated.dashboard_response", mean=_s(p.dashboard["round_seconds"] / rounds), n=_n(rounds)))
    if rated and "satisfied" in p.dashboard:
        share = figures.percent(p.dashboard["satisfied"] / rated)
        told.append(say("simulated.dashboard_satisfied", share=share, n=_n(rated)))
    if talked := p.dashboard.get("conversations", 0):
        told.append(say("simulated.dashboard_resolved", some=_n(p.dashboard.get("resolved", 0)), n=_n(talked)))
    return (say("simulated.dashboard"), _joined(told)) if told else None


def _not_offered(p: People) -> Pair | None:
    if not p.not_offered:
        return None
    return say("simulated.not_offered"), _joined([name("offer", each) for each in p.not_offered])


def _joined(texts: list[Text]) -> Text:
    return Text(*(" · ".join(text.of(language) for text in texts) for language in LANGUAGES))


def _seconds(seconds: float) -> Text:
    return say("simulated.seconds", s=_s(seconds))


def _s(seconds: float) -> str:
    return figures.plain(round(seconds, 1)) or "0"


def _n(count: float) -> str:
    return f"{count:,.0f}"


def _ms(seconds: float | None) -> Text:
    value = figures.ms(seconds)
    return Text(f"{value} ms", f"{value} ms") if value else say("page.no_sample")
