"""When which device loses its connection, and for how long: a seeded schedule. Pure."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from history.scenario import Faults


class Drop(NamedTuple):
    """A device's connection is cut `at_s` seconds after the beginning and stays away for `away_s`."""

    at_s: float
    device: int
    away_s: float


def schedule(faults: Faults, devices: int, seconds: float, rng: Random) -> Iterator[Drop]:
    """All drops of a stretch of time: on average `device_drop_per_minute` of the devices a minute, at random times."""
    rate = faults.device_drop_per_minute * devices / 60
    at_s = rng.expovariate(rate) if rate > 0 else seconds
    while at_s < seconds:
        yield Drop(at_s, rng.randrange(devices), rng.uniform(*faults.device_away_s))
        at_s += rng.expovariate(rate)
