"""GATEWAY-1: a push with a wrong signature is refused."""

import polars as pl

from reports.checkers.finding import finding
from reports.example import smallest, tell
from reports.model import Step, Verdict
from reports.record import History

NAME = "signature"
PROMISE = "GATEWAY-1"
METRICS = ("forged_taken",)


def check(history: History) -> Verdict:
    """Opportunities are the forged pushes; a violation is one the target acknowledged, or showed to somebody."""
    forged = history.of("forged")
    taken = history.of("forged_taken", "shown", "withheld").join(forged.select("message"), on="message", how="semi")
    bad = taken.select(name="message", t="t").unique("name", keep="first", maintain_order=True)
    example: tuple[Step, ...] = ()
    if len(bad):
        found = smallest(history, bad)
        example = tell(history, [found["name"]], lambda row: row["kind"] in ("forged_taken", "shown", "withheld"))
    return finding(
        PROMISE,
        NAME,
        opportunities=forged.select(pl.col("message").n_unique()).item(),
        violations=len(bad),
        metrics={"forged_taken": len(bad)},
        example=example,
    )
