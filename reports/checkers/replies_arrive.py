"""DELIVERY-2: a reply the target took from an agent reaches the customer, or the agent is told that it did not."""

import polars as pl

from reports.checkers.finding import counted, finding
from reports.example import absence, smallest, tell
from reports.model import Step, Verdict
from reports.record import NS, History

NAME = "replies_arrive"
PROMISE = "DELIVERY-2"
METRICS = ("lost_to_customer", "in_doubt", "replies_refused")
REFUSED_SHARE = 0.01  # of all clean replies: with more refused at once, the accepted ones speak for too few
_GONE_NS = NS  # a customer who left within it of the platform's call may have missed the reply on the way


def check(history: History) -> Verdict:
    """Opportunities are the replies taken (`replied` ok) whose fate is known.

    Lost: taken, never received, and the agent told nothing. A reply that failed is accounted for only where the
    platform refused it or it held a listed word; a target that just gives up is unknown. The customer who had left is
    no loss where the platform took the reply. in_doubt counts what the agent was told is open.
    """
    fates = _fates(history)
    count = dict(fates["fate"].value_counts().iter_rows())
    lost = fates.filter(pl.col("fate") == "lost")
    clean = fates.filter(~pl.col("listed"))
    refused = int((clean["taken"].is_null() & clean["refused"].is_not_null()).sum())
    many = refused if refused > REFUSED_SHARE * len(clean) else 0
    taken = sum(count.get(fate, 0) for fate in ("arrived", "lost", "told", "in doubt", "left"))
    odd = {fate: count.get(fate, 0) for fate in ("open", "given up", "harness")}
    return finding(
        PROMISE,
        NAME,
        opportunities=taken,
        violations=len(lost),
        unknown=sum(odd.values()) + many,
        metrics={
            "lost_to_customer": len(lost),
            "in_doubt": int(history.replies["doubted"].is_not_null().sum()),
            "replies_refused": refused,
        },
        reason=counted(
            (odd["open"], "replies were still on their way, or unanswered, when the record ended"),
            (odd["given up"], "replies were told to have failed though the platform never refused them"),
            (odd["harness"], "replies were taken by the platform and not seen by a customer who was there"),
            (count.get("left", 0), "were taken by the platform for a customer who had left"),
            (refused, "clean replies were refused at once"),
        ),
        example=_example(history, lost) if len(lost) else (),
    )


def _fates(history: History) -> pl.DataFrame:
    gone = history.of("left").group_by(pl.col("actor").alias("customer")).agg(pl.col("t").max().alias("gone"))
    replies = history.replies.join(gone, on="customer", how="left", maintain_order="left")
    got, taken, called = (pl.col(name).is_not_null() for name in ("received", "taken", "called"))
    failed, unsure = pl.col("failed").is_not_null(), pl.col("doubted").is_not_null()
    due = pl.coalesce("taken", "answered") <= history.settled
    answered = taken | pl.col("refused").is_not_null()
    fate = (
        pl.when(got)
        .then(pl.lit("arrived"))
        .when(~answered)  # nothing was promised, but nothing is known either
        .then(pl.lit("open"))
        .when(~taken)
        .then(pl.lit("refused"))
        .when(unsure)
        .then(pl.lit("in doubt"))
        .when(failed & ((pl.col("denied") > 0) | pl.col("listed")))
        .then(pl.lit("told"))
        .when(failed)
        .then(pl.lit("given up"))
        .when(called & (pl.col("gone") <= pl.col("called") + _GONE_NS))
        .then(pl.lit("left"))
        .when(~due)
        .then(pl.lit("open"))
        .when(called)
        .then(pl.lit("harness"))
        .otherwise(pl.lit("lost"))
    )
    return replies.with_columns(fate=fate)


def _example(history: History, lost: pl.DataFrame) -> tuple[Step, ...]:
    found = smallest(history, lost.select(name="token", t="answered"))
    missing = absence(history, history.horizon, "target", f"never sends {found['name']}, and tells nobody", "gateway")
    return tell(history, [found["name"]], lambda row: row["kind"] == "replied" and row["note"] == "ok", missing=missing)
