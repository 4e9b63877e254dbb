"""ROUTE-1: every open conversation has exactly one agent, or waits in a queue because nobody is able."""

from collections import defaultdict
from itertools import combinations
from typing import NamedTuple

import polars as pl

from reports.checkers.finding import counted, finding
from reports.example import absence, smallest, tell
from reports.model import Step, Verdict
from reports.record import NS, SETTLE_S, History
from reports.staffing import Hold

NAME = "assigned_once"
PROMISE = "ROUTE-1"
METRICS = ("unassigned", "double_assigned")
HANDOVER_NS = 5 * NS  # two agents learn of a hand-over by two sockets, at two times


class Both(NamedTuple):
    """Two agents had one conversation, both online, for longer than a hand-over takes."""

    place: str
    one: Hold
    other: Hold
    overlap_ns: int


def check(history: History) -> Verdict:
    """Opportunities are the conversations assigned and the acknowledged messages.

    Violations: a conversation at two agents at once; a message shown to an agent who was never told to have the
    conversation; an acknowledged message whose conversation stayed nobody's although somebody was able to take it.
    """
    places = {hold.place for hold in history.staff.holds}
    both = doubles(history.staff.holds, history.staff.online)
    alone = pl.concat([_astray(history), _left_lying(history)]).unique("name", keep="first", maintain_order=True)
    if not places:  # a target that tells nobody of assignments cannot be judged by them
        alone = alone.clear()
    queued = len(history.misses.queued)
    return finding(
        PROMISE,
        NAME,
        opportunities=len(places) + history.misses.acknowledged - queued if places else 0,
        violations=len(both) + len(alone),
        metrics={"unassigned": len(alone), "double_assigned": len(both)},
        reason=counted((queued, "messages waited in a queue, every agent of their shop full")),
        example=_told_double(history, both[0]) if both else _told_alone(history, alone) if len(alone) else (),
    )


def doubles(holds: list[Hold], online: dict[str, list[tuple[int, int]]]) -> list[Both]:
    """Conversations two agents had at once, while both had a device online (else the one could not be told)."""
    by_place: dict[str, list[Hold]] = defaultdict(list)
    for hold in holds:
        by_place[hold.place].append(hold)
    found: dict[str, Both] = {}
    for place, mine in by_place.items():
        for one, other in combinations(sorted(mine, key=lambda hold: hold.begin), 2):
            span = _shared(one, other, online)
            if one.agent != other.agent and span > HANDOVER_NS:
                found.setdefault(place, Both(place, one, other, span))
    return sorted(found.values(), key=lambda both: both.other.begin)


def _shared(one: Hold, other: Hold, online: dict[str, list[tuple[int, int]]]) -> int:
    """The longest stretch (ns) in which both have it and both are online."""
    longest = 0
    for begin, end in online.get(one.agent, []):
        for low, high in online.get(other.agent, []):
            starts = max(begin, low, one.begin, other.begin)
            longest = max(longest, min(end, high, one.end, other.end) - starts)
    return longest


def _astray(history: History) -> pl.DataFrame:
    """Messages shown to an agent of their shop who was never told to have that conversation."""
    told = history.of("assigned").select(place="conversation", agent="actor").unique()
    mine = history.appearances.filter(
        (pl.col("shop") == pl.col("own_shop")) & (pl.col("t") <= history.horizon - HANDOVER_NS)
    )
    return mine.join(told, on=["place", "agent"], how="anti").select(name="message", t="t")


def _left_lying(history: History) -> pl.DataFrame:
    """Messages lost in a conversation that never was anybody's."""
    nowhere = history.misses.nowhere.join(history.messages.select("message", "conversation"), on="message")
    held = {hold.place for hold in history.staff.holds}
    known = history.conversations.filter(pl.col("place").cast(pl.String).is_in(held))
    lying = nowhere.join(known, on="conversation", how="anti")
    strangers = held - set(history.conversations["place"].cast(pl.String))
    if strangers:  # it may be one of the conversations assigned without a message: lost, but not certainly nobody's
        lying = lying.clear()
    return lying.select(name="message", t="acknowledged")


def _told_double(history: History, both: Both) -> tuple[Step, ...]:
    steps = [
        Step(t_s=history.seconds(hold.begin), who="target", to=hold.agent, what=f"assigns {both.place}")
        for hold in (both.one, both.other)
    ]
    end = both.other.begin + both.overlap_ns
    what = f"leaves {both.place} with both for {both.overlap_ns / NS:.1f} s"
    return (*steps, absence(history, end, "target", what, both.one.agent))


def _told_alone(history: History, alone: pl.DataFrame) -> tuple[Step, ...]:
    found = smallest(history, alone)
    at = int(found["t"]) + int(SETTLE_S * NS)
    what = f"assigns the conversation of {found['name']} to nobody"
    return tell(history, [found["name"]], missing=absence(history, min(at, history.horizon), "target", what))
