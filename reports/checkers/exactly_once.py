"""DELIVERY-1, "once": no message appears twice on a device, and no reply reaches the customer as two messages."""

import polars as pl

from reports.checkers.finding import counted, finding
from reports.example import smallest, tell
from reports.model import Step, Verdict
from reports.record import History

NAME = "exactly_once"
PROMISE = "DELIVERY-1"
METRICS = ("duplicated",)


def check(history: History) -> Verdict:
    """Opportunities are the distinct appearances (message, device, epoch) and the distinct replies received.

    Violations: a message twice on one device between two fresh connections (a resume replays only what was missed); a
    message stored twice, seen by two ids of the target's own; a reply received under two ids of the platform. A reply
    sent twice and marked in doubt may have been excusable: it is unknown.
    """
    seen = history.appearances.filter(pl.col("message") != "")
    got = history.of("received").filter(pl.col("message") != "")
    doubles = pl.concat([_on_devices(seen), _stored(seen), _replies(history, got)])
    excusable = doubles.filter(pl.col("doubted"))
    certain = doubles.filter(~pl.col("doubted")).unique("name", keep="first", maintain_order=True)
    unreadable = len(history.appearances) - len(seen)
    return finding(
        PROMISE,
        NAME,
        opportunities=seen.select("message", "device", "epoch").n_unique() + got["message"].n_unique(),
        violations=len(certain),
        unknown=len(excusable) + unreadable,
        metrics={"duplicated": len(certain)},
        reason=counted(
            (len(excusable), "replies were sent twice and marked in doubt"),
            (unreadable, "messages appeared without the platform's id"),
        ),
        example=_example(history, certain) if len(certain) else (),
    )


def _on_devices(seen: pl.DataFrame) -> pl.DataFrame:
    again = ~pl.struct("message", "device", "epoch").is_first_distinct()
    return _named(seen.filter(again), pl.col("message"), pl.col("device").cast(pl.String))


def _stored(seen: pl.DataFrame) -> pl.DataFrame:
    ids = seen.filter(pl.col("ref") != "").unique(["message", "ref"], keep="first", maintain_order=True)
    return _named(ids.filter(~pl.col("message").is_first_distinct()), pl.col("message"))


def _replies(history: History, got: pl.DataFrame) -> pl.DataFrame:
    different = got.unique(["message", "ref"], keep="first", maintain_order=True)
    twice = _named(different.filter(~pl.col("message").is_first_distinct()), pl.col("message")).drop("doubted")
    doubted = history.replies.select(pl.col("token").alias("name"), pl.col("doubted").is_not_null())
    return twice.join(doubted, on="name", how="left").with_columns(pl.col("doubted").fill_null(False))


def _named(rows: pl.DataFrame, name: pl.Expr, device: pl.Expr | None = None) -> pl.DataFrame:
    return rows.select(
        name.alias("name"), "t", (pl.lit("") if device is None else device).alias("device"), doubted=pl.lit(False)
    )


def _example(history: History, certain: pl.DataFrame) -> tuple[Step, ...]:
    found = smallest(history, certain)
    again = found["t"]
    return tell(
        history,
        [found["name"]],
        lambda row: row["t"] >= again and row["kind"] in ("shown", "withheld", "received"),
        device=found["device"],
    )
