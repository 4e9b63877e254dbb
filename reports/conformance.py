"""What a run of a suite tells: its cases, as the suite's plugin writes them to results.json (docs/results.md)."""

from pathlib import Path
from typing import Literal

import msgspec

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


class EvasionFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One class of evasions: how many texts hid a listed word that way, and in how many it was found all the same."""

    name: str  # of the class: "width", "pinyin"
    claimed: bool  # the target says that it sees through this class; what is not claimed is shown and not judged
    hidden: int
    found: int


class AlarmFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One category of clean shop talk: how many sentences, and how many of them raised an alarm."""

    category: str
    n: int
    alarms: int


class RelationFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One relation that must hold between texts and verdicts: examples tried, and those that broke it."""

    name: str
    examples: int
    broken: int


class FilterFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What the filter's properties counted, class by class: there is no total on purpose."""

    evasions: tuple[EvasionFigures, ...] = ()
    alarms: tuple[AlarmFigures, ...] = ()
    relations: tuple[RelationFigures, ...] = ()


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
    """Write results.json. Raises OSError."""
    file.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")


def read(file: Path) -> Conformance:
    """Read results.json. Raises OSError, or ValueError (msgspec's) where it is none."""
    return msgspec.json.decode(file.read_bytes(), type=Conformance)
