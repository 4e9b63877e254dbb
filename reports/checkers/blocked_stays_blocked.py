"""FILTER-1: no listed word is readable on the other side, in either direction."""

import polars as pl

from reports.checkers.finding import NO_OPPORTUNITY, finding
from reports.example import smallest, tell
from reports.model import Step, Verdict
from reports.record import History

NAME = "blocked_stays_blocked"
PROMISE = "FILTER-1"
METRICS = ("blocked_leaked",)
READABLE = ("shown", "received", "auto_received")


def check(history: History) -> Verdict:
    """Opportunities are the messages with a listed word that the target acknowledged, and such replies of agents.

    A direction in which the scenario meant to send listed words, and none was sent, leaves the verdict unknown.
    """
    listed = history.messages.filter(pl.col("listed") & pl.col("acknowledged").is_not_null())
    wrote = history.replies.filter("listed")
    readable = history.of(*READABLE).filter(pl.col("note") == "listed")
    names = pl.when(pl.col("message") == "").then(pl.col("ref")).otherwise(pl.col("message"))
    bad = readable.select(name=names, t="t").unique("name", keep="first", maintain_order=True)
    idle = _idle(history, len(listed), len(wrote))
    return finding(
        PROMISE,
        NAME,
        opportunities=len(listed) + len(wrote),
        violations=len(bad),
        unknown=len(idle),
        metrics={"blocked_leaked": len(bad)},
        reason="; ".join(f"{NO_OPPORTUNITY}: {direction}" for direction in idle),
        example=_example(history, bad) if len(bad) else (),
    )


def _idle(history: History, messages: int, replies: int) -> list[str]:
    scenario = history.scenario
    to_agent = scenario is None or scenario.customers.listed_share > 0
    to_customer = scenario is None or scenario.agents.listed_share > 0
    found = []
    if to_agent and not messages:
        found.append("no customer wrote a listed word")
    if to_customer and not replies:
        found.append("no agent wrote a listed word")
    return found


def _example(history: History, bad: pl.DataFrame) -> tuple[Step, ...]:
    found = smallest(history, bad)
    return tell(
        history,
        [found["name"]],
        lambda row: row["note"] == "listed" and row["kind"] in READABLE,
    )
