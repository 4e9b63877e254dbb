"""`python -m proof.service MUTANT …`: the reference service with one planted bug; further arguments are its own."""

import runpy
import sys

import proof.mutants  # noqa: F401  (fills the register)
from proof.mutant import CLEAN, REGISTER


def main() -> None:
    """Plant, then run the service as `python -m reference_service` would."""
    name = sys.argv.pop(1)
    if name != CLEAN:
        REGISTER[name].plant()
    sys.argv[0] = "reference_service"
    runpy.run_module("reference_service", run_name="__main__", alter_sys=True)


main()
