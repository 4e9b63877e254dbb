"""`python -m proof [MUTANT … | stale]`: every planted bug must turn its rehearsal or suite red by its own promise."""

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

STALE = "stale"  # instead of names: whatever has no good trial of today's sources
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
    if unknown := set(names) - set(REGISTER) - {CLEAN, STALE}:
        console.print(f"no mutant {', '.join(sorted(unknown))}; known are {', '.join(sorted(REGISTER))}")
        raise SystemExit(2)
    sources = source_hash()
    trials = _all(_chosen(names, sources), sources)
    console.print(_table(trials))
    raise SystemExit(0 if all(good(trial) for trial in trials) else 1)


def _chosen(names: list[str], sources: str) -> list[tuple[Mutant | None, str]]:
    """What to play: what is named, what has no good trial of these sources (`stale`), or everything."""
    fresh = {(trial.mutant, trial.scenario) for trial in known().trials if trial.sources == sources and good(trial)}
    named = REGISTER.keys() if not names or STALE in names or names == [CLEAN] else set(names)
    planted: list[tuple[Mutant | None, str]] = [(m, m.scenario) for m in REGISTER.values() if m.name in named]
    clean: list[tuple[Mutant | None, str]] = [(None, scenario) for scenario in sorted({each for _, each in planted})]
    if STALE in names:
        return [each for each in (*planted, *clean) if (_name(each[0]), each[1]) not in fresh]
    return (planted if names != [CLEAN] else []) + (clean if not names or CLEAN in names else [])


def _all(chosen: list[tuple[Mutant | None, str]], sources: str) -> list[Trial]:
    """Play them; each trial is kept as soon as it is known, so that what is cut short loses nothing."""
    with Progress() as progress, ThreadPoolExecutor(AT_ONCE) as pool, tempfile.TemporaryDirectory() as folder:
        task = progress.add_task("trials", total=len(chosen))

        def told(trial: Trial) -> Trial:
            trial = msgspec.structs.replace(trial, sources=sources)
            progress.console.print(f"{trial.mutant} ({trial.scenario}): {trial.fate}")
            _keep(trial)
            return trial

        work = {pool.submit(_one, mutant, scenario, Path(folder)): (mutant, scenario) for mutant, scenario in chosen}
        trials = []
        for done in as_completed(work):
            trials.append(told(done.result()))
            progress.advance(task)
        for place, trial in enumerate(trials):
            if trial.verdict == "INVALID":  # the machine was too busy for two at once: alone, once more
                trials[place] = told(_one(REGISTER.get(trial.mutant), trial.scenario, Path(folder) / "alone"))
        return trials


def _keep(trial: Trial) -> None:
    matrix = merged(known(), [trial], REGISTER)
    RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(matrix)) + b"\n")
    PAGE.write_text(page(matrix), encoding="utf-8")


def _name(mutant: Mutant | None) -> str:
    return mutant.name if mutant else CLEAN


def _one(mutant: Mutant | None, scenario: str, folder: Path) -> Trial:
    name = _name(mutant)
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
