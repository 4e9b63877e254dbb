"""A scenario in TOML (loadtests/scenarios/), read with the files it names, and checked before anything starts."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from history import changes, data
from history.scenario import Scenario, wrong
from history.scenario_error import ScenarioError


def load(path: Path, wishes: Sequence[str] = ()) -> Scenario:
    """Read a scenario file and the files it names, changed by `wishes` (key=value), and check it.

    What the files held is in the result (phases, talk, notes), which names them no more; its stubs' folder is made
    absolute. Raises ScenarioError.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: not TOML: it is no UTF-8 text; save it as UTF-8") from error
    return _with_stubs(parse(text, str(path), path.parent, wishes), path.parent)


def _with_stubs(scenario: Scenario, folder: Path) -> Scenario:
    stubs = (folder / (scenario.gateway.stubs or "stubs")).resolve()
    if not scenario.gateway.stubs and not stubs.is_dir():
        return scenario
    return msgspec.structs.replace(scenario, gateway=msgspec.structs.replace(scenario.gateway, stubs=str(stubs)))


def parse(text: str, origin: str = "scenario", folder: Path = Path(), wishes: Sequence[str] = ()) -> Scenario:
    """The scenario in a TOML text; `origin` names it in errors, `folder` is where the files it names are."""
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ScenarioError(f"{origin}: not TOML: {error}") from error
    written = _converted(document, origin)
    if wishes:
        written = _converted(changes.apply(document, Scenario, wishes), f"{origin} with --set {' --set '.join(wishes)}")
    whole = data.resolve(written, folder, origin)
    if told := wrong(whole):
        raise ScenarioError(f"{origin}: {told}")
    return whole


def _converted(document: dict[str, Any], origin: str) -> Scenario:
    try:
        return msgspec.convert(document, Scenario)
    except msgspec.ValidationError as error:
        raise ScenarioError(f"{origin}: {error}{changes.suggest(str(error), Scenario)}") from error
