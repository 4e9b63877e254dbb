"""The seeded schedule of lost connections."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from history.scenario import Faults
from simulators.workforce.drops import schedule


def test_five_percent_a_minute_of_200_devices_is_600_drops_an_hour() -> None:
    drops = list(schedule(Faults(device_drop_per_minute=0.05), 200, 3600, Random(1)))
    assert 520 < len(drops) < 680
    assert len({drop.device for drop in drops}) > 180


def test_no_share_or_no_device_means_no_drop() -> None:
    assert list(schedule(Faults(), 200, 3600, Random(1))) == []
    assert list(schedule(Faults(device_drop_per_minute=1.0), 0, 3600, Random(1))) == []


@given(st.integers(), st.floats(0.01, 1), st.integers(1, 50))
def test_drops_come_in_order_within_the_time_and_to_devices_that_exist(seed: int, share: float, devices: int) -> None:
    faults = Faults(device_drop_per_minute=share, device_away_s=(0.5, 3.0))
    drops = list(schedule(faults, devices, 120.0, Random(seed)))
    assert [drop.at_s for drop in drops] == sorted(drop.at_s for drop in drops)
    for drop in drops:
        assert 0 <= drop.at_s < 120
        assert 0 <= drop.device < devices
        assert 0.5 <= drop.away_s <= 3.0
    assert drops == list(schedule(faults, devices, 120.0, Random(seed)))
