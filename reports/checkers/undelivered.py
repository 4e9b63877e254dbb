"""GATEWAY-5, the part seen here: the target takes every message within the platform's retry plan."""

import polars as pl

from reports.checkers.finding import counted, finding
from reports.example import smallest, tell
from reports.model import Step, Verdict
from reports.record import History

NAME = "undelivered"
PROMISE = "GATEWAY-5"
METRICS = ("undelivered",)


def check(history: History) -> Verdict:
    """Opportunities are the messages the gateway took. Undelivered is not lost: the target never had them.

    A message neither acknowledged nor given up, with time enough for the whole retry plan, is unknown.
    """
    known = history.messages
    given_up = known.filter(pl.col("undelivered").is_not_null())
    unsettled = known.filter(pl.col("acknowledged").is_null() & pl.col("undelivered").is_null())
    example: tuple[Step, ...] = ()
    if len(given_up):
        found = smallest(history, given_up.select(name="message", t="undelivered"))
        example = tell(history, [found["name"]], lambda row: row["kind"] in ("push_failed", "undelivered"))
    return finding(
        PROMISE,
        NAME,
        opportunities=len(known) - len(unsettled),
        violations=len(given_up),
        unknown=len(unsettled),
        metrics={"undelivered": len(given_up)},
        reason=counted((len(unsettled), "messages were neither taken nor given up when the record ended")),
        example=example,
    )
