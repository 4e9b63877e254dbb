"""The checkers: each judges one promise on a whole history and knows nothing of the others."""

import traceback
from collections.abc import Callable, Sequence
from typing import NamedTuple

from reports.checkers import (
    acknowledged_survives,
    assigned_once,
    blocked_reaches_nobody,
    blocked_stays_blocked,
    capacity,
    exactly_once,
    leaks,
    order,
    phantom,
    reaches_every_device,
    replies_arrive,
    resume_is_exact,
    signature,
    undelivered,
)
from reports.load import NEEDED
from reports.model import Verdict
from reports.record import History


class Checker(NamedTuple):
    """A checker and the promise it reports by. `metrics` are the counts that gates may name."""

    name: str
    promise: str
    metrics: tuple[str, ...]
    check: Callable[[History], Verdict]


def _of(*modules: object) -> tuple[Checker, ...]:
    return tuple(Checker(m.NAME, m.PROMISE, m.METRICS, m.check) for m in modules)  # type: ignore[attr-defined]


CHECKERS = _of(
    acknowledged_survives,
    reaches_every_device,
    resume_is_exact,
    replies_arrive,
    exactly_once,
    order,
    phantom,
    leaks,
    blocked_stays_blocked,
    blocked_reaches_nobody,
    signature,
    capacity,
    assigned_once,
    undelivered,
)


def run(history: History, checkers: Sequence[Checker] = CHECKERS) -> tuple[Verdict, ...]:
    """Every checker's verdict. One that crashes, or lacks a stream, says `unknown` and why; it never passes."""
    absent = [part for part in NEEDED if not history.has(part)]
    if absent:
        reason = f"no stream of {', '.join(absent)}: what happened there is not known"
        return tuple(_unknown(checker, reason) for checker in checkers)
    return tuple(_checked(checker, history) for checker in checkers)


def _checked(checker: Checker, history: History) -> Verdict:
    try:
        return checker.check(history)
    except Exception as error:  # a checker's own bug must never become a pass
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{where.name} in {where.filename.rpartition('/')[2]}, line {where.lineno}"
        return _unknown(checker, f"the checker failed: {type(error).__name__}: {error} ({place})")


def _unknown(checker: Checker, reason: str) -> Verdict:
    return Verdict(promise=checker.promise, checker=checker.name, state="unknown", reason=reason)
