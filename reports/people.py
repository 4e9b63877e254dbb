"""Figures about simulated people, and what the target does for them: shown in a grey box, never part of a verdict.

Seconds are the business's: real time multiplied by `business_speed`. The formulas are those of Feige's own pages
(response time) and of the go-live guide (R5): a round begins with a customer's first unanswered message and ends with
the first reply of a person; a round that a bot answered first is not a person's.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from fixtures.automatic import automatic
from fixtures.script import script_of
from history.tokens import find
from reports.model import People

if TYPE_CHECKING:
    from reports.record import History

SATISFIED = 4  # stars from which a customer counts as satisfied
THREE_MINUTES_S = 180.0
NS = 1_000_000_000
_MILLIONTHS = 1e6


class Round(NamedTuple):
    """A customer's turn that was answered: `wait_s` in business seconds, `first` of its conversation."""

    wait_s: float
    by_bot: bool
    first: bool


def people(history: "History") -> People:
    """All figures of a run."""
    rated = history.of("rated")["n"]
    answered, open_ = rounds(history)
    human = [each.wait_s for each in answered if not each.by_bot]
    firsts = [each.wait_s for each in answered if each.first and not each.by_bot]
    talked = history.of("accepted")["conversation"].n_unique()
    done = history.of("released").filter(pl.col("note").cast(pl.String) == "resolved")["conversation"].n_unique()
    vips = _notes(history, "assigned").filter(pl.col("note").str.starts_with("vip"))
    return People(
        ratings=len(rated),
        satisfied=int((rated >= SATISFIED).sum()),
        rounds=len(human),
        response_s=_mean(human),
        first_response_s=_mean(firsts),
        within_3_min=sum(wait <= THREE_MINUTES_S for wait in human),
        answered_by_bot=sum(each.by_bot for each in answered),
        unanswered=open_,
        automatic=len(history.of("auto_received")),
        conversations=talked,
        resolved=done,
        vips=vips["conversation"].n_unique(),
        vips_dedicated=vips.filter(pl.col("note").str.contains("dedicated"))["conversation"].n_unique(),
        tiers=_tiers(history),
        complaints=_complaints(history),
        told_ratings=history.of("csat").select("conversation", "n").n_unique(),
        dashboard=_dashboard(history),
        not_offered=tuple(history.of("not_offered")["note"].cast(pl.String).unique(maintain_order=True)),
    )


def rounds(history: "History") -> tuple[list[Round], int]:
    """Every answered round of every conversation, and how many were never answered."""
    speed = history.scenario.business_speed if history.scenario else 1.0
    greeting = (pl.col("kind") == "auto_received") & ~pl.col("message").cast(pl.String).is_in(_answers(history))
    rows = history.of("sent", "received", "auto_received").filter((pl.col("conversation") != "") & ~greeting)
    kinds = rows["kind"].cast(pl.String).to_list()
    found: list[Round] = []
    begun: dict[str, int] = {}  # conversation: when its open round began
    seen: set[str] = set()
    ordered = sorted(zip(rows["t"], kinds, rows["conversation"].cast(pl.String), strict=True))
    for t, kind, conversation in ordered:
        if kind == "sent":
            begun.setdefault(conversation, t)
        elif conversation in begun:
            wait_s = (t - begun.pop(conversation)) / NS * speed
            by_bot = kind == "auto_received"
            found.append(Round(wait_s, by_bot, conversation not in seen))
            if not by_bot:
                seen.add(conversation)
    return found, len(begun)


def _answers(history: "History") -> list[str]:
    """The tokens of a bot's answers: what else the target says by itself answers nobody."""
    if history.spec is None:
        return []
    scenario = history.spec.scenario
    texts = automatic(history.spec.number, script_of(scenario.talk), scenario.business)
    return [find(faq.answer) for faq in texts.faqs]


def _mean(values: Iterable[float]) -> float | None:
    values = list(values)
    return sum(values) / len(values) if values else None


def _notes(history: "History", kind: str) -> pl.DataFrame:
    return history.of(kind).with_columns(pl.col("note").cast(pl.String))


def _tiers(history: "History") -> dict[str, int]:
    """How many conversations were told of each: "instant warning", "instant breached", …"""
    told = _notes(history, "tier").group_by("note").agg(pl.col("conversation").n_unique())
    return dict(sorted(told.iter_rows()))


def _complaints(history: "History") -> dict[str, int]:
    told = _notes(history, "complaint").filter(pl.col("message") != "")
    return dict(sorted(told.group_by("note").agg(pl.col("message").n_unique()).iter_rows()))


def _dashboard(history: "History") -> dict[str, float]:
    """The target's own figures, all shops together."""
    told = _notes(history, "figure").group_by("note").agg(pl.col("n").sum() / _MILLIONTHS)
    return dict(sorted(told.iter_rows()))
