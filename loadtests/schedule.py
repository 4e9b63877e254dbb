"""When every customer writes: absolute, seeded schedules, one a slot. Pure.

Open workload: each customer's turns are a Poisson process whose intensity follows the phases; time-rescaling makes it
exact (unit-rate gaps mapped through the inverse of the cumulative intensity). Absolute times drawn apart for each
customer never convoy, as `constant_pacing` does. Closed workload: reply, think, write; only the first turn is planned.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, count
from random import Random
from typing import NamedTuple

from history.phases import steps
from history.scenario import Phase, Scenario
from simulators.customers import burst, messages_per_turn
from simulators.demand import OPENING as OPENING


class Due(NamedTuple):
    """One message that the schedule wants, `t_s` seconds after the run's start."""

    t_s: float
    turn: int
    part: int  # its place in the turn's burst
    parts: int
    visit: int = 0  # which of the slot's successive customers writes it
    last: bool = False  # the turn ends the visit


def length_s(phases: Sequence[Phase]) -> float:
    """How long all phases last."""
    return sum(phase.seconds for phase in phases)


def begins(phases: Sequence[Phase]) -> list[float]:
    """When each phase begins, and last the end of all."""
    return list(accumulate((phase.seconds for phase in phases), initial=0.0))


def next_active(phases: Sequence[Phase], t_s: float) -> float | None:
    """The earliest time from `t_s` on at which customers write (a rate above 0 is on); None after the last."""
    plan = _demand(tuple(phases))
    for begin, end, rate in zip(plan.edges, plan.edges[1:], plan.rates, strict=False):
        if rate > 0 and t_s < end:
            return max(t_s, begin)
    return None


def first_turn(scenario: Scenario, slot: int) -> float:
    """When the slot's first turn comes: uniform over the first 80 % of the first phase; after it all are there."""
    return Random(f"{scenario.seed}/first/{slot}").uniform(0.0, OPENING * scenario.phases[0].seconds)


def open_slot(scenario: Scenario, slot: int) -> list[Due]:
    """Every message of one slot in an open workload, in the order they are due; a visit ends before the next begins."""
    who = scenario.customers
    rng = Random(f"{scenario.seed}/open/{slot}")
    share = 1.0 / (who.concurrency * messages_per_turn(who.burst_share))
    times = arrivals(scenario.phases, share, first_turn(scenario, slot), rng)
    visits = _visits(who.visit_turns, rng)
    due = [
        Due(t + late, turn, part, len(offsets), visit, last)
        for turn, (t, (visit, last)) in enumerate(zip(times, visits, strict=False))
        for offsets in [burst(who.burst_share, rng)]
        for part, late in enumerate(offsets)
    ]
    return list(_goodbye_last(sorted(due, key=lambda one: (one.visit, one.last, one.t_s))))


def _goodbye_last(due: Sequence[Due]) -> Iterator[Due]:
    """A burst may still be running when the visit's last turn is due: the goodbye waits for it."""
    before = Due(0.0, 0, 0, 0, visit=-1)
    for one in due:
        before = one._replace(t_s=max(before.t_s, one.t_s)) if one.visit == before.visit else one
        yield before


def arrivals(phases: Sequence[Phase], share: float, first_s: float, rng: Random) -> Iterator[float]:
    """`first_s`, then a Poisson process of intensity `share` times the phases' rate, until the phases end."""
    plan = _demand(tuple(phases))
    yield first_s
    wanted = plan.wanted_by(first_s)
    while True:
        wanted += rng.expovariate(share)
        if wanted >= plan.wanted[-1]:
            return
        yield plan.when(wanted)


class _Demand(NamedTuple):
    """The messages wanted since the start, at each edge of a stretch of one rate, and its inverse."""

    edges: list[float]
    wanted: list[float]
    rates: list[float]

    def wanted_by(self, t_s: float) -> float:
        at = min(bisect_right(self.edges, t_s), len(self.rates)) - 1
        return self.wanted[at] + self.rates[at] * (t_s - self.edges[at])

    def when(self, wanted: float) -> float:
        at = bisect_right(self.wanted, wanted) - 1  # of stretches that add nothing the last: the next adds something
        return min(self.edges[at] + (wanted - self.wanted[at]) / self.rates[at], self.edges[at + 1])


@lru_cache(maxsize=8)
def _demand(phases: tuple[Phase, ...]) -> _Demand:
    """Shared by all slots: a day's curve has more than a thousand stretches."""
    parts = steps(phases)
    edges = accumulate((seconds for seconds, _ in parts), initial=0.0)
    wanted = accumulate((seconds * rate for seconds, rate in parts), initial=0.0)
    return _Demand(list(edges), list(wanted), [rate for _, rate in parts])


def think_s(mean_s: float, business_speed: float, rng: Random) -> float:
    """Closed workload: seconds between a reply and the next turn."""
    return rng.expovariate(business_speed / mean_s) if mean_s > 0 else 0.0


def closed_visits(visit_turns: int, rng: Random) -> Iterator[tuple[int, bool]]:
    """For each turn of a closed slot: its visit, and whether it is the visit's last."""
    return _visits(visit_turns, rng)


def _visits(mean_turns: int, rng: Random) -> Iterator[tuple[int, bool]]:
    """Visits of a geometric number of turns; a mean of 0 is one visit without end."""
    visit = 0
    for _ in count():
        last = mean_turns > 0 and rng.random() < 1.0 / mean_turns
        yield visit, last
        visit += last
