"""One rehearsal from the first process to the verdict's folder."""

import contextlib
import os
import platform
import random
import resource
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path

import msgspec

from fixtures.shops import plan_shops
from golive import abort
from golive.cast import Cast
from golive.failures import INVALID, Failure
from golive.language import say
from golive.live import Follower, Live
from golive.part import stop_stranger
from golive.records import owed, wait_for
from history.run import RunFolder, RunSpec, first_id
from history.scenario import Kill, Scenario
from history.toml import dump
from history.writer import Writer
from simulators.douyin.profiles import profile

BEAT_S = 1.0


class About(msgspec.Struct, frozen=True, kw_only=True):
    """`about.json`: what the page says of a run that its history does not."""

    started: str
    command: str
    target: str
    target_version: str = ""
    changes: tuple[str, ...] = ()  # of the scenario, by --set
    python: str = platform.python_version()
    system: str = f"{platform.system()} {platform.release()} {platform.machine()}"
    cpus: int = os.cpu_count() or 0
    memory_gib: float = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)


@dataclass
class Beat:
    """What the screen is told once a second."""

    live: Live
    cast: Cast
    left_s: float
    stage: str  # starting | running | draining | stopping
    notices: list[str]


def new_run(
    scenario: Scenario,
    target: str,
    runs: Path,
    seed: int,
    now: datetime,
    platform: str = "open-im",
    *,
    workers: int = 1,
    key: str = "",
) -> tuple[RunFolder, RunSpec]:
    """Make the run's folder with its specification and its scenario as a file; `key` is made where none is given.

    Raises ProfileError where there is no such platform profile.
    """
    speaks = profile(platform, scenario.gateway)
    run = _free(runs, f"{now:%Y%m%d-%H%M%S}-{scenario.name}")
    rng = random.Random(f"{seed}/{run}")
    planned = enumerate(plan_shops(scenario, seed), 1)
    shops = tuple(msgspec.structs.replace(shop, open_id=speaks.account(number, seed)) for number, shop in planned)
    folder = RunFolder(runs.resolve() / run)  # the parts run in another folder
    spec = RunSpec(
        id=run,
        number=rng.getrandbits(16),
        scenario=scenario,
        target=target,
        app=speaks.app(rng),
        shops=shops,
        seed=seed,
        platform=platform,
        platform_name=speaks.name,
        own_chat=speaks.own_chat,
        workers=workers,
        first=first_id(rng),
        key=key or secrets.token_urlsafe(24),
    )
    folder.write_spec(spec)
    (folder.path / "scenario.toml").write_text(dump(msgspec.to_builtins(scenario)), encoding="utf-8")
    return folder, spec


def _free(runs: Path, name: str) -> str:
    """The name, or with a number behind it where another run of the same second has it."""
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(each for each in names if not (runs / each).exists())


