"""Reconnect storms: when they break, whom they strike, and what the history says of them."""

from random import Random
from time import monotonic_ns
from typing import Any, cast

import gevent
import msgspec

from history.scenario import Customers, Phase, Scenario, Storm
from loadtests.clock import Clock
from loadtests.engine import Engine
from loadtests.storms import SETTLE_NS, moments, play, struck

STORMY = Scenario(
    name="stormy",
    title_zh="",
    title_en="",
    customers=Customers(concurrency=1),
    phases=(Phase(name="ramp", seconds=2.0, rate=1), Phase(name="steady", seconds=5.0, rate=1)),
    gates=(),
    storms=(Storm(phase="steady", after_s=3.0, share=1.0), Storm(phase="steady", after_s=0.5, share=0.25)),
)


def test_storms_break_after_their_phase_began_in_order_of_time() -> None:
    assert moments(STORMY) == [(2.5, 0.25), (5.0, 1.0)]


def test_a_share_is_rounded_and_seeded() -> None:
    everybody = list(range(10))
    assert len(struck(everybody, 0.25, Random(1))) == 2
    assert struck(everybody, 0.5, Random(1)) == struck(everybody, 0.5, Random(1))
    assert sorted(struck(everybody, 1.0, Random(1))) == everybody
    assert struck([], 0.5, Random(1)) == []


class Stood:
    """A connection and its owner."""

    def __init__(self, told: list[tuple[str, int]]) -> None:
        self.open = True
        self.owner = self
        self._told = told

    def abort(self, why: str) -> None:
        self._told.append((why, monotonic_ns()))

    def await_return(self, timeout_s: float) -> bool:
        assert timeout_s > 0
        gevent.sleep(0.01)  # takes its time
        self._told.append(("back", monotonic_ns()))
        return True


class Standing:
    """An engine of stood connections."""

    def __init__(self, size: int) -> None:
        self.told: list[tuple[str, int]] = []
        self.clock = Clock()
        self.connections = {Stood(self.told): None for _ in range(size)}


def test_a_storm_is_a_fault_from_shortly_before_the_cut_until_all_are_back() -> None:
    engine, rows = Standing(8), []

    def record(kind: str, **row: Any) -> None:
        engine.told.append((f"{kind} {row['note']}", monotonic_ns()))
        rows.append(kind)

    t0 = monotonic_ns() - int(2.2e9)
    with gevent.Timeout(20):
        play(_first(STORMY), t0, cast(Engine, engine), record, "customers-1")
    said = [what for what, _ in engine.told]
    assert said == ["fault storm (customers-1) begins", *["storm"] * 2, *["back"] * 2, "fault storm (customers-1) ends"]
    begun, cut = engine.told[0][1], engine.told[1][1]
    assert begun >= t0 + int(2.5e9) - SETTLE_NS
    assert cut >= t0 + int(2.5e9)


def _first(scenario: Scenario) -> Scenario:
    return msgspec.structs.replace(scenario, storms=scenario.storms[1:])
