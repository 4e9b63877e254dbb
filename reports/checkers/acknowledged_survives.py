"""GATEWAY-4: what the target acknowledged to the platform appears to an agent of its shop, whatever dies meanwhile."""

from reports.checkers.finding import counted, finding
from reports.example import absence, smallest, tell
from reports.model import Step, Verdict
from reports.record import History

NAME = "acknowledged_survives"
PROMISE = "GATEWAY-4"
METRICS = ("lost_to_agent",)
QUEUED_SHARE = 0.1  # of the acknowledged messages: with more in a queue at the end, too little was seen to judge


def check(history: History) -> Verdict:
    """Opportunities are the acknowledged messages.

    The metric `lost_to_agent` counts a message once that is missing anywhere it had to appear, on a second device or
    after a resume too (reaches_every_device, resume_is_exact).
    """
    misses = history.misses
    lost, queued = len(misses.nowhere), len(misses.queued)
    too_many = queued if queued > QUEUED_SHARE * misses.acknowledged else 0
    return finding(
        PROMISE,
        NAME,
        opportunities=misses.acknowledged - len(misses.open) - queued,
        violations=lost,
        unknown=len(misses.open) + too_many,
        metrics={"lost_to_agent": misses.lost},
        reason=counted(
            (len(misses.open), "acknowledged messages had not appeared when the record ended: their fate is open"),
            (queued, "waited in a queue to the end, every agent of their shop full; set apart"),
        ),
        example=_example(history) if lost else (),
    )


def _example(history: History) -> tuple[Step, ...]:
    nowhere = history.misses.nowhere.rename({"message": "name", "acknowledged": "t"})
    found = smallest(history, nowhere)
    missing = absence(history, history.horizon, "target", f"never shows {found['name']} to any agent", "agent")
    return tell(history, [found["name"]], lambda row: row["kind"] in ("acknowledged", "withheld"), missing=missing)
