"""`python -m proof.trial MUTANT SCENARIO FOLDER`: one short rehearsal, or a suite, against the service with that bug.

Of a suite only the tests of the mutant's promise are played; for the clean service, all of them.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from rich.console import Console

import proof.mutants  # noqa: F401  (fills the register)
from golive.play import Wish, play
from proof.matrix import ROOT
from proof.mutant import CLEAN, REGISTER, SUITES
from reports.conformance import RESULTS, read


def main() -> None:
    """Exit code of the rehearsal; its run, and the mark that the bug was executed, are left in FOLDER."""
    name, scenario, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    os.environ["GOLIVE_MUTANT_RAN"] = str((folder / "ran").resolve())
    program = ("-m", "proof.service", name)
    if scenario in SUITES:
        raise SystemExit(_suite(name, scenario, folder, program))
    code, _ = play(Wish(scenario, runs=folder, program=program), Console(width=160))
    raise SystemExit(code)


def _suite(name: str, suite: str, folder: Path, program: tuple[str, ...]) -> int:
    words = [sys.executable, "-m", "pytest", f"{suite}_tests", "-q", "--results", str((folder / RESULTS).resolve())]
    words += [f"--reference-program={shlex.join(program)}", "-p", "no:cacheprovider"]
    if name != CLEAN:
        words += ["--promise", REGISTER[name].promise]
        code = subprocess.run([*words, "-x"], cwd=ROOT, check=False).returncode  # one broken case is enough
        if any(case.state == "broken" for case in read(folder / RESULTS).cases):
            return code
    return subprocess.run(words, cwd=ROOT, check=False).returncode


main()
