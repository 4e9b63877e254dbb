"""docs/mission-map.md leads from every row of the go-live guide to a promise, to code and to a test that exist."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROWS = {"R1": 3, "R2": 2, "R3": 2, "R4": 5, "R5": 4, "R6": 5, "R7": 2, "R8": 2, "R9": 5, "R10": 2}
GUIDE = [f"{part}.{number}" for part, last in ROWS.items() for number in range(1, last + 1)]
PAGE = (ROOT / "docs" / "mission-map.md").read_text(encoding="utf-8")
LINES = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| R\d", line)
]
PROMISES = {
    promise["id"]: promise["requirements"]
    for promise in tomllib.loads((ROOT / "contract" / "promises.toml").read_text(encoding="utf-8"))["promises"]
}


def test_every_row_of_the_guide_has_one_line_and_none_is_invented() -> None:
    assert [cells[0] for cells in LINES] == GUIDE


@pytest.mark.parametrize("cells", LINES, ids=[cells[0] for cells in LINES])
def test_a_line_names_its_promises_code_and_tests(cells: list[str]) -> None:
    row, _, promises, code, tests = cells
    named = re.findall(r"[A-Z]+-\d", promises)
    assert named, f"{row}: no promise"
    for promise in named:
        assert row in PROMISES[promise], f"{row}: {promise} does not serve it in contract/promises.toml"
    files = re.findall(r"`([\w./]+)`", code)
    assert files, f"{row}: no code"
    assert [file for file in files if not (ROOT / file).exists()] == []
    claims = re.findall(r"`([\w./]+\.py)`::(\w+)", tests)
    assert claims, f"{row}: no test"
    for file, claim in claims:
        assert f"def {claim}(" in (ROOT / file).read_text(encoding="utf-8"), f"{row}: {file} has no {claim}"
