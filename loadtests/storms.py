"""Reconnect storms: a share of all connections is cut in one moment and comes back by the customers' own back-off."""

from collections.abc import Sequence
from random import Random
from time import monotonic_ns
from typing import TypeVar

from history.scenario import Scenario
from loadtests.engine import Engine
from loadtests.recorder import Record
from loadtests.schedule import begins

SETTLE_NS = 250_000_000  # a fault begins this long before the cut: what was on its way to the customers belongs to it
BACK_S = 60.0  # a storm is over when all are back, or after this long

_T = TypeVar("_T")


def moments(scenario: Scenario) -> list[tuple[float, float]]:
    """When each storm breaks (seconds after the run's start, in order) and its share of the connections."""
    begin = dict(zip((phase.name for phase in scenario.phases), begins(scenario.phases), strict=False))
    return sorted((begin[storm.phase] + storm.after_s, storm.share) for storm in scenario.storms)


def struck(connections: Sequence[_T], share: float, rng: Random) -> list[_T]:
    """The share of the connections, rounded to the nearest."""
    return rng.sample(connections, round(share * len(connections)))


def play(scenario: Scenario, t0: int, engine: Engine, record: Record, stream: str) -> None:
    """Play this process's part of all storms; `t0` is the run's start (ns). Each is a fault in the history."""
    for at, share in moments(scenario):
        cut_at = t0 + int(at * 1e9)
        engine.clock.sleep_until(cut_at - SETTLE_NS)
        record("fault", note=f"storm ({stream}) begins")
        engine.clock.sleep_until(cut_at)
        cut = struck(
            [each for each in engine.connections if each.open], share, Random(f"{scenario.seed}/{stream}/{at}")
        )
        for connection in cut:
            connection.abort("storm")
        until = monotonic_ns() + int(BACK_S * 1e9)
        for connection in cut:
            connection.owner.await_return((until - monotonic_ns()) / 1e9)
        record("fault", note=f"storm ({stream}) ends")
