"""The chain of faults: shares, independence, and the same plans from the same seed."""

from random import Random

import pytest

from history.scenario import Faults
from simulators.faults.chain import chain, plan
from simulators.faults.fault import Plan

COUNT = 20_000


def plans(faults: Faults, seed: int = 1, count: int = COUNT) -> list[Plan]:
    rng, links = Random(seed), chain(faults)
    return [plan(links, rng) for _ in range(count)]


def test_without_faults_every_push_is_left_as_it_is() -> None:
    assert set(plans(Faults())) == {Plan()}


def test_with_a_share_of_one_every_push_has_every_fault() -> None:
    every = Faults(duplicate_push=1, delay_push=1, delay_s=2.0, forge_push=1, late_push=1, conflict=1, clock_back=1)
    assert set(plans(every)) == {Plan(hold_s=2.0, late_s=2.0, back_s=60.0, forged=True, doubled=True, conflicting=True)}


@pytest.mark.parametrize("name", ["duplicate_push", "delay_push", "forge_push", "late_push", "conflict", "clock_back"])
def test_each_share_is_met(name: str) -> None:
    touched = sum(made != Plan() for made in plans(Faults(**{name: 0.1})))
    assert abs(touched / COUNT - 0.1) < 0.01


def test_the_same_seed_gives_the_same_plans_and_another_gives_others() -> None:
    faults = Faults(duplicate_push=0.5)
    assert plans(faults, 1, 100) == plans(faults, 1, 100) != plans(faults, 2, 100)


def test_one_share_does_not_move_the_others() -> None:
    without, beside = (
        plans(Faults(duplicate_push=0.1)),
        plans(Faults(duplicate_push=0.1, delay_push=0.5, forge_push=0.5)),
    )
    assert [made.doubled for made in without] == [made.doubled for made in beside]
