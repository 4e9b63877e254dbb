"""OVERLOAD-1: a burst of +300 % waits without loss; more is told, once, and so is the end."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain import overload
from reference_service.domain.events import Account


@given(st.lists(st.integers(0, 20), max_size=50))
def test_it_is_on_from_above_the_high_mark_until_no_more_than_the_low_one(levels: list[int]) -> None:
    on = False
    for level in levels:
        on = overload.is_on(on, level, 12, 6)
        assert on or level <= 12
        assert not on or level > 6


def notices(stage: Any, desk: Any) -> list[tuple[str, bool, int, int]]:
    """What an agent was told: what, whether it is over, refused, waiting."""
    told = stage.told(desk, "notice.overload")
    return [(one["what"], one["over"], one["refused"], one["waiting"]) for one in told]


def fill(stage: Any, customers: int) -> None:
    for number in range(customers):
        stage.write(f"c{number}", f"m{number}")


def test_three_times_what_the_agents_hold_waits_unremarked_and_one_more_is_told_once(stage: Any) -> None:
    desk, lead = stage.agent(capacity=4), stage.agent(role="supervisor", device=None)
    stage.agent(capacity=50, device=None)  # not at work
    fill(stage, 4 + 12)
    assert notices(stage, desk) == []
    fill_more = [f"d{number}" for number in range(3)]
    for customer in fill_more:
        stage.write(customer, customer)
    assert notices(stage, desk) == notices(stage, lead) == [("queue", False, 0, 13)]
    assert len(stage.floor.queue) == 15


def test_its_end_is_told_when_half_of_that_is_left_and_everybody_was_served_in_their_turn(stage: Any) -> None:
    desk = stage.agent(capacity=4)
    fill(stage, 17)
    served = []
    while stage.floor.queue:
        thread = next(iter(desk.held.values()))
        served.append(thread.conversation.customer)
        stage.resolve(thread)
    assert notices(stage, desk) == [("queue", False, 0, 13), ("queue", True, 0, 6)]
    assert served + [thread.conversation.customer for thread in desk.held.values()] == [f"c{n}" for n in range(17)]


def test_without_anybody_at_work_the_shops_capacity_counts(stage: Any) -> None:
    desk = stage.agent(device=None)
    fill(stage, 3 * stage.floor.shop.capacity)
    assert notices(stage, desk) == []
    stage.write("d", "d")
    assert notices(stage, desk) == [("queue", False, 0, 3 * stage.floor.shop.capacity + 1)]


@pytest.mark.parametrize("restarts", [False, True])
def test_refused_pushes_are_told_each_time_and_the_first_look_without_ends_it(
    stage: Any, restarts: bool, tmp_path: Path
) -> None:
    agent, stranger = stage.agent(), (stage.shop("s2"), stage.agent(shop="s2"))[1]
    account = Account("open-im", "o-s1", "ck")
    for number in (5, 7):
        stage._do(lambda changes, number=number: overload.inbox(stage.world, {account: number}, changes))
    if restarts:
        stage.restart(tmp_path)
    for _ in range(2):
        stage._do(lambda changes: overload.inbox(stage.world, {}, changes))
        if restarts:
            stage.restart(tmp_path)
    assert notices(stage, stage.world.desk(agent.person.id)) == [
        ("inbox", False, 5, 0),
        ("inbox", False, 7, 0),
        ("inbox", True, 0, 0),
    ]
    assert notices(stage, stranger) == []


def test_a_queue_that_is_overloaded_still_is_after_a_restart(stage: Any, tmp_path: Path) -> None:
    agent = stage.agent(capacity=4).person.id
    fill(stage, 18)
    stage.restart(tmp_path)
    stage.on(stage.world.desk(agent))
    stage.write("d", "d")
    assert notices(stage, stage.world.desk(agent)) == [("queue", False, 0, 13)]
    while stage.floor.queue:
        stage.resolve(next(iter(stage.world.desk(agent).held.values())))
    assert [over for _, over, _, _ in notices(stage, stage.world.desk(agent))] == [False, True]
