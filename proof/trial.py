"""`python -m proof.trial MUTANT SCENARIO FOLDER`: one short rehearsal against the service with that bug planted."""

import os
import sys
from pathlib import Path

from rich.console import Console

from golive.play import Wish, play


def main() -> None:
    """Exit code of the rehearsal; its run, and the mark that the bug was executed, are left in FOLDER."""
    name, scenario, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    os.environ["GOLIVE_MUTANT_RAN"] = str((folder / "ran").resolve())
    program = ("-m", "proof.service", name)
    code, _ = play(Wish(scenario, runs=folder, program=program), Console(width=160))
    raise SystemExit(code)


main()
