"""What a run of a suite tells: its cases, as the suite's plugin writes them to results.json (docs/results.md)."""

from pathlib import Path
from typing import Literal

import msgspec

from reports.filter_figures import FilterFigures as FilterFigures
from reports.model import State

RESULTS = "results.json"
SCHEMA = 1
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
    narrowed: bool = False  # pytest was asked for some files or tests only, by its own words (`-k`, a path)
    failed: str = ""  # what went wrong beside the cases, such as a file of tests that cannot be imported
    schema: int = SCHEMA  # raised when a field changes its meaning or goes; new fields do not raise it

    @property
    def some(self) -> bool:
        """Whether a promise may have cases that were left out."""
        return bool(self.chosen or self.narrowed)


def save(results: Conformance, file: Path) -> None:
    """Write results.json, at once: who reads it meanwhile sees the old or the new one. Raises OSError."""
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")
    temporary.replace(file)


def read(file: Path) -> Conformance:
    """Read results.json. Raises OSError, or ValueError where it is none, or of another version."""
    told = msgspec.json.decode(file.read_bytes(), type=Conformance)
    if told.schema != SCHEMA:
        raise ValueError(f"it is of version {told.schema}; this golive reads version {SCHEMA}")
    return told
