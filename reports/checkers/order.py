"""ORDER-1: what came in order appears in order, with a rising seq that all devices agree on, both ways."""

import polars as pl

from reports.checkers.finding import counted, finding
from reports.example import smallest, tell
from reports.model import Step, Verdict
from reports.record import History

NAME = "order"
PROMISE = "ORDER-1"
METRICS = ("reordered",)


def check(history: History) -> Verdict:
    """Opportunities are the pairs of neighbours: two messages of a conversation on a device, two replies in a row.

    Two messages are in order where the target had acknowledged the one before the gateway first pushed the other.
    Replies are in order where the target had taken the one before the agent sent the other. What a fresh connection is
    shown of the time before it is left out: it may come page by page.
    """
    pairs = _pairs(history)
    replies = _replies(history)
    bad = pl.concat([_turned(pairs), _disagreed(history), _turned(replies)])
    bad = bad.unique(["name", "other"], keep="first", maintain_order=True)
    silent = int((history.appearances["seq"] == 0).sum())
    return finding(
        PROMISE,
        NAME,
        opportunities=len(pairs) + len(replies),
        violations=len(bad),
        metrics={"reordered": len(bad)},
        reason=counted((silent, "appearances had no seq: of these only the order was judged")),
        example=_example(history, bad) if len(bad) else (),
    )


def _pairs(history: History) -> pl.DataFrame:
    """Neighbours by appearance on one device: name, other (the one before), t, device, wrong."""
    known = history.appearances.filter(pl.col("conversation").is_not_null())
    past = pl.col("acknowledged").lt(pl.col("on")) & ~pl.col("resumed")
    live = known.filter(~past.fill_null(False))
    first = live.unique(["message", "device", "epoch"], keep="first", maintain_order=True)
    lane = ["device", "epoch", "conversation"]
    names = ("message", "index", "seq", "acknowledged", "pushed")
    pairs = first.sort("row").with_columns(pl.col(name).shift(1).over(lane).alias(f"{name}_before") for name in names)
    pairs = pairs.filter(pl.col("message_before").is_not_null())
    in_order = pl.col("acknowledged_before") <= pl.col("pushed")
    turned = (pl.col("index") < pl.col("index_before")) & (pl.col("acknowledged") <= pl.col("pushed_before"))
    seqs = (pl.col("seq") > 0) & (pl.col("seq_before") > 0)
    fallen = seqs & (pl.col("index") > pl.col("index_before")) & in_order & (pl.col("seq") <= pl.col("seq_before"))
    return pairs.select(
        pl.col("message").alias("name"),
        pl.col("message_before").alias("other"),
        "t",
        pl.col("device").cast(pl.String),
        (turned | fallen).fill_null(False).alias("wrong"),
    )


def _disagreed(history: History) -> pl.DataFrame:
    """Messages that two devices saw with different seq."""
    told = history.appearances.filter((pl.col("seq") > 0) & pl.col("conversation").is_not_null())
    seqs = told.group_by("message", "place", maintain_order=True).agg(
        pl.col("seq").n_unique().alias("seqs"), pl.col("t").last(), pl.col("device").last().cast(pl.String)
    )
    bad = seqs.filter(pl.col("seqs") > 1)
    return bad.select(pl.col("message").alias("name"), pl.col("message").alias("other"), "t", "device")


def _replies(history: History) -> pl.DataFrame:
    """Neighbours by the time the target took them, in one conversation: both received, the first taken in time."""
    done = history.replies.filter(
        pl.col("taken").is_not_null() & pl.col("received").is_not_null() & pl.col("conversation").is_not_null()
    ).sort("answered")
    names = ("token", "taken", "received")
    pairs = done.with_columns(pl.col(name).shift(1).over("conversation").alias(f"{name}_before") for name in names)
    pairs = pairs.filter(pl.col("taken_before") < pl.col("answered"))
    return pairs.select(
        pl.col("token").alias("name"),
        pl.col("token_before").alias("other"),
        pl.col("received").alias("t"),
        pl.lit("").alias("device"),
        (pl.col("received") < pl.col("received_before")).alias("wrong"),
    )


def _turned(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.filter("wrong").drop("wrong")


def _example(history: History, bad: pl.DataFrame) -> tuple[Step, ...]:
    found = smallest(history, bad)
    names = [str(found["name"]), str(found["other"])]
    on = found["device"]
    return tell(
        history,
        names,
        lambda row: row["t"] == found["t"] and row["kind"] in ("shown", "withheld", "received"),
        device=on,
    )
