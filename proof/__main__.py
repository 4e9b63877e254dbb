"""`python -m proof [MUTANT …]`: every planted bug must turn its rehearsal or suite red by the promise it breaks."""

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

import proof.mutants  # noqa: F401  (fills the register)
from proof.matrix import PAGE, RESULT, ROOT, Trial, fate, good, known, merged, page, source_hash
from proof.mutant import CLEAN, REGISTER, SUITES, Mutant
from reports.conformance import RESULTS, read

AT_ONCE = 2  # short rehearsals share a 2-core machine well enough; more would make the harness itself late


class _Gate(msgspec.Struct):
    promise: str
    state: str


class _Summary(msgspec.Struct):
    verdict: str
    promises: tuple[_Gate, ...]


def main() -> None:
    """Exit 0 when all are killed and the clean service is green; 1 otherwise; 2 for a name that is no mutant."""
    console = Console()
    names = sys.argv[1:]
    if unknown := set(names) - set(REGISTER) - {CLEAN}:
        console.print(f"no mutant {', '.join(sorted(unknown))}; known are {', '.join(sorted(REGISTER))}")
        raise SystemExit(2)
    trials = _all(names, source_hash())
    console.print(_table(trials))
    matrix = merged(known(), trials, REGISTER)
    RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(matrix)) + b"\n")
    PAGE.write_text(page(matrix), encoding="utf-8")
    raise SystemExit(0 if all(good(trial) for trial in trials) else 1)


def _all(names: list[str], sources: str) -> list[Trial]:
    mutants: list[tuple[Mutant | None, str]] = [
        (m, m.scenario) for m in REGISTER.values() if not names or m.name in names
    ]
    if not names or CLEAN in names:
        chosen = [m for m, _ in mutants if m] or REGISTER.values()
        mutants += [(None, scenario) for scenario in sorted({m.scenario for m in chosen})]
    with Progress() as progress, ThreadPoolExecutor(AT_ONCE) as pool, tempfile.TemporaryDirectory() as folder:
        task = progress.add_task("rehearsals", total=len(mutants))
        work = [pool.submit(_one, mutant, scenario, Path(folder)) for mutant, scenario in mutants]
        for done in as_completed(work):
            _tell(progress, done.result())
            progress.advance(task)
        trials = [future.result() for future in work]
        for place, (trial, (mutant, scenario)) in enumerate(zip(trials, mutants, strict=True)):
            if trial.verdict == "INVALID":  # the machine was too busy for two at once: alone, once more
                trials[place] = _one(mutant, scenario, Path(folder) / "alone")
                _tell(progress, trials[place])
        return [msgspec.structs.replace(trial, sources=sources) for trial in trials]


def _tell(progress: Progress, trial: Trial) -> None:
    progress.console.print(f"{trial.mutant} ({trial.scenario}): {trial.fate}")


def _one(mutant: Mutant | None, scenario: str, folder: Path) -> Trial:
    name = mutant.name if mutant else CLEAN
    runs = folder / f"{name}-{scenario}"
    runs.mkdir(parents=True)
    with (runs / "output.log").open("wb") as log:
        subprocess.run(
            [sys.executable, "-m", "proof.trial", name, scenario, str(runs)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            check=False,
        )
    verdict, broken = _read(runs, scenario)
    ran = (runs / "ran").exists()
    if verdict == "INVALID":
        print("\n".join((runs / "output.log").read_text(errors="replace").splitlines()[-12:]))
    return Trial(
        mutant=name,
        promise=mutant.promise if mutant else "",
        scenario=scenario,
        verdict=verdict,
        broken=broken,
        ran=ran,
        fate=fate(mutant, verdict, broken, ran),  # type: ignore[arg-type]
    )


def _read(runs: Path, scenario: str) -> tuple[str, tuple[str, ...]]:
    if scenario in SUITES:
        return _read_suite(runs / RESULTS)
    try:
        summary = msgspec.json.decode((runs / "last" / "summary.json").read_bytes(), type=_Summary)
    except (OSError, msgspec.MsgspecError):
        return "INVALID", ()
    return summary.verdict, tuple(sorted({item.promise for item in summary.promises if item.state == "broken"}))


def _read_suite(file: Path) -> tuple[str, tuple[str, ...]]:
    """A suite's results as a rehearsal's: any broken case is NO-GO, and a suite cut short or with errors is INVALID."""
    try:
        results = read(file)
    except (OSError, ValueError):
        return "INVALID", ()
    states = {case.state for case in results.cases}
    broken = {promise for case in results.cases if case.state == "broken" for promise in case.promises}
    if broken:
        return "NO-GO", tuple(sorted(broken))
    whole = "holds" in states and "unknown" not in states and len(results.cases) == results.planned
    return ("DEMO PASSED" if whole else "INVALID"), ()


def _table(trials: list[Trial]) -> Table:
    table = Table("mutant", "promise", "scenario", "verdict", "broken promises", "fate")
    for trial in trials:
        style = "" if good(trial) else "bold red"
        table.add_row(
            trial.mutant, trial.promise, trial.scenario, trial.verdict, ", ".join(trial.broken), trial.fate, style=style
        )
    return table


main()
