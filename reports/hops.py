"""Where the time goes: each leg of a message's way to the agent and of the reply's way back.

intended ─ gateway_accept ─ accepted ─ gateway_queue ─ pushed ─ target_ack ─ acknowledged
                                                        pushed ─ target_to_device ─ shown ─ agent ─ answered
answered ─ target_take ─ replied ─ target_outbox ─ called ─ delivery ─ received
"""

from typing import TYPE_CHECKING, Literal

import polars as pl

from reports.latency import NS, error_s, summary
from reports.model import Hop

if TYPE_CHECKING:
    from reports.record import History

Whose = Literal["target", "harness", "people"]
READ_BY = {"intended": "customers", "received": "customers", "shown": "agents", "answered": "agents", "taken": "agents"}


def hops(history: "History") -> tuple[Hop, ...]:
    """The legs in order, over all messages and replies (disturbed ones too), seconds.

    gateway_accept runs from the intended time: the generator's lateness is not hidden. target_to_device runs from the
    push to the first device; target_outbox is 0 where the target called the platform before it answered the agent.
    """
    known, replies = history.messages, history.replies
    shown = history.appearances.group_by("message").agg(pl.col("t").min().alias("shown"))
    known = known.join(shown, on="message", how="left")
    replies = replies.join(shown.rename({"message": "ref"}), on="ref", how="left")
    legs: tuple[tuple[str, Whose, pl.DataFrame, str, str], ...] = (
        ("gateway_accept", "harness", known, "intended", "accepted"),
        ("gateway_queue", "harness", known, "accepted", "pushed"),
        ("target_ack", "target", known, "pushed", "acknowledged"),
        ("target_to_device", "target", known, "pushed", "shown"),
        ("agent", "people", replies, "shown", "answered"),
        ("target_take", "target", replies, "answered", "taken"),
        ("target_outbox", "target", replies, "taken", "called"),
        ("delivery", "harness", replies, "called", "received"),
    )
    return tuple(
        Hop(name=name, whose=whose, latency=summary(_between(table, begin, end), _error_s(history, begin, end)))
        for name, whose, table, begin, end in legs
    )


def _error_s(history: "History", begin: str, end: str) -> float | None:
    return error_s(history, *(READ_BY.get(moment, "gateway") for moment in (begin, end)))


def _between(table: pl.DataFrame, begin: str, end: str) -> pl.Series:
    seconds = ((pl.col(end) - pl.col(begin)) / NS).clip(lower_bound=0)
    return table.select(seconds.alias("seconds"))["seconds"]
