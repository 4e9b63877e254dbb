"""From a scenario's name to an exit code: check, rehearse, judge, write, show."""

import difflib
import os
import shlex
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType

import msgspec
from rich.console import Console
from rich.text import Text

from fixtures.script import script_of
from golive import abort, config, failures
from golive.cast import REFERENCE, Cast
from golive.crowd import Crowd
from golive.descriptors import raise_limit
from golive.failures import Failure, Usage
from golive.fit import bounded, staffed, timed
from golive.language import say
from golive.part import ROOT
from golive.reach import Reach, settle, warning
from golive.rehearsal import Rehearsal, new_run
from golive.screen import Screen
from golive.verdict import REPORT, conclude, point_last
from history.scenario import Kill, Scenario, ScenarioError
from history.scenario_file import load
from reports.gates import GateError, check_lines
from reports.model import Judgement
from reports.page.terminal import verdict
from reports.page.words import phrase
from simulators.douyin.profiles import ProfileError, absolute
from simulators.douyin.stubs import StubError
from simulators.douyin.stubs import load as load_stubs
from targets.interface import Limits, TargetError
from targets.loading import load as load_target

SCENARIOS = ROOT / "loadtests" / "scenarios"
SHORTEST_KEY = 16
ROOM_MIB = 200  # a launch run writes about 10 MiB of history, and the service's database


@dataclass(frozen=True)
class Wish:
    """What a person asked for. `program` is what Python runs as the bundled reference."""

    scenario: str = "launch"
    target: str = config.REFERENCE
    seed: int | None = None
    runs: Path = Path("runs")
    gateway_port: int = 0
    service_port: int = 0
    allow_conditional: bool = False
    platform: str = ""  # a profile's name or file.py:name; "" = what the target's adapter wants
    kill: str = ""  # "surge+10": kill -9 of the service ten seconds into the surge, and its restart
    crowd: Crowd = field(default_factory=Crowd)
    reach: Reach = field(default_factory=Reach)
    key: str = field(default="", repr=False)  # the run's, where other hosts must know it beforehand
    program: tuple[str, ...] = REFERENCE
    config: Path = field(default=Path("golive.toml"))
    changes: tuple[str, ...] = ()  # of the scenario: "customers.concurrency=300"


def play(wish: Wish, console: Console) -> tuple[int, Judgement]:
    """Rehearse and judge. Raises Failure where the run could not even be judged."""
    cast = prepare(wish, with_kill(find_scenario(wish.scenario, wish.changes), wish.kill))
    spec = cast.folder.spec()
    for note in spec.scenario.notes:
        console.print(Text(say(phrase(note).zh, note), style="dim"))
    trouble: Failure | None = None
    if aloud := warning(cast.reach, cast.reach.public_url):
        console.print(Text(aloud, style="yellow"))
    with Screen(console, spec.scenario, spec.id) as screen, interruptible():
        try:
            Rehearsal(cast, spec, again(wish, spec.seed), screen, wish.changes).play()
        except Failure as failure:
            trouble = failure
        except KeyboardInterrupt:
            trouble = Failure(say("已被中断;到此为止的记录仍会评判。", "interrupted; what was recorded is judged."))
    folder = cast.folder.path
    if not (folder / "about.json").exists():  # nobody got as far as being ready
        raise trouble or Failure(f"{folder}: nothing was recorded; see its logs")
    judgement = conclude(folder)
    point_last(folder)
    console.print(verdict(judgement, str(folder / REPORT)))
    if trouble:
        console.print(Text(str(trouble), style="red"))
    return exit_code(judgement, trouble, allow_conditional=wish.allow_conditional), judgement


