"""What a run of a suite tells: its cases, as the suite's plugin writes them to results.json (docs/results.md)."""

from pathlib import Path
from typing import Literal

import msgspec

from reports.filter_figures import FilterFigures as FilterFigures
from reports.model import State

RESULTS = "results.json"
Suite = Literal["contract", "security"]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One test as it went."""

    id: str  # stable: "SYNC-1/a_cut_device_gets_exactly_what_it_missed" (+ "[param]")
    promises: tuple[str, ...]
    state: State  # passed, failed, error, skipped
    seconds: float
    reason: str = ""  # of a skip or an error, one line
    happened: str = ""  # of a failure: what was promised / what happened / the story
    again: str = ""  # the shortest command to see it again
    owasp: tuple[str, ...] = ()  # of an attack: "API1:2023 Broken Object Level Authorization"


class Conformance(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one suite. `planned` counts the cases chosen; fewer in `cases` means that it was cut short."""

    suite: Suite
    target: str
    target_version: str
    started: str  # ISO 8601, with zone
    seconds: float
    command: str  # how to repeat it
    platform: str
    cases: tuple[Case, ...]
    offers: tuple[str, ...]  # what the target's adapter offers
    selected: tuple[str, ...]  # promise patterns; () = all in scope
    filter: FilterFigures | None = None
    planned: int = 0
    chosen: str = ""  # the case asked for by --case, "" = all
    schema: int = 1  # raised when a field changes its meaning or goes; new fields do not raise it


def save(results: Conformance, file: Path) -> None:
    """Write results.json, at once: who reads it meanwhile sees the old or the new one. Raises OSError."""
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")
    temporary.replace(file)


def read(file: Path) -> Conformance:
    """Read results.json. Raises OSError, or ValueError (msgspec's) where it is none."""
    return msgspec.json.decode(file.read_bytes(), type=Conformance)
