"""`python -m proof.freshness`: says whether the committed kill matrix is of today's sources; never fails."""

import msgspec

import proof.mutants  # noqa: F401  (fills the register)
from proof.matrix import RESULT, Matrix, source_hash
from proof.mutant import REGISTER

if __name__ == "__main__":
    matrix = msgspec.json.decode(RESULT.read_bytes(), type=Matrix)
    now = source_hash()
    old = [trial.mutant for trial in matrix.trials if trial.sources != now]
    new = REGISTER.keys() - {trial.mutant for trial in matrix.trials}
    if old or new:
        print(
            f"proof/kills.json: {len(old)} of {len(matrix.trials)} trials are of other sources than these, "
            f"{len(new)} mutants were never played: run  make prove  before you rely on it"
        )