def prepare(wish: Wish, scenario: Scenario) -> Cast:
    """Everything that can be refused before the first process starts, then the run's folder and its cast."""
    bound = (
        None
        if wish.target == config.REFERENCE
        else config.pick(config.load(wish.config), wish.target, wish.config.parent)
    )
    keys = config.secrets(bound) if bound else {}
    options = msgspec.structs.replace(wish.reach, gateway_port=wish.gateway_port)
    reach = settle(options, bound or Reach(), wish.config.parent)
    if wish.key and len(wish.key) < SHORTEST_KEY:
        raise Usage(f"GOLIVE_KEY has {len(wish.key)} characters; a key that others cannot guess has {SHORTEST_KEY}")
    if wish.crowd.master_elsewhere and scenario.kills:
        raise Usage("a kill is timed by the customers' master, which is elsewhere: take the kills out")
    if bound and scenario.kills:
        raise Usage(f"golive can kill and restart the bundled reference only, not {wish.target}: take the kills out")
    scenario = suited(scenario, bound)
    raise_limit(scenario.customers.concurrency + 2048)  # each process has a limit of its own
    wish.runs.mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(wish.runs).free / 2**20) < ROOM_MIB:
        raise Failure(f"{wish.runs.resolve()}: {free:.0f} MiB free, a run needs {ROOM_MIB}; make room, or use --runs")
    seed = scenario.seed if wish.seed is None else wish.seed
    try:
        load_stubs(scenario.gateway.stubs)
        platform, crowd = platform_of(wish, bound), wish.crowd
        folder, _ = new_run(
            scenario, wish.target, wish.runs, seed, datetime.now(), platform, workers=crowd.size, key=wish.key
        )
    except (ProfileError, StubError, TargetError) as error:
        raise Usage(str(error)) from error
    return Cast(folder, bound, keys, reach, wish.service_port, crowd, wish.program)


def platform_of(wish: Wish, bound: config.TargetConfig | None) -> str:
    """The platform profile of a run: the one wished for, else the adapter's. Raises TargetError."""
    if wish.platform:
        return absolute(wish.platform, Path())
    if bound is None or bound.adapter == config.REFERENCE:
        return load_target("reference").platform
    return absolute(load_target(bound.adapter).platform, Path(bound.adapter).parent)


def suited(scenario: Scenario, bound: config.TargetConfig | None) -> Scenario:
    """The scenario within what the target bears (fit.py); the bundled reference bears what its machine does."""
    if bound is None:
        return bounded(scenario)
    try:
        target = load_target(bound.adapter)
    except TargetError as error:
        raise Usage(str(error)) from error
    limits = target.limits or Limits()
    own = bound.adapter == config.REFERENCE
    fitted = scenario if own else timed(staffed(scenario, limits))
    return bounded(fitted, bound.max_rate, limits.max_rate)


def find_scenario(name: str, changes: Sequence[str] = ()) -> Scenario:
    """The scenario of that name or file with those changes (key=value), its lines checked too. Raises Usage."""
    path = Path(name) if name.endswith(".toml") or os.sep in name else SCENARIOS / f"{name}.toml"
    if not path.exists():
        known = sorted(file.stem for file in SCENARIOS.glob("*.toml"))
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise Usage(f"no scenario {name!r}; {hint}known are: {', '.join(known)}, or give a .toml file")
    try:
        scenario = load(path, changes)
        check_lines(scenario.gates)
        abort.check_lines(scenario.abort_when)
        script_of(scenario.talk)
    except (ScenarioError, GateError) as error:
        text = str(error) if str(path) in str(error) else f"{path}: {error}"
        raise Usage(text) from error
    return scenario


def with_kill(scenario: Scenario, wish: str) -> Scenario:
    """The scenario with one more planned kill, written PHASE+SECONDS; unchanged for "". Raises Usage."""
    if not wish:
        return scenario
    phase, _, after = wish.rpartition("+")
    names = [each.name for each in scenario.phases]
    if phase not in names or not after.replace(".", "", 1).isdigit():
        raise Usage(f"--kill {wish}: write PHASE+SECONDS, such as {names[-1]}+5; the phases are {', '.join(names)}")
    kills = (*scenario.kills, Kill(phase=phase, after_s=float(after)))
    return msgspec.structs.replace(scenario, kills=kills)


def again(wish: Wish, seed: int) -> str:
    """The command that plays the same customers, words and moments again."""
    words = ["golive", "rehearse", wish.scenario, "--seed", str(seed)]
    words += ["--target", wish.target] if wish.target != config.REFERENCE else []
    words += ["--platform", wish.platform] if wish.platform else []
    words += ["--kill", wish.kill] if wish.kill else []
    words += wish.reach.flags() + wish.crowd.flags()
    words += [word for change in wish.changes for word in ("--set", change)]
    return shlex.join(words)


def exit_code(judgement: Judgement, trouble: Failure | None, *, allow_conditional: bool) -> int:
    """A run that golive itself could not finish is never a pass."""
    if trouble and judgement.exit_code == failures.GO:
        return failures.INVALID
    if allow_conditional and judgement.verdict == "GO WITH CONDITIONS":
        return failures.GO
    return judgement.exit_code


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does; while parts are being stopped, neither hurries it."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = [(number, signal.signal(number, interrupt)) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
