"""The stretches of a run, and how a shop's own curve of a day (arrivals.csv) becomes them."""

import re
from collections.abc import Mapping, Sequence
from math import isclose
from statistics import fmean

import msgspec

from history.scenario_error import ScenarioError
from history.textfile import short, table

RAMP = "ramp"
STRETCHES = 24  # phases a curve is told in at most; its minutes stay exact within them
_LENGTHS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440)  # minutes of a stretch that read well
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_MOST = 1_000_000_000  # messages in one minute: beyond any shop, and far from what floats cannot hold


class Phase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One stretch of the run. `rate` is customer messages a second over all customers, burst messages counted."""

    name: str
    seconds: float
    rate: float
    curve: tuple[float, ...] = ()  # rates of equal steps of the phase, one after the other; `rate` is their mean


def steps(phases: Sequence[Phase]) -> list[tuple[float, float]]:
    """(seconds, rate) of each stretch of one rate: a phase, or a step of its curve."""
    return [
        (phase.seconds / len(phase.curve or (0,)), rate) for phase in phases for rate in phase.curve or (phase.rate,)
    ]


def wrong_phase(phase: Phase) -> str:
    """What is wrong with a phase, and what would be right; "" where nothing is."""
    if not (0 < phase.seconds < float("inf") and 0 <= phase.rate < float("inf")):
        return "seconds must be above 0 and rate not below 0"
    if any(not 0 <= rate < float("inf") for rate in phase.curve):
        return "a rate of its curve is below 0; write rates of 0 or more"
    if phase.curve and not isclose(fmean(phase.curve), phase.rate, rel_tol=1e-6, abs_tol=1e-9):
        return f"rate must be its curve's mean, {fmean(phase.curve):.10g}"
    return ""


def arrivals(data: bytes, origin: str) -> dict[int, float]:
    """Messages in each minute of arrivals.csv (minute,count), in order. Raises ScenarioError.

    A minute is a number from 0, or a time of day such as 20:15; minutes that are not named have no message.
    """
    found: dict[int, float] = {}
    for line, (minute, count) in table(data, origin, ("minute", "count")):
        at = _minute(minute, f"{origin}, line {line}")
        if at in found:
            raise ScenarioError(f"{origin}, line {line}: minute {minute} came before; write each minute once")
        found[at] = _count(count, f"{origin}, line {line}")
    if not any(found.values()):
        raise ScenarioError(f"{origin}: no minute has a message; write counts above 0")
    return dict(sorted(found.items()))


def stretches(minutes: Mapping[int, float], time_scale: float, volume: float) -> tuple[Phase, ...]:
    """Phases that play those minutes: `time_scale` times as fast, with `volume` times the messages.

    At most STRETCHES of them, named for the minute they begin with, each with its minutes' rates as its curve.
    """
    first, last = min(minutes), max(minutes)
    length = next((n for n in _LENGTHS if (last - first + 1) / n <= STRETCHES - 1), -(-(last - first + 1) // STRETCHES))
    minute_s = 60.0 / time_scale
    phases = []
    for begin in range(first - first % length, last + 1, length):
        inside = range(max(begin, first), min(begin + length, last + 1))
        curve = tuple(minutes.get(at, 0.0) * volume / minute_s for at in inside)
        seconds = minute_s * len(inside)
        phases.append(Phase(name=_clock(inside[0]), seconds=seconds, rate=fmean(curve), curve=curve))
    return tuple(phases)


def _minute(cell: str, where: str) -> int:
    if found := _CLOCK.fullmatch(cell):
        hour, minute = int(found[1]), int(found[2])
        if hour < 24 and minute < 60:
            return hour * 60 + minute
    elif re.fullmatch(r"[0-9]{1,5}", cell):
        return int(cell)
    raise ScenarioError(f"{where}: minute {short(cell)}; write a number from 0 to 99999, or a time such as 20:15")


def _count(cell: str, where: str) -> float:
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,6})?", cell) or float(cell) > _MOST:
        raise ScenarioError(f"{where}: count {short(cell)}; write how many messages came in that minute, 0 or more")
    return float(cell)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
