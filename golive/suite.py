"""`golive contract` and `golive security`: check what was asked, start pytest, follow it, judge, write, show."""

import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from golive import config, failures
from golive.config import REAL_TIME_S
from golive.failures import Failure, Usage
from golive.language import say
from golive.part import ROOT, Part
from golive.play import interruptible
from golive.reach import Reach, settle
from golive.suite_screen import SuiteScreen
from golive.suite_verdict import ACCEPTED, REPORT, Ended, conclude, fault_of, read_results, record
from golive.verdict import point_last
from reports.conformance import RESULTS, Suite
from reports.matrix import promises
from reports.matrix.accepted import AcceptedError, load
from reports.matrix.terminal import panel
from targets.interface import TargetError
from targets.loading import load as load_target

PROFILES: Final = ("ci", "nightly")
LOOK_S: Final = 0.25
ROOM_MIB: Final = 50
SILENT_S: Final = 300.0  # without a case that ends, a suite hangs; its own limit for a case is less
_INI: Final = ("-o", "asyncio_default_fixture_loop_scope=session")  # unset, pytest-asyncio warns in every log
_ENVIRONMENT: Final = {"COLUMNS": "200", "PYTEST_ADDOPTS": ""}  # a person's own words would leave tests out unseen
WHOLE: Final = 2  # processes of a whole suite by default, where the machine has as many cores


@dataclass(frozen=True)
class SuiteWish:
    """What a person asked for."""

    suite: Suite
    target: str = config.REFERENCE
    promises: tuple[str, ...] = ()
    case: str = ""
    runs: Path = Path("runs")
    processes: int = -1  # -1: as many as suit the machine; 0: all in pytest's own
    accepted: Path | None = None  # None: accepted.toml here, if there is one
    profile: str = "ci"
    minutes: float = 0.0
    allow_conditional: bool = False
    config: Path = Path("golive.toml")
    tests: Path | None = None  # instead of the suite's own folder
    silent_s: float = SILENT_S
    real_time: float = REAL_TIME_S  # s that a case may wait where the target has no clock


def run_suite(wish: SuiteWish, console: Console) -> int:
    """Run it and say what it found; the exit code. Raises Failure where the suite could not do its work."""
    check(wish)
    folder = make_folder(wish, datetime.now())
    accepted = wish.accepted or Path(ACCEPTED)
    if accepted.exists():
        shutil.copyfile(accepted, folder / ACCEPTED)
    ended = follow(wish, folder, console)
    results = read_results(folder)
    if results is None or not results.cases:
        refused(folder, ended)
    matrix = conclude(folder)
    point_last(folder)
    if ended.harness:
        raise Failure(f"{fault_of(ended, results)}  ({folder / REPORT}, {folder / 'logs' / 'suite.log'})")
    console.print(panel(matrix, str(folder / REPORT)))
    if ended.interrupted:
        console.print(
            Text(say("已被中断;到此为止的记录已评判。", "interrupted; what was recorded is judged."), style="red")
        )
    if wish.allow_conditional and matrix.verdict == "GO WITH CONDITIONS":
        return failures.GO
    return matrix.exit_code


def check(wish: SuiteWish) -> None:
    """Everything that can be refused before anything starts. Raises Usage or Failure."""
    try:
        promises.check(wish.promises)
        if wish.target != config.REFERENCE:
            bound = config.pick(config.load(wish.config), wish.target, wish.config.parent)
            config.secrets(bound)
            load_target(bound.adapter)
            if wish.processes > 1 and one_door(wish):
                port = settle(Reach(), bound, wish.config.parent).gateway_port
                raise Usage(
                    f"-n {wish.processes}: target {wish.target} reaches the platform at port {port}, where one process "
                    "can listen; leave -n away"
                )
        if wish.accepted is not None or Path(ACCEPTED).exists():
            load(wish.accepted or Path(ACCEPTED))
    except (promises.UnknownPromise, AcceptedError, TargetError) as error:
        raise Usage(str(error)) from error
    if wish.profile not in PROFILES:
        raise Usage(f"--profile {wish.profile}: there are {' and '.join(PROFILES)}")
    if wish.minutes < 0 or (wish.minutes and wish.profile != "nightly"):
        raise Usage("--minutes says how long --profile nightly may take; give both")
    wish.runs.mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(wish.runs).free / 2**20) < ROOM_MIB:
        raise Failure(f"{wish.runs.resolve()}: {free:.0f} MiB free, a suite needs {ROOM_MIB}; make room, or use --runs")


