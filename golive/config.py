"""`golive.toml`: the targets a team has, and the only hosts beyond loopback that golive may point load at."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from golive.failures import Usage
from golive.reach import Reach
from targets.loading import allowed

REFERENCE = "reference"
REAL_TIME_S = 90.0  # how long a case of a suite may wait for a target that has no clock of its own


class TargetConfig(Reach, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One system under test. `secrets` values are written `env:NAME` and read from the environment.

    The keys of Reach say how it and the gateway reach each other (docs/staging.md).
    """

    url: str
    adapter: str  # "reference", or the path of a file with `target = …`
    allow: tuple[str, ...] = ()
    secrets: dict[str, str] = msgspec.field(default_factory=dict)
    max_rate: float = 0.0  # customer messages a second it may be sent; 0 = no limit but the scenario's and adapter's


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    targets: dict[str, TargetConfig] = {}


def load(path: Path) -> Config:
    """Read golive.toml; an absent file is an empty one. Raises Usage where it is wrong."""
    try:
        return msgspec.toml.decode(path.read_text(encoding="utf-8-sig"), type=Config)
    except FileNotFoundError:
        return Config()
    except UnicodeDecodeError as error:
        raise Usage(f"{path}: it is no UTF-8 text; save it as UTF-8") from error
    except (msgspec.MsgspecError, OSError) as error:
        raise Usage(f"{path}: {error}") from error


def pick(config: Config, name: str, folder: Path = Path()) -> TargetConfig:
    """The target of that name, its adapter's path (relative to `folder`) made absolute.

    Raises Usage where there is none, its URL is none, its host is not allowed, or its adapter is not there.
    """
    if name not in config.targets:
        known = ", ".join(["reference", *sorted(config.targets)])
        where = f"golive.toml, looked for in {folder.resolve()}" if not config.targets else "golive.toml"
        raise Usage(f"no target {name!r}; known are: {known}. Targets are written in {where} (docs/adapter.md)")
    target = config.targets[name]
    host = _host(target.url)
    if not host:
        raise Usage(f"golive.toml, targets.{name}.url = {target.url!r}: write a URL such as http://127.0.0.1:8000")
    if not allowed(target.url, target.allow):
        raise Usage(
            f"target {name!r} is on {host}, which is not this machine. golive sends load only where it is allowed to: "
            f"if {host} is your own system, write  allow = [{host!r}]  under [targets.{name}] in golive.toml"
        )
    if target.adapter == REFERENCE:
        return target
    adapter = (folder / target.adapter).resolve()
    if not adapter.is_file():
        raise Usage(
            f"golive.toml, targets.{name}.adapter: there is no file {adapter}; docs/adapter.md shows how to write one"
        )
    return msgspec.structs.replace(target, adapter=str(adapter))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "") if urlsplit(url).port != 0 else ""
    except ValueError:  # brackets without an address, a port that is none
        return ""


def secrets(target: TargetConfig, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The target's secrets, read from the environment. Raises Usage: written in the file, not set, or empty."""
    found = {}
    for key, source in target.secrets.items():
        kind, _, variable = source.partition(":")
        if kind != "env" or not variable:
            raise Usage(f"golive.toml: secret {key!r} is written in the file; write 'env:NAME' and set NAME instead")
        if variable not in environ:
            raise Usage(f"golive.toml: secret {key!r} wants the environment variable {variable}, which is not set")
        if not environ[variable]:
            raise Usage(
                f"golive.toml: secret {key!r} wants the environment variable {variable}, which is empty; in CI a "
                "secret of that name is not there, or is kept from this branch"
            )
        found[key] = environ[variable]
    return found
