"""What this Locust run is asked to do: the run of GOLIVE_RUN, or a scenario played by hand."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from fixtures.shops import plan_shops
from history.run import RunFolder, ShopSpec
from history.scenario import Scenario, ScenarioError, load

SCENARIOS = Path(__file__).parent / "scenarios"
HOST = "http://127.0.0.1:8899"  # where `golive serve` puts the gateway
STOP_FILE = "stop"  # in the run's folder: its appearance ends the customers as SIGTERM does


class UsageError(ValueError):
    """What was asked cannot be done; the text says what would be right."""


@dataclass(frozen=True)
class Assignment:
    """A scenario, the shops it visits, and where; `folder` is None where no history is kept."""

    scenario: Scenario
    shops: tuple[ShopSpec, ...]
    gateway: str
    run: str = ""
    folder: RunFolder | None = None

    def stop_asked(self) -> bool:
        """Whether the stop file is there."""
        return self.folder is not None and (self.folder.path / STOP_FILE).exists()


def assignment(env: Mapping[str, str], host: str | None, scenario: str) -> Assignment:
    """GOLIVE_RUN's run.json against GOLIVE_GATEWAY, else the named scenario against `host`. Raises UsageError."""
    gateway = (env.get("GOLIVE_GATEWAY") or host or HOST).rstrip("/")
    _refuse_far(gateway, env.get("GOLIVE_ALLOW", ""))
    if "GOLIVE_RUN" not in env:
        plan = _scenario(scenario)
        return Assignment(plan, plan_shops(plan, plan.seed), gateway)
    folder = RunFolder(Path(env["GOLIVE_RUN"]))
    try:
        spec = folder.spec()
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(f"GOLIVE_RUN={folder.path}: run.json cannot be read ({error})") from error
    seeded = msgspec.structs.replace(spec.scenario, seed=spec.seed)  # the run's seed is the one that counts
    return Assignment(seeded, spec.shops, gateway, spec.id, folder)


def _scenario(name: str) -> Scenario:
    path = Path(name) if name.endswith(".toml") else SCENARIOS / f"{name}.toml"
    try:
        return load(path)
    except ScenarioError as error:
        raise UsageError(str(error)) from error


def _refuse_far(url: str, allow: str) -> None:
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