def make_folder(wish: SuiteWish, now: datetime) -> Path:
    """A new folder for this run; a second one of the same second gets a number."""
    for number in range(1, 100):
        folder = wish.runs / (f"{now:%Y%m%d-%H%M%S}-{wish.suite}" + (f"-{number}" if number > 1 else ""))
        try:
            (folder / "logs").mkdir(parents=True)
        except FileExistsError:
            continue
        return folder.resolve()
    raise Failure(f"{wish.runs}: no name is left for a new run")


def command(wish: SuiteWish, folder: Path) -> list[str]:
    """How pytest is started."""
    words = [sys.executable, "-m", "pytest", str(wish.tests or ROOT / f"{wish.suite}_tests")]
    words += ["-q", "--color=no", "--tb=short", "-p", "no:cacheprovider", *_INI, "--results", str(folder / RESULTS)]
    words += ["--target", wish.target, "--golive-toml", str(wish.config.resolve())]
    words += ["--real-time", f"{wish.real_time:g}"] if wish.suite == "contract" else []
    words += [word for pattern in wish.promises for word in ("--promise", pattern)]
    words += ["--case", wish.case] if wish.case else _shared(processes(wish, os.cpu_count() or 1))
    if wish.suite == "security":
        words += ["--hypothesis-profile", wish.profile]
        words += ["--minutes", f"{wish.minutes:g}"] if wish.minutes else []
    return words


def _shared(count: int) -> list[str]:
    """Tests of one group, which share what is dear to play, stay in one process; one that dies ends the run."""
    return ["-n", str(count), *(["--dist", "loadgroup", "--max-worker-restart", "0"] if count else [])]


def processes(wish: SuiteWish, cpus: int) -> int:
    """How many processes share the cases; 0 is pytest's own alone."""
    if wish.processes >= 0:
        return wish.processes
    return 0 if cpus == 1 or one_door(wish) else min(WHOLE, cpus)


def one_door(wish: SuiteWish) -> bool:
    """Whether the target reaches the platform at one port, which only one process can listen on."""
    if wish.target == config.REFERENCE:
        return False
    bound = config.pick(config.load(wish.config), wish.target, wish.config.parent)
    return bool(settle(Reach(), bound, wish.config.parent).gateway_port)


def follow(wish: SuiteWish, folder: Path, console: Console) -> Ended:
    """Start the suite and show how it goes until it ends; Ctrl-C and SIGTERM end it as Ctrl-C ends pytest."""
    part = Part("suite", command(wish, folder), folder / "logs" / "suite.log", _ENVIRONMENT)
    watch = Watch(wish.silent_s + 60 * wish.minutes + max(0.0, wish.real_time - REAL_TIME_S))
    interrupted = False
    with SuiteScreen(console, wish.suite, wish.target, folder.name) as screen, interruptible():
        part.start()
        try:
            while part.wait(LOOK_S) is None and not watch.silent:
                results = read_results(folder)
                watch(len(results.cases) if results else 0)
                screen(results)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            part.interrupt()
            part.stop()
    silent_s = watch.patience_s if watch.silent and not interrupted else 0.0
    ended = Ended(exit=part.exit or 0, interrupted=interrupted, silent_s=silent_s)
    record(folder, ended)
    return ended


class Watch:
    """Called with how many cases have ended; `silent` once that has not changed for `patience_s`."""

    def __init__(self, patience_s: float) -> None:
        self.patience_s = patience_s
        self._count, self._changed = 0, time.monotonic()

    def __call__(self, count: int) -> None:
        """So many cases have ended."""
        if count != self._count:
            self._count, self._changed = count, time.monotonic()

    @property
    def silent(self) -> bool:
        """Whether nothing has changed for too long."""
        return time.monotonic() - self._changed > self.patience_s


def refused(folder: Path, ended: Ended) -> None:
    """Say why there is no case at all, where pytest said it. Raises Usage or Failure; returns where it did not."""
    if ended.silent_s:
        raise Failure(f"{fault_of(ended, None)}  ({folder})")
    log = folder / "logs" / "suite.log"
    told = first_error(log.read_text(errors="replace").splitlines())
    if ended.interrupted or (not told and ended.exit in (0, 1, 5)):
        return
    shutil.rmtree(folder) if told and "--case" in told else None
    raise (Usage if told and "--case" in told else Failure)(told or f"the suite ended with {ended.exit}; see {log}")


def first_error(lines: Sequence[str]) -> str:
    """pytest's own word of what was wrong with the call or, with the cause, with a test's file."""
    cause = next((line.removeprefix("E").strip() for line in lines if line.startswith("E   ")), "")
    for line in lines:
        if line.startswith("ERROR: "):
            return line.removeprefix("ERROR: ").strip()
        if line.startswith("ERROR "):
            told = line.removeprefix("ERROR ").strip()
            return told if not cause or cause in told else f"{told}: {cause}"
    return ""
