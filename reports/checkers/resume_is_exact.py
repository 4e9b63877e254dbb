"""SYNC-1: after a resume nothing is missing on a device that was delivered while it was away."""

from reports.checkers.reaches_every_device import judge
from reports.model import Verdict
from reports.record import History

NAME = "resume_is_exact"
PROMISE = "SYNC-1"
METRICS = ("missed_on_resume",)


def check(history: History) -> Verdict:
    """Opportunities are the pairs of a message and a device that was away at its delivery and resumed later.

    A connection made afresh promises no replay; a device that never came back cannot be judged and is no opportunity.
    """
    return judge(history, PROMISE, NAME, METRICS[0], resumed=True)
