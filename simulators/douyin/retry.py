"""What becomes of a push after an attempt: a cut connection or a refusal is tried again, three times (4a, [A])."""

from typing import NamedTuple


class Settled(NamedTuple):
    """The target took it."""


class Again(NamedTuple):
    """Try once more at `at` (seconds, the clock of `now`)."""

    at: float


class GivenUp(NamedTuple):
    """The plan is used up: the message is undelivered."""


def next_step(taken: bool, attempt: int, intervals_s: tuple[float, ...], now: float) -> Settled | Again | GivenUp:
    """The step after attempt number `attempt` (from 1) ended at `now`; `intervals_s` has one wait for each retry.

    The page names three retries and no interval: the waits are a setting of ours, [NF].
    """
    if taken:
        return Settled()
    if attempt > len(intervals_s):
        return GivenUp()
    return Again(now + intervals_s[attempt - 1])
