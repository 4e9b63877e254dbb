"""What this Locust run is asked to do: the run of GOLIVE_RUN, or a scenario played by hand.

GOLIVE_RUN       the run's folder, or, on a host that does not have it, the URL of the gateway that has
GOLIVE_KEY       the run's key, where GOLIVE_RUN is a URL
GOLIVE_CA        the CA file by which the gateway's certificate is proven
GOLIVE_PATIENCE  seconds to wait for a gateway that is not up yet
GOLIVE_RECORDS   where a host without the run's folder keeps its records until the gateway has them
"""

import ipaddress
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from fixtures.shops import plan_shops
from history.run import RunFolder, RunSpec, ShopSpec
from history.scenario import Scenario, ScenarioError
from history.scenario_file import load
from simulators.demand import excess
from simulators.douyin.door_client import DoorError, Doors, Unreachable

SCENARIOS = Path(__file__).parent / "scenarios"
HOST = "http://127.0.0.1:8899"  # where `golive serve` puts the gateway
PATIENCE_S = 60.0
STOP_FILE = "stop"  # in the run's folder: its appearance ends the customers as SIGTERM does


class UsageError(ValueError):
    """What was asked cannot be done; the text says what would be right."""


@dataclass(frozen=True)
class Assignment:
    """A scenario, the shops it visits, and where.

    `history` is where streams are written, None where none is kept; `folder` the run's, None where it is elsewhere;
    `doors` the gateway's, None where Locust is run by hand.
    """

    scenario: Scenario
    shops: tuple[ShopSpec, ...]
    gateway: str
    run: str = ""
    folder: RunFolder | None = None
    history: Path | None = None
    doors: Doors | None = None

    def stop_asked(self) -> bool:
        """Whether the stop file is there."""
        return self.folder is not None and (self.folder.path / STOP_FILE).exists()


def assignment(env: Mapping[str, str], host: str | None, scenario: str) -> Assignment:
    """GOLIVE_RUN's run.json against GOLIVE_GATEWAY, else the named scenario against `host`. Raises UsageError."""
    if far := distant(env):
        return _fetched(far, env)
    gateway = (env.get("GOLIVE_GATEWAY") or host or HOST).rstrip("/")
    refuse_far(gateway, env.get("GOLIVE_ALLOW", ""))
    if "GOLIVE_RUN" not in env:
        plan = _scenario(scenario)
        if wrong := excess(plan):
            raise UsageError(f"{scenario}: {wrong}")
        return Assignment(plan, plan_shops(plan, plan.seed), gateway)
    folder = RunFolder(Path(env["GOLIVE_RUN"]))
    try:
        spec = folder.spec()
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(f"GOLIVE_RUN={folder.path}: run.json cannot be read ({error})") from error
    doors = Doors(gateway, spec.key, env.get("GOLIVE_CA", ""))
    return Assignment(seeded(spec), spec.shops, gateway, spec.id, folder, folder.history, doors)


def distant(env: Mapping[str, str]) -> Doors | None:
    """The gateway that has the run, where GOLIVE_RUN is no folder but a URL."""
    run = env.get("GOLIVE_RUN", "")
    if not run.startswith(("http://", "https://")):
        return None
    return Doors(run.rstrip("/"), env.get("GOLIVE_KEY", ""), env.get("GOLIVE_CA", ""))


@cache
def fetch(doors: Doors, patience_s: float) -> RunSpec:
    """The run the gateway has; asked before Locust forks or connects, until the gateway is up. Raises UsageError."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return doors.run()
        except DoorError as error:
            if not isinstance(error, Unreachable) or time.monotonic() > deadline:
                raise UsageError(f"GOLIVE_RUN={doors.url}: no run could be had there: {error}") from error
        time.sleep(0.5)


def prefetch(env: Mapping[str, str]) -> RunSpec | None:
    """The run of the gateway that GOLIVE_RUN names; None where it names none. Raises UsageError."""
    doors = distant(env)
    return fetch(doors, float(env.get("GOLIVE_PATIENCE", PATIENCE_S))) if doors else None


def seeded(spec: RunSpec) -> Scenario:
    """The run's scenario with the run's seed, which is the one that counts."""
    return msgspec.structs.replace(spec.scenario, seed=spec.seed)


def _fetched(doors: Doors, env: Mapping[str, str]) -> Assignment:
    """No allow-list is asked: a gateway that hands out a run is golive's own, and nothing is sent before it has."""
    spec = fetch(doors, float(env.get("GOLIVE_PATIENCE", PATIENCE_S)))
    home = Path(env.get("GOLIVE_RECORDS") or Path(tempfile.gettempdir()) / "golive-records")
    return Assignment(seeded(spec), spec.shops, doors.url, spec.id, None, home / spec.id, doors)


def _scenario(name: str) -> Scenario:
    path = Path(name) if name.endswith(".toml") else SCENARIOS / f"{name}.toml"
    try:
        return load(path)
    except ScenarioError as error:
        raise UsageError(str(error)) from error


def refuse_far(url: str, allow: str) -> None:
    """No load leaves loopback unless its host is allow-listed."""
    host = urlsplit(url).hostname or ""
    if host in {"localhost", *(name.strip() for name in allow.split(","))} - {""} or _loopback(host):
        return
    raise UsageError(
        f"{url}: {host or 'no host'} is neither on loopback nor allow-listed; nothing was sent. "
        "Write http://127.0.0.1:PORT, or name the host in GOLIVE_ALLOW"
    )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
