"""An active script is told to every customer who writes, once a visit, until its end."""

from typing import Any

import pytest

from reference_service.domain import assigning
from reference_service.domain.emergency import Activation, activate, deactivate
from reference_service.domain.emergency_scripts import SCRIPTS
from reference_service.domain.shelves import shelf

FAILURE, PAYMENT = SCRIPTS["system_failure"], SCRIPTS["payment_trouble"]


def switch_on(stage: Any, script: Any = FAILURE, until: float = 2000.0) -> None:
    stage._do(lambda c: activate(stage.world, stage.floor, script, script.text, until, "", "u1", c))


def said(stage: Any, customer: str = "c1") -> list[str]:
    return [m.text for m in stage.thread(customer).visit if m.scene == "emergency"]


def test_who_writes_is_told_once_a_visit(stage: Any) -> None:
    stage.agent()
    stage.write("c1", "m1")
    switch_on(stage)
    assert said(stage) == []
    stage.write("c1", "m2")
    stage.write("c1", "m3")
    stage.write("c2", "m4")
    assert (said(stage), said(stage, "c2")) == ([FAILURE.text], [FAILURE.text])
    stage._do(lambda c: assigning.resolve(stage.floor, stage.thread("c1"), "agent", c))
    stage.write("c1", "m5")
    assert said(stage) == [FAILURE.text]  # of the new visit


def test_of_two_the_newer_comes_first_and_the_other_with_the_next_message(stage: Any) -> None:
    stage.agent()
    switch_on(stage)
    stage.now += 1.0
    switch_on(stage, PAYMENT)
    for number in range(3):
        stage.write("c1", f"m{number}")
    assert said(stage) == [PAYMENT.text, FAILURE.text]


@pytest.mark.parametrize(("after", "told"), [(999.999, [FAILURE.text]), (1000.0, [])])
def test_it_ends_at_its_moment_also_before_its_clock_strikes(stage: Any, after: float, told: list[str]) -> None:
    stage.agent()
    switch_on(stage)
    stage.now += after
    stage.write("c1", "m1")
    assert said(stage) == told


def test_its_clock_takes_it_away_and_not_one_that_was_switched_on_anew(stage: Any) -> None:
    switch_on(stage)
    switch_on(stage, until=3000.0)
    stage.wait(1000.0)
    assert list(shelf(stage.floor, Activation)) == ["system_failure"]
    stage.wait(1000.0)
    assert list(shelf(stage.floor, Activation)) == []


def test_switched_off_it_is_told_no_more_and_its_clock_finds_nothing(stage: Any) -> None:
    stage.agent()
    switch_on(stage)
    stage._do(lambda c: deactivate(stage.floor, shelf(stage.floor, Activation)["system_failure"], c))
    stage.write("c1", "m1")
    stage.wait(5000.0)
    assert said(stage) == []
