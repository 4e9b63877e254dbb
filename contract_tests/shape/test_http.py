"""Every operation of the target's own openapi.yaml keeps its shape, and none of them trusts a stranger."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from contract_tests.shape.checking import Checked, Finding, check
from contract_tests.shape.offered import offered
from suites.contract import operations
from suites.lab import Lab

pytestmark = pytest.mark.timeout(300)

UNHEARD = {  # operations that this suite's configuration leaves out, each with its reason there
    *("deleteShop", "deleteTestData", "reset", "restoreBackup", "advanceClock", "setBusinessSpeed"),
    *("rotate", "rotateAgent"),
}
NOT_MET = {  # what cannot be met with generated data, and why
    "receiveDoudianPush": "the shop is of the other platform, whose signature is not ours to make here",
    "consoleFile": "no file has a generated name",
}
GATE = {401, 403, 404, 405, 429}  # an answer from before the operation itself
FEWEST_SUCCEED = 2 / 3  # of all operations; where fewer do, the run met nothing


@pytest.mark.promise("LIMIT-1")
async def test_every_answer_to_input_at_its_bounds_and_beyond_is_the_contracts(lab: Lab, tmp_path: Path) -> None:
    lab.need("contract")
    shop = await lab.shop(agents=2)
    found = await check(lab.run.target_url, await offered(shop), tmp_path, "--phases", "examples,coverage")
    assert set(found.phases) >= {"examples", "coverage"}, found.phases
    assert told(found.findings) == ""


@pytest.mark.promise("LIMIT-1")
async def test_every_answer_to_calls_that_build_on_each_other_is_the_contracts(lab: Lab, tmp_path: Path) -> None:
    lab.need("contract")
    shop = await lab.shop(agents=2)
    found = await check(lab.run.target_url, await offered(shop), tmp_path, "--phases", "fuzzing,stateful")
    assert set(found.phases) >= {"fuzzing", "stateful"}, found.phases
    assert unheard(lab, found) == [], "operations that were never answered"
    assert told(found.findings) == ""


@pytest.mark.promise("AUTH-1")
async def test_no_operation_answers_a_stranger(lab: Lab, tmp_path: Path) -> None:
    lab.need("contract")
    shop = await lab.shop(agents=2)
    words = ("--checks", "ignored_auth", "--phases", "fuzzing", "--max-examples", "2", "--mode", "positive")
    found = await check(lab.run.target_url, await offered(shop), tmp_path, *words)
    assert succeeded(lab, found) >= FEWEST_SUCCEED, (
        "only an operation that answers its own people shows whom it refuses"
    )
    assert told(found.findings) == ""


def unheard(lab: Lab, found: Checked) -> list[str]:
    """The operations that never came to answer for themselves; and all, where too few ever succeeded."""
    missing = [f"{name}: {sorted(each)}" for name, each in statuses(lab, found).items() if not each - GATE]
    if (share := succeeded(lab, found)) < FEWEST_SUCCEED:
        missing.append(f"only {share:.0%} of the operations ever succeeded")
    return missing


def succeeded(lab: Lab, found: Checked) -> float:
    """The share of the operations that succeeded at least once."""
    each = statuses(lab, found)
    return sum(any(status < 300 for status in seen) for seen in each.values()) / len(each)


def statuses(lab: Lab, found: Checked) -> dict[str, set[int]]:
    """What each operation answered."""
    return {name: found.answers.get(_path(name), set()) for name in sorted(lab.operations - UNHEARD - set(NOT_MET))}


def _path(name: str) -> str:
    return f"{operations()[name].method} {operations()[name].path}"


def told(findings: Iterable[Finding]) -> str:
    """All findings, for people."""
    return "\n".join(map(str, findings))
