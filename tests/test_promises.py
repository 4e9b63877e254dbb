"""A promise is kept only where a planted bug has been seen to break it; the kill matrix says so for these sources."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

import proof.mutants  # noqa: F401  (fills the register)
from proof.matrix import RESULT, Matrix, good
from proof.mutant import CLEAN, REGISTER
from reports.checkers import CHECKERS
from reports.verdict import SYNC

ROOT = Path(__file__).resolve().parents[1]
PROMISES: list[dict[str, Any]] = tomllib.loads((ROOT / "contract" / "promises.toml").read_text(encoding="utf-8"))[
    "promises"
]
KEPT = {promise["id"] for promise in PROMISES if promise["state"] == "kept"}


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    """What `make prove` wrote last."""
    return msgspec.json.decode(RESULT.read_bytes(), type=Matrix)


def test_every_promise_has_a_state_and_a_requirement() -> None:
    ids = [promise["id"] for promise in PROMISES]
    assert len(ids) == len(set(ids))
    for promise in PROMISES:
        assert promise["state"] in ("planned", "kept"), promise["id"]
        assert promise["requirements"], promise["id"]
        assert promise["text"], promise["id"]


def test_checkers_and_mutants_name_promises_that_exist() -> None:
    ids = {promise["id"] for promise in PROMISES}
    assert {checker.promise for checker in CHECKERS} <= ids
    assert {mutant.promise for mutant in REGISTER.values()} <= ids
    assert SYNC


def test_every_kept_promise_was_broken_by_a_mutant_and_seen(matrix: Matrix) -> None:
    seen = {promise for trial in matrix.trials if trial.fate == "killed" for promise in trial.broken}
    assert seen >= KEPT


def test_every_mutant_was_killed_by_its_own_promise_and_the_clean_service_is_green(matrix: Matrix) -> None:
    assert {trial.mutant for trial in matrix.trials} == {*REGISTER, CLEAN}
    assert [trial for trial in matrix.trials if not good(trial)] == []
    assert {t.scenario for t in matrix.trials if t.mutant == CLEAN} == {t.scenario for t in matrix.trials}
    for trial in matrix.trials:
        if trial.mutant != CLEAN:
            assert trial.promise == REGISTER[trial.mutant].promise
