"""`python -m proof.freshness`: says whether the committed kill matrix is of today's sources; never fails."""

import msgspec

from proof.matrix import RESULT, Matrix, source_hash

if __name__ == "__main__":
    matrix = msgspec.json.decode(RESULT.read_bytes(), type=Matrix)
    if matrix.sources != source_hash():
        print("proof/kills.json was made from other sources than these: run  make prove  before you rely on it")
