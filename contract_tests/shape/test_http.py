"""Every operation that the target lists keeps the shape that our openapi.yaml gives it, and none trusts a stranger."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from contract_tests.shape.answers import absent, met, too_few, unheard
from contract_tests.shape.checking import Checked, Finding, check, gaps
from contract_tests.shape.offered import offered
from suites.contract import limited_to
from suites.lab import Lab

pytestmark = pytest.mark.timeout(280)  # less than golive waits for a sign of life


@pytest.mark.promise("LIMIT-1")
async def test_every_answer_to_input_at_its_bounds_and_beyond_is_the_contracts(lab: Lab, tmp_path: Path) -> None:
    found = await run(lab, tmp_path, "examples,coverage")
    assert told(found.findings) == ""
    met(gaps(found, ["coverage"]), too_few(lab.operations, found))


@pytest.mark.promise("LIMIT-1")
async def test_every_answer_to_calls_that_build_on_each_other_is_the_contracts(lab: Lab, tmp_path: Path) -> None:
    found = await run(lab, tmp_path, "fuzzing,stateful")
    assert told(found.findings) == ""
    assert absent(lab.operations, found) == [], "operations that the target's own openapi.yaml lists"
    met(gaps(found, ["fuzzing", "stateful"]), unheard(lab.operations, found), too_few(lab.operations, found))


@pytest.mark.promise("AUTH-1")
async def test_no_operation_answers_a_stranger(lab: Lab, tmp_path: Path) -> None:
    words = ("--checks", "ignored_auth", "--max-examples", "2", "--mode", "positive")
    found = await run(lab, tmp_path, "fuzzing", *words)
    assert told(found.findings) == ""
    met(
        gaps(found, ["fuzzing"]), too_few(lab.operations, found)
    )  # one that answers its own people shows whom it refuses


async def run(lab: Lab, folder: Path, phases: str, *words: str) -> Checked:
    """What schemathesis finds in these phases, in a shop with something of everything."""
    lab.need("contract")
    shop = await lab.shop(agents=2)
    document = limited_to(lab.operations)
    return await check(lab.run.target_url, document, await offered(shop), folder, "--phases", phases, *words)


def told(findings: Iterable[Finding]) -> str:
    """All findings, for people."""
    return "\n".join(map(str, findings))
