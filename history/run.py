"""The folder of one run: its specification, and the small files by which its processes find each other.

runs/<id>/run.json            the specification below, written by golive before anything starts
runs/<id>/ready/<part>.json   a part is ready: {"pid": …, "port": …}
runs/<id>/history/*.arrows    one stream a process
runs/<id>/logs/<part>.log     what each process printed
"""

import os
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from history.scenario import Scenario

_IDS: Final = 10**7  # more than any run gives
_RANGES: Final = range(1000, 7 * 10**7)  # those before are for crafted pushes; decimal ids have no room for more


class ShopSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A shop the target is asked to have. `open_id` is the shop's account on the platform."""

    id: str
    name: str
    open_id: str
    customers: int
    agents: int
    capacity: int
    authorization_code: str  # exchanged by the target for the shop's access token


class App(msgspec.Struct, frozen=True, kw_only=True):
    """The target's application on the platform: what signs its pushes and its token calls."""

    client_key: str
    client_secret: str


class RunSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a part of the run must know; secrets in it belong to the simulated platform only."""

    id: str
    number: int  # 0..65535, stands in every token
    scenario: Scenario
    target: str
    app: App
    shops: tuple[ShopSpec, ...]
    seed: int
    workers: int = 1
    platform: str = "open-im"  # a profile's name, or file.py:name
    platform_name: str = "open-im"  # as the profile calls itself
    own_chat: bool = False  # its chat payload is golive's own, no platform's
    first: int = 0  # the platform counts its ids from here: a target may remember those of other runs
    key: str = ""  # opens the gateway's own doors (/_golive/…); a run without one keeps them shut

    def public(self) -> "RunSpec":
        """What a process on another host must know: the same without any secret, or file of this host."""
        shops = tuple(msgspec.structs.replace(shop, authorization_code="") for shop in self.shops)
        return msgspec.structs.replace(self, app=App(client_key="", client_secret=""), shops=shops, key="", platform="")


def first_id(rng: Random) -> int:
    """Where a run's ids begin: far from those of any other run, as no platform gives an id twice."""
    return rng.choice(_RANGES) * _IDS


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """What a part tells when it is ready to work."""

    pid: int
    port: int = 0
    version: str = ""
    url: str = ""  # where the harness's own processes reach it


class RunFolder:
    """Paths and files of one run's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.history = path / "history"
        self.logs = path / "logs"
        self.ready = path / "ready"

    def write_spec(self, spec: RunSpec) -> None:
        """Make the folder and write run.json; FileExistsError where a run has that folder already."""
        self.path.mkdir(parents=True)
        for folder in (self.history, self.logs, self.ready):
            folder.mkdir()
        written = self.path / "run.json"
        written.touch(mode=0o600)  # before there is anything in it: it holds the run's secrets
        written.write_bytes(msgspec.json.format(msgspec.json.encode(spec)))

    def spec(self) -> RunSpec:
        """Read run.json. Raises OSError or msgspec.ValidationError."""
        return msgspec.json.decode((self.path / "run.json").read_bytes(), type=RunSpec)

    def announce(self, part: str, port: int = 0, version: str = "", url: str = "") -> None:
        """Say that a part is ready (an atomic write: readers see all or nothing)."""
        temporary = self.ready / f".{part}.{os.getpid()}"
        temporary.write_bytes(msgspec.json.encode(Ready(pid=os.getpid(), port=port, version=version, url=url)))
        temporary.replace(self.ready / f"{part}.json")

    def heard(self, part: str) -> Ready | None:
        """What a part announced, or None so far."""
        try:
            return msgspec.json.decode((self.ready / f"{part}.json").read_bytes(), type=Ready)
        except FileNotFoundError:
            return None
