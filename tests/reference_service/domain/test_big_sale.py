"""A big sale comes on and goes off by schedule, to the moment; +300 % is buffered, not dropped."""

from typing import Any

import msgspec
import pytest

from reference_service.domain import assigning, big_sale, configuring, staff
from reference_service.domain.auto_replies import AutoReplies, Scene
from reference_service.domain.big_sale import BigSale, active, next_change

SALE = BigSale(enabled=True, since=2000.0, until=3000.0)


def put(stage: Any, value: msgspec.Struct) -> None:
    stage._do(lambda changes: configuring.put(stage.floor, value, changes))


def spare(stage: Any) -> Any:
    """An agent of the spare pool, at a device."""
    desk = stage.agent(device=None)
    now = staff.terms(desk)
    stage._do(lambda changes: staff.change(stage.world, desk, now._replace(spare=True), changes))
    stage.on(desk)
    return desk


def said(stage: Any, customer: str) -> list[str]:
    return [message.scene for message in stage.thread(customer).visit if message.sender == "bot"]


@pytest.mark.parametrize(("at", "on"), [(1999.999, False), (2000.0, True), (2999.999, True), (3000.0, False)])
def test_it_is_on_from_its_beginning_until_before_its_end(at: float, on: bool) -> None:
    assert active(SALE, at) is on
    assert active(BigSale(enabled=False, since=2000.0, until=3000.0), at) is False


def test_without_a_schedule_the_switch_alone_decides() -> None:
    assert active(BigSale(enabled=True), 0.0)
    assert next_change(BigSale(enabled=True), 0.0) is None
    assert [next_change(SALE, at) for at in (1000.0, 2000.0, 3000.0)] == [2000.0, 3000.0, None]


def test_a_sale_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after"):
        BigSale(since=2.0, until=2.0)


def test_spares_get_work_only_while_it_is_on_and_keep_what_they_hold(stage: Any) -> None:
    desk = spare(stage)
    put(stage, SALE)  # the stage's time is 1000
    stage.write("c1", "m1")
    assert (len(desk.held), len(stage.floor.queue)) == (0, 1)
    stage.wait(999.999)
    assert len(desk.held) == 0
    stage.wait(0.001)  # the moment it begins, without anybody doing anything
    assert (len(desk.held), len(stage.floor.queue)) == (1, 0)
    stage.wait(1000.0)
    stage.write("c2", "m2")
    assert (len(desk.held), len(stage.floor.queue)) == (1, 1)


def test_its_greeting_takes_the_place_of_the_welcome_by_schedule(stage: Any) -> None:
    put(stage, AutoReplies(welcome=Scene(True, "欢迎")))
    put(stage, SALE)
    stage.write("c1", "m1")
    stage.wait(1000.0)
    stage.write("c2", "m2")
    stage.wait(1000.0)
    stage.write("c3", "m3")
    assert [said(stage, customer) for customer in ("c1", "c2", "c3")] == [["welcome"], ["big_sale"], ["welcome"]]


def test_switched_off_early_it_is_off_at_once(stage: Any) -> None:
    desk = spare(stage)
    put(stage, BigSale(enabled=True))
    stage.write("c1", "m1")
    put(stage, BigSale(enabled=False))
    stage.write("c2", "m2")
    assert list(desk.held) == ["cv1"]
    assert stage.floor.spares_on is False


def test_a_restart_in_the_middle_knows_that_it_is_on_and_when_it_ends(stage: Any) -> None:
    put(stage, SALE)
    stage.floor.spares_on = False
    stage.world.agenda.cancel(big_sale.CLOCK, "s1")
    big_sale.restore(stage.world, 2500.0)
    assert stage.floor.spares_on
    assert stage.world.agenda.when(big_sale.CLOCK, "s1") == 3000.0


def test_thirty_percent_spares_are_wanted_rounded_up(stage: Any) -> None:
    for _ in range(4):
        stage.agent(device=None)
    spare(stage)
    assert (big_sale.wanted(stage.floor), big_sale.have(stage.floor)) == (2, 1)


def test_only_who_may_be_given_work_counts_among_the_regular_and_the_spare(stage: Any) -> None:
    for _ in range(3):
        stage.agent(device=None)
    for desk in (stage.agent(certified=False, device=None), stage.agent(device=None), spare(stage)):
        if desk.person.certified:
            disabled = staff.terms(desk)._replace(disabled=True)
            stage._do(lambda changes, desk=desk, to=disabled: staff.change(stage.world, desk, to, changes))
    assert (big_sale.wanted(stage.floor), big_sale.have(stage.floor)) == (1, 0)


def test_three_times_as_much_more_waits_in_order_and_nobody_is_lost(stage: Any) -> None:
    desk = stage.agent(capacity=10)
    for number in range(40):  # +300 %
        stage.write(f"c{number}", f"m{number}")
    assert (len(desk.held), len(stage.floor.queue)) == (10, 30)
    served = []
    while desk.held:
        customer = next(iter(desk.held.values())).conversation.customer
        served.append(customer)
        stage._do(lambda changes, who=customer: resolve(stage, who, changes))
    assert served == [f"c{number}" for number in range(40)]


def resolve(stage: Any, customer: str, changes: Any) -> None:
    assigning.resolve(stage.floor, stage.thread(customer), "agent", changes)
