"""DELIVERY-1: a message delivered to an agent appears on every device of that agent that is online then."""

import polars as pl

from reports.checkers.finding import counted, finding
from reports.example import absence, smallest, tell
from reports.model import Step, Verdict
from reports.record import History

NAME = "reaches_every_device"
PROMISE = "DELIVERY-1"
METRICS = ("missed_on_device",)


def check(history: History) -> Verdict:
    """Opportunities are the pairs of a message and a device that was online all the time."""
    return judge(history, PROMISE, NAME, METRICS[0], resumed=False)


def judge(history: History, promise: str, name: str, metric: str, *, resumed: bool) -> Verdict:
    """The verdict on the duties of devices that stayed, or of those that were away and resumed."""
    duties = history.misses.duties.filter(pl.col("resumed") == resumed)
    missed = duties.filter(pl.col("state") == "missed")
    undecided = int((duties["state"] == "open").sum())
    return finding(
        promise,
        name,
        opportunities=len(duties) - undecided,
        violations=len(missed),
        unknown=undecided,
        metrics={metric: len(missed)},
        reason=counted((undecided, "times a device had too little connected time left to show what another had shown")),
        example=_example(history, missed) if len(missed) else (),
    )


def _example(history: History, missed: pl.DataFrame) -> tuple[Step, ...]:
    found = smallest(history, missed.select(name="message", t="delivered", device="device"))
    missing = absence(history, history.horizon, "target", f"never shows {found['name']}", str(found["device"]))
    return tell(history, [found["name"]], device=str(found["device"]), missing=missing)
