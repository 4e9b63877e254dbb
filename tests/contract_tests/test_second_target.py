"""The contract suite is green on a system that was written from the contract alone; what it lacks is not verified."""

from collections import Counter
from pathlib import Path

import pytest

from tests.contract_tests.against import free_port, play, second

OFFERED = (
    "DELIVERY-1",
    "DELIVERY-2",
    "LIMIT-1",
    "AUTH-1",
    "GATEWAY-1",
    "GATEWAY-6",
    "GATEWAY-7",
    "GATEWAY-8",
    "ORDER-1",
    "SEND-1",
    "SYNC-1",
)


@pytest.mark.thorough
def test_the_suite_is_green_on_the_second_implementation(tmp_path: Path) -> None:
    port = free_port()
    with second(tmp_path, port) as url:
        played = play(tmp_path, url, port)
    assert played.code == 0, played.text
    assert played.results is not None
    states = Counter(case.state for case in played.results.cases)
    assert set(states) == {"holds", "not verified"}
    assert states["holds"] >= 100
    held = {name for case in played.results.cases if case.state == "holds" for name in case.promises}
    assert set(OFFERED) <= held
    lacking = {case.reason.partition(":")[0] for case in played.results.cases if case.state == "not verified"}
    assert lacking == {"not offered"}
