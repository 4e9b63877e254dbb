"""ROUTE, TIER, HOURS, UNREAD, COMPLAINT, BOT: whatever happens, everybody is where the contract puts them."""

from collections.abc import Callable

import pytest

from security_tests.routing.playing import Played
from suites.lab import Lab

PROMISES = (*(f"ROUTE-{number}" for number in range(1, 8)), "TIER-1", "HOURS-1", "UNREAD-1", "COMPLAINT-1", "BOT-1")
CLOCKS = ("TIER-1", "UNREAD-1", "COMPLAINT-1")


@pytest.mark.timeout(600)
@pytest.mark.xdist_group("routing")
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.promise(name)) for name in PROMISES])
def test_whatever_happens_the_shop_is_as_its_oracle_says(
    lab: Lab, played: Played, name: str, record_property: Callable[[str, object], None]
) -> None:
    if played.missing:
        pytest.skip(f"not offered: operation {played.missing}")
    for line in played.told(name):
        record_property("occasions", line)
    if name in played.broken:
        raise played.broken[name]
    if played.error is not None:
        raise played.error
    if played.stopped:
        raise RuntimeError(f"{', '.join(played.broken)} were broken first: whether {name} holds is not known")
    if not played.tried[name] and name in CLOCKS and "clock" not in lab.offers:
        pytest.skip("not offered: clock")
    if not played.tried[name] and name == "BOT-1" and "putBot" not in lab.operations:
        pytest.skip("not offered: operation putBot")
    if not played.tried[name]:
        raise RuntimeError(f"nothing happened that could have broken {name}: that it holds is not known")
    if never := played.never():
        raise RuntimeError(f"never done: {', '.join(never)}; whether {name} holds then is not known")
