"""The kill matrix: what each trial showed, whether that was promised, and the hash of the sources it holds for."""

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Literal

import msgspec

from proof.mutant import CLEAN, Mutant

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "proof" / "kills.json"
PAGE = ROOT / "docs" / "proof.md"
SOURCES = (
    "history",
    "fixtures",
    "targets",
    "simulators",
    "loadtests",
    "reports",
    "reference_service",
    "golive",
    "suites",
    "contract_tests",
    "security_tests",
    "proof",
)


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One rehearsal or suite: `broken` are the promises found broken; `sources` is the hash of what was played."""

    mutant: str
    promise: str
    scenario: str
    verdict: str
    broken: tuple[str, ...]
    ran: bool
    fate: Literal["killed", "survived", "never ran", "not judged", "green", "false alarm"]
    sources: str = ""


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """The newest trial of every mutant."""

    trials: tuple[Trial, ...]


def fate(mutant: Mutant | None, verdict: str, broken: tuple[str, ...], ran: bool) -> str:
    """What a trial amounts to; None stands for the clean service."""
    if mutant is None:
        return "green" if verdict == "DEMO PASSED" else "false alarm"
    if not ran:
        return "never ran"
    if verdict == "INVALID":
        return "not judged"
    return "killed" if verdict == "NO-GO" and mutant.promise in broken else "survived"


def good(trial: Trial) -> bool:
    """Whether it is what a harness that can be trusted shows."""
    return trial.fate == ("green" if trial.mutant == CLEAN else "killed")


def page(matrix: Matrix) -> str:
    """docs/proof.md: the matrix for people."""
    rows = "\n".join(_row(trial) for trial in matrix.trials)
    return f"""# The harness proves itself

Written by `make prove`; do not edit. Each mutant is the reference service with one planted bug (`proof/mutants/`).
*Killed*: a short rehearsal of it (or the contract or security suite's tests of its promise) was NO-GO, its planted code
had run, and the promise it breaks is among those found broken. *Green*: the service without a bug passed the same.

| mutant | promise | played | verdict | promises found broken | fate | sources |
|---|---|---|---|---|---|---|
{rows}
"""


def _row(t: Trial) -> str:
    broken = ", ".join(t.broken) or "–"
    cells = (f"`{t.mutant}`", t.promise or "–", t.scenario, t.verdict, broken, t.fate, f"`{t.sources[:12]}`")
    return f"| {' | '.join(cells)} |"


def known() -> Matrix:
    """The matrix that is committed; an empty one where there is none of this form."""
    try:
        return msgspec.json.decode(RESULT.read_bytes(), type=Matrix)
    except (OSError, msgspec.MsgspecError):
        return Matrix(trials=())


def merged(before: Matrix, now: Iterable[Trial], register: Collection[str]) -> Matrix:
    """What was played now in the place of what was played before; of mutants that are no more nothing stays."""
    trials = {(trial.mutant, trial.scenario): trial for trial in (*before.trials, *now)}
    kept = (trial for trial in trials.values() if trial.mutant in register or trial.mutant == CLEAN)
    return Matrix(trials=tuple(sorted(kept, key=lambda each: (each.scenario, each.mutant == CLEAN, each.mutant))))


def source_hash(root: Path = ROOT) -> str:
    """SHA-256 over every Python and data file that a verdict depends on, names included."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix in {".py", ".toml", ".txt", ".csv"}:
                digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
