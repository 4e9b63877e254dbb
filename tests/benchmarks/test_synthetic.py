"""The synthetic run is what it says: clean but for its sins, every one of which judging finds."""

from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks.history import write
from benchmarks.synthetic import RATE, S, Sins, Town, seconds, specification
from history.run import RunFolder
from reports.judge import judge

LENGTH = 40 * S


@pytest.mark.thorough
def test_rows_come_second_by_second_in_order_and_every_message_once() -> None:
    sent = 0
    for number, second in enumerate(seconds(Town(LENGTH))):
        for rows in second.values():
            times = [t for t, _, _ in rows]
            assert times == sorted(times)
            assert all(t < (number + 1) * S for t in times)
        sent += sum(kind == "sent" for _, kind, _ in second["customers"])
    assert sent == RATE * LENGTH // S


def test_sins_are_as_many_as_asked_for_and_befall_different_messages() -> None:
    town = Town(LENGTH)
    assert {name: len(numbers) for name, numbers in town.sinful.items()} == asdict(Sins())
    assert len(set().union(*town.sinful.values())) == sum(asdict(Sins()).values())


@pytest.mark.slow
@pytest.mark.parametrize("sins", [Sins(0, 0, 0, 0), Sins()], ids=["clean", "sinful"])
def test_judging_finds_the_sins_and_nothing_else(tmp_path: Path, sins: Sins) -> None:
    folder = tmp_path / "run"
    RunFolder(folder).write_spec(specification(LENGTH))
    write(folder / "history", Town(LENGTH, sins))
    judgement = judge(folder)
    found = {name: n for verdict in judgement.verdicts for name, n in verdict.metrics.items() if n and name != "lost"}
    assert found == {name: n for name, n in asdict(sins).items() if n}
    assert [verdict.checker for verdict in judgement.verdicts if verdict.unknown] == []
    assert judgement.verdict == ("NO-GO" if found else "GO")