class Rehearsal:
    """Drives one run. `show` is called once a second; it may raise KeyboardInterrupt, which ends the run early."""

    def __init__(
        self, cast: Cast, spec: RunSpec, command: str, show: Callable[[Beat], None], changes: Sequence[str] = ()
    ) -> None:
        self.cast = cast
        self.spec = spec
        self.scenario = spec.scenario
        self.notices: list[str] = []
        self._command = command  # how to do it again
        self._changes = tuple(changes)
        self._abort_when = abort.check_lines(spec.scenario.abort_when)
        self._show = show
        self._follower = Follower(cast.folder.history)
        self._writer = Writer(cast.folder.history, "golive", spec.id)
        self._kills = list(spec.scenario.kills)
        self._killed: tuple[Kill, float] | None = None
        self._dead = False
        self._service_pid = 0
        self._came = 0.0  # when the customers were there

    def play(self) -> None:
        """Start everybody, follow the run to its end, stop everybody. Raises Failure; stops everybody then too."""
        try:
            self._start()
            self._follow()
        finally:
            self._stop()

    def _start(self) -> None:
        cast, folder = self.cast, self.cast.folder
        self._beat("starting", 0.0)
        gateway = cast.start_gateway()
        service = cast.start_service(gateway) if cast.target is None else ""
        cast.start_agents(gateway, service)
        heard = folder.heard("agents")
        version = heard.version if heard else ""
        self._tell_about(version)
        self._call_workers(gateway.far)
        cast.start_customers(gateway)
        self._came = time.monotonic()
        ready = cast.service_ready()
        self._service_pid = ready.pid if ready else 0

    def _call_workers(self, gateway: str) -> None:
        """Say what to type on other hosts, where customers are to come from there."""
        if self.cast.crowd.workers:
            self.notices.append(self.cast.crowd.invitation(gateway, self.spec.key, self.cast.reach.ca))
            self._beat("starting", 0.0)

    def _tell_about(self, version: str) -> None:
        about = About(
            started=datetime.now().astimezone().isoformat(timespec="seconds"),
            command=self._command,
            target=self.spec.target,
            target_version=version,
            changes=self._changes,
        )
        (self.cast.folder.path / "about.json").write_bytes(msgspec.json.format(msgspec.json.encode(about)))

    def _follow(self) -> None:
        """Until the customers have ended, which they do when the drain is over."""
        length = sum(phase.seconds for phase in self.scenario.phases)
        drain = self.scenario.drain_s()
        begun = self._came
        while True:
            now = time.monotonic()
            live = self._follower.live
            if live.phases:
                begun = min(live.phases.values()) / 1e9
            gone = now - begun
            self._beat("running" if gone < length else "draining", max(0.0, length + drain - gone))
            if self._watch() or self._aborted():
                return
            if gone > length + drain + 60:
                raise Failure("the customers did not end a minute after the drain; see customers.log")
            time.sleep(max(0.05, BEAT_S - (time.monotonic() - now)))

    def _beat(self, stage: str, left_s: float) -> None:
        self._follower.poll()
        self._note_cpu()
        try:
            self._writer.flush()
        except OSError as error:
            raise Failure(f"{self._writer.path}: cannot be written ({error.strerror}); the run is ended") from error
        self._show(Beat(self._follower.live, self.cast, left_s, stage, self.notices))

    def _aborted(self) -> bool:
        """Whether a line of abort_when is true now: the run is ended as after its drain, and judged."""
        why = abort.reason(self._abort_when, self._follower.live, time.monotonic_ns())
        if why:
            self._writer.add("aborted", note=why)
            self.notices.append(say(f"按 abort_when 提前结束:{why}", f"ended early by abort_when: {why}"))
        return bool(why)

    def _watch(self) -> bool:
        """Look after the processes; whether the run is over."""
        self._plan_kills()
        self._watch_service()
        for part in self.cast.parts:
            if part.name == "service" or part.exit is None:
                continue
            if part.name == "customers" and part.exit == 0:
                return True
            self._writer.add("died", actor=part.name, note=f"exit {part.exit}")
            self._follower.poll()
            if part.name == "customers" and self._follower.live.deaths:
                raise Failure(
                    say("运行已中止:", "the run was ended: ") + "; ".join(self._follower.live.deaths), INVALID
                )
            raise Failure(
                f"{part.name} ended in the middle of the run (exit {part.exit}); what was recorded is judged. "
                f"Its last words ({part.log}):\n{part.last_words()}"
            )
        return self.cast.crowd.master_elsewhere and not owed(self.cast.crowd, self.cast.folder.history)

    def _watch_service(self) -> None:
        part = self.cast.part("service")
        if part is None:
            return
        ready = self.cast.service_ready()
        if self._dead and ready and ready.pid != self._service_pid:
            self._service_pid, self._dead = ready.pid, False
            self._writer.add("restarted", actor="service")
            self.notices.append(f"service is back, pid {ready.pid}")
        elif not self._dead and part.exit is not None and self._service_pid == part.pid:
            self._dead = True
            self._writer.add("died", actor="service", note=f"exit {part.exit}")
            self.notices.append(f"service died (exit {part.exit}). Start it again:\n  {part.by_hand()}")

    def _plan_kills(self) -> None:
        """Carry out the scenario's planned kills, and their restarts."""
        part = self.cast.part("service")
        now = time.monotonic()
        if part is None:
            return
        if self._killed is not None:
            self._restart(*self._killed, now)
        for kill in self._kills:
            begun = self._follower.live.phases.get(kill.phase)
            if begun is not None and now >= begun / 1e9 + kill.after_s:
                self._kills.remove(kill)
                self._writer.add("fault", note="kill service begins")
                part.kill()
                self._dead = True
                self._killed = (kill, now)
                self.notices.append(f"planned: service killed (kill -9) in phase {kill.phase}")
                return

    def _restart(self, kill: Kill, at: float, now: float) -> None:
        part = self.cast.part("service")
        if part is None or now < at + kill.restart_after_s:
            return
        if part.exit is not None:
            part.start()
        ready = self.cast.service_ready()
        if ready and ready.pid == part.pid:
            self._writer.add("fault", note="kill service ends")
            self._killed = None

    def _stop(self) -> None:
        """In order, so that nothing that was on its way is cut by us."""
        try:
            self._show(Beat(self._follower.live, self.cast, 0.0, "stopping", self.notices))
        finally:
            self.cast.stop("customers")
            self._await_records()
            for name in ("agents", "gateway"):
                self.cast.stop(name)
            ready, part = self.cast.service_ready(), self.cast.part("service")
            if ready and part and ready.pid != part.pid:
                stop_stranger(ready.pid)
            self.cast.stop_all()
            self._note_cpu()
            with contextlib.suppress(OSError):  # told by the flush before, or by whoever writes the report
                self._writer.close()

    def _await_records(self) -> None:
        crowd, history = self.cast.crowd, self.cast.folder.history
        if self._came and (missed := wait_for(crowd, history, self.spec.id)):
            self.notices.append(missed)
            self._show(Beat(self._follower.live, self.cast, 0.0, "stopping", self.notices))

    def _note_cpu(self) -> None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        self._writer.add("cpu", n=int((usage.ru_utime + usage.ru_stime) * 1e6))
