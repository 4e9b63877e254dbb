"""FILTER-5: what the target says it blocked appears nowhere on the other side."""

import polars as pl

from reports.checkers.finding import finding
from reports.example import smallest, tell
from reports.model import Step, Verdict
from reports.record import History

NAME = "blocked_reaches_nobody"
PROMISE = "FILTER-5"
METRICS = ("blocked_delivered",)


def check(history: History) -> Verdict:
    """Opportunities are the messages withheld from some device, and the listed replies refused to the agent.

    Violations: a message withheld here and shown there; a reply refused for its listed word and sent to the platform,
    or received, all the same.
    """
    appeared = history.appearances.filter(pl.col("message") != "")
    withheld = appeared.filter("withheld").select("message").unique()
    shown = appeared.filter(~pl.col("withheld")).join(withheld, on="message", how="semi")
    refused = history.replies.filter(pl.col("listed") & pl.col("refused").is_not_null() & pl.col("taken").is_null())
    went = refused.with_columns(t=pl.coalesce("called", "received")).filter(pl.col("t").is_not_null())
    bad = pl.concat([shown.select(name="message", t="t"), went.select(name="token", t="t")])
    bad = bad.unique("name", keep="first", maintain_order=True)
    return finding(
        PROMISE,
        NAME,
        opportunities=len(withheld) + len(refused),
        violations=len(bad),
        metrics={"blocked_delivered": len(bad)},
        example=_example(history, bad) if len(bad) else (),
    )


def _example(history: History, bad: pl.DataFrame) -> tuple[Step, ...]:
    found = smallest(history, bad)
    return tell(history, [found["name"]], lambda row: row["kind"] in ("shown", "called", "received"))
