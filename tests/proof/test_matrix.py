"""A mutant counts as killed only when its code ran and its own promise is what broke."""

from pathlib import Path

import pytest

from proof.matrix import fate, source_hash
from proof.mutant import Mutant

MUTANT = Mutant("acks_before_commit", "GATEWAY-4", lambda: None)


@pytest.mark.parametrize(
    ("mutant", "verdict", "broken", "ran", "expected"),
    [
        (MUTANT, "NO-GO", ("GATEWAY-4",), True, "killed"),
        (MUTANT, "NO-GO", ("ORDER-1",), True, "survived"),
        (MUTANT, "DEMO PASSED", (), True, "survived"),
        (MUTANT, "NO-GO", ("GATEWAY-4",), False, "never ran"),
        (MUTANT, "INVALID", ("GATEWAY-4",), True, "not judged"),
        (None, "DEMO PASSED", (), False, "green"),
        (None, "NO-GO", ("ORDER-1",), False, "false alarm"),
        (None, "INVALID", (), False, "false alarm"),
    ],
)
def test_fate(mutant: Mutant | None, verdict: str, broken: tuple[str, ...], ran: bool, expected: str) -> None:
    assert fate(mutant, verdict, broken, ran) == expected


def test_the_hash_moves_with_any_source(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.py").write_text("x = 1\n")
    before = source_hash(tmp_path)
    (tmp_path / "reports" / "a.py").write_text("x = 2\n")
    changed = source_hash(tmp_path)
    (tmp_path / "reports" / "a.py").rename(tmp_path / "reports" / "b.py")
    assert len({before, changed, source_hash(tmp_path)}) == 3
