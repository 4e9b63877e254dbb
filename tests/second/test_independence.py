"""The second implementation shares no line with the first, nor with the harness: one reading of the contract more."""

import ast
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
OURS = ("reference_service", "history", "fixtures", "targets", "simulators", "suites", "reports", "golive", "proof")


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_it_imports_neither_the_reference_nor_the_harness() -> None:
    files = [file for file in HERE.glob("*.py") if not file.name.startswith("test_") and file.name != "adapter.py"]
    assert len(files) > 10
    found = {(file.name, name) for file in files for name in imported(file) if name.partition(".")[0] in OURS}
    assert found == set()
