"""A play: a stated load at a target that bears less, and a latency measured on too few messages, which is unknown."""

from pathlib import Path

import pytest

from history.writer import Writer
from reports.load import load
from reports.record import NS, History
from suites.paced import Load, UnknownError, judged

ASKED = Load(rate=70.0, seconds=9.0, shops=3, customers=4)
GATE = "sync_latency p95 < 500ms"
SHOP = {"shop": "s1", "conversation": "@C1", "actor": "c1"}
DESK = {"shop": "s1", "conversation": "k1", "actor": "a1", "device": "a1/1"}


def recorded(folder: Path, count: int, latency_s: float) -> History:
    """So many messages, each shown, answered and received after `latency_s`."""
    writers = {
        name: Writer(folder / "history", name, now=lambda: 1000 * NS) for name in ("customers", "gateway", "agents")
    }
    people, gateway, staff = writers.values()
    staff.add("device_on", t=0, shop="s1", actor="a1", device="a1/1", note="fresh")
    people.add("joined", t=0, **SHOP)
    late = int(latency_s * NS)
    for n in range(count):
        t, at = NS + n * NS // 100, {"message": f"@{n}"}
        token = f"r{n}"
        gateway.add("accepted", t=t, ref=f"c1-{n}", n=n, **at, **SHOP)
        gateway.add("pushed", t=t, n=1, **at, **SHOP)
        gateway.add("acknowledged", t=t, n=1, **at, **SHOP)
        staff.add("shown", t=t + late, ref=f"m{n}", n=n, **at, **DESK)
        staff.add("answered", t=t + late, message=token, ref=f"@{n}", **DESK)
        people.add("received", t=t + 2 * late, message=token, ref=f"@r{n}", **SHOP)
    for writer in writers.values():
        writer.close()
    return load(folder)


def test_enough_samples_are_judged(tmp_path: Path) -> None:
    assert judged(GATE, recorded(tmp_path / "quick", 600, 0.1)).state == "holds"
    assert judged(GATE, recorded(tmp_path / "slow", 600, 0.6)).state == "broken"


@pytest.mark.parametrize("count", [0, 1, 599])
def test_too_few_samples_are_unknown_and_say_so(tmp_path: Path, count: int) -> None:
    with pytest.raises(UnknownError, match=f"{count} samples; p95 needs 600"):
        judged(GATE, recorded(tmp_path, count, 0.1))


def test_a_load_says_what_it_is() -> None:
    load = Load(rate=70.0, seconds=9.0, shops=3, customers=4)
    assert (str(load), load.messages) == ("70 messages and 70 replies a second for 9 s", 630)


def test_a_load_keeps_to_a_targets_limit() -> None:
    assert [ASKED.at_most(limit) for limit in (0.0, 70.0, 100.0)] == [ASKED] * 3
    assert ASKED.at_most(35.0) == ASKED._replace(rate=35.0, seconds=18.0)
    slow = ASKED.at_most(10.0)
    assert (slow, slow.messages) == (ASKED._replace(rate=10.0, seconds=60.0), 600)
