"""Who waits, in order: by tier, and inside a tier first come, first served (ROUTE-4); pure.

A place's tier is where its customer begins, less one for every `age_s` waited: a function of the moment, so a restart
finds the same order.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from reference_service.domain.grades import Profile
from reference_service.domain.records import Priority

if TYPE_CHECKING:
    from reference_service.domain.world import Thread

Tier = Literal["vip", "high", "normal"]
TIERS: Final[tuple[Tier, ...]] = ("vip", "high", "normal")  # the first is served first


class Standing(NamedTuple):
    """A tier, 0 is served first, and when it rises by waiting on; None where it is the first already."""

    tier: int
    rises_at: float | None


def begins(profile: Profile, priority: Priority) -> int:
    """The tier a wait begins in: the better of grade and priority."""
    if profile.grade == "vip" or priority == "urgent":
        return 0
    return 1 if profile.high_spender or priority == "high" else 2


def standing(begin: int, since: float, now: float, age_s: float) -> Standing:
    """Where a wait is by now that began in this tier at `since`; it rises when it has lasted `age_s`, and again."""
    tier = begin
    while tier > 0 and since + (begin - tier + 1) * age_s <= now:
        tier -= 1
    return Standing(tier, since + (begin - tier + 1) * age_s if tier else None)


class Queue:
    """The places of a shop. `waits_since` of the conversations is what orders a tier, and no two have the same."""

    def __init__(self) -> None:
        self._tiers: tuple[list[tuple[float, Thread]], ...] = tuple([] for _ in TIERS)
        self._tier_of: dict[str, int] = {}  # by the conversation's id

    def __len__(self) -> int:
        return len(self._tier_of)

    def __iter__(self) -> Iterator[Thread]:
        """All that wait, who is served first first."""
        return (thread for tier in self._tiers for _, thread in tier)

    def has(self, thread: Thread) -> bool:
        """Whether it waits."""
        return thread.conversation.id in self._tier_of

    def head(self) -> Thread | None:
        """Who is served next."""
        return next(iter(self), None)

    def free(self, now: float) -> float:
        """When a wait of now begins: two that come in one moment keep their order, after a restart too."""
        newest = max((tier[-1][0] for tier in self._tiers if tier), default=-math.inf)
        return now if now > newest else math.nextafter(newest, math.inf)

    def put(self, thread: Thread, tier: int) -> None:
        """Give it its place in this tier, from wherever it was."""
        if self.has(thread):
            self.remove(thread)
        self._tier_of[thread.conversation.id] = tier
        insort(self._tiers[tier], (thread.conversation.waits_since, thread), key=_since)

    def remove(self, thread: Thread) -> None:
        """Take it out. Raises KeyError where it does not wait."""
        tier = self._tiers[self._tier_of.pop(thread.conversation.id)]
        del tier[bisect_left(tier, thread.conversation.waits_since, key=_since)]

    def tier(self, thread: Thread) -> int:
        """The tier it waits in. Raises KeyError."""
        return self._tier_of[thread.conversation.id]

    def position(self, thread: Thread) -> int:
        """Its place, counted from 1. Raises KeyError."""
        tier = self.tier(thread)
        before = sum(map(len, self._tiers[:tier]))
        return before + bisect_left(self._tiers[tier], thread.conversation.waits_since, key=_since) + 1


def _since(place: tuple[float, Thread]) -> float:
    return place[0]
