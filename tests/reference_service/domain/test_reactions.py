"""The table of reactions says what stands in it: a key that stands twice would silently take the first one's away."""

import ast
from collections import Counter
from pathlib import Path

import pytest

import reference_service.domain
from reference_service.domain.clockwork import CLOCKS
from reference_service.domain.reactions import REACTIONS

DOMAIN = Path(reference_service.domain.__path__[0])


@pytest.mark.parametrize(("module", "table"), [("reactions", REACTIONS), ("clockwork", CLOCKS)])
def test_no_key_of_a_table_stands_twice(module: str, table: dict[object, object]) -> None:
    tree = ast.parse((DOMAIN / f"{module}.py").read_text(encoding="utf-8"))
    keys = [
        ast.unparse(key)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict) and len(node.keys) >= len(table)
        for key in node.keys
        if key is not None
    ]
    assert len(keys) >= len(table) > 5
    assert [key for key, times in Counter(keys).items() if times > 1] == []
