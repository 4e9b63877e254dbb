"""Which clock this process reads, and what its comparison with the gateway's says. Integer nanoseconds.

A process asks the gateway for its time over its own connection, several times; the answer came somewhere between
question and receipt, so the probe with the smallest round trip knows the most, and half of that is its error.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/time")


class Probe(NamedTuple):
    """One question: asked at `before`, answered at `after` (this clock), with `there` (the gateway's)."""

    before: int
    there: int
    after: int


class Reading(NamedTuple):
    """`offset_ns` is added to a time of this clock to get the gateway's, and is wrong by `error_ns` at most."""

    offset_ns: int
    error_ns: int


SHARED = Reading(0, 0)


def reading(probes: Sequence[Probe]) -> Reading:
    """What the probe with the smallest round trip says. Raises ValueError without any."""
    best = min(probes, key=lambda probe: probe.after - probe.before)
    way = best.after - best.before
    return Reading(best.there - best.before - way // 2, way // 2 + 1)


def shared(one: str, other: str) -> bool:
    """Whether two identities name the very same clock: the same boot of the same machine, the same time namespace."""
    return bool(one) and one == other


@cache
def identity() -> str:
    """The name of the CLOCK_MONOTONIC read here: boot id and time namespace; "" where the system tells none."""
    try:
        boot = _BOOT.read_text().strip()
    except OSError:
        return ""
    try:
        return f"{boot} {_NAMESPACE.readlink()}"
    except OSError:  # kernels before 5.6 have no time namespaces
        return boot
