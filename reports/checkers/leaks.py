"""TENANT-1: no message appears in another shop, and no reply in another customer's conversation."""

import polars as pl

from reports.checkers.finding import counted, finding
from reports.example import smallest, tell
from reports.model import Step, Verdict
from reports.record import History

NAME = "leaks"
PROMISE = "TENANT-1"
METRICS = ("leaked_across_shops",)


def check(history: History) -> Verdict:
    """Opportunities are all appearances and replies whose origin is known.

    Violations: shown, or only announced (withheld), to an agent of another shop; shown in a conversation of the
    target's that belongs to another customer; a reply called for, or received in, another conversation than the one it
    answers.
    """
    seen = history.appearances.filter(pl.col("own_shop").is_not_null())
    replies = _replies(history)
    bad = pl.concat([_shown_elsewhere(history, seen), replies.filter("wrong").drop("wrong")])
    bad = bad.unique("name", keep="first", maintain_order=True)
    homeless = int(replies["wrong"].is_null().sum())
    return finding(
        PROMISE,
        NAME,
        opportunities=len(seen) + len(replies) - homeless,
        violations=len(bad),
        unknown=homeless,
        metrics={"leaked_across_shops": len(bad)},
        reason=counted((homeless, "replies answered nothing that is known: nobody can say whose they were")),
        example=_example(history, bad) if len(bad) else (),
    )


def _shown_elsewhere(history: History, seen: pl.DataFrame) -> pl.DataFrame:
    home = history.conversations.select("place", pl.col("conversation").alias("home"))
    placed = seen.join(home, on="place", how="left", maintain_order="left")
    foreign = (pl.col("shop") != pl.col("own_shop")) | (
        (pl.col("home") != pl.col("conversation")) & (pl.col("place") != "")
    )
    return placed.filter(foreign).select(pl.col("message").alias("name"), "t", pl.col("device").cast(pl.String))


def _replies(history: History) -> pl.DataFrame:
    """Every call and receipt of a known reply: name, t, device (''), wrong (null where its home is not known)."""
    went = history.of("called", "received").filter((pl.col("kind") == "received") | (pl.col("note") == "ok"))
    went = went.select(pl.col("message").alias("token"), "t", pl.col("conversation").alias("into"))
    meant = history.replies.select("token", "conversation")
    joined = went.join(meant, on="token", how="inner", maintain_order="left")
    return joined.select(
        pl.col("token").alias("name"),
        "t",
        pl.lit("").alias("device"),
        (pl.col("into") != pl.col("conversation")).alias("wrong"),
    )


def _example(history: History, bad: pl.DataFrame) -> tuple[Step, ...]:
    found = smallest(history, bad)
    at = found["t"]
    kinds = ("shown", "withheld", "called", "received")
    return tell(history, [found["name"]], lambda row: row["t"] == at and row["kind"] in kinds)
