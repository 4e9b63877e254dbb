"""Emergency scripts: for each scene what customers are told, and what the people on call do (R9.5, INCIDENT-1)."""

from importlib import resources
from typing import Final

import msgspec


class EmergencyScript(msgspec.Struct, frozen=True):
    """One scene of data/emergency_scripts.toml; the same for every shop."""

    id: str
    scene: str
    scene_en: str
    text: str
    steps: tuple[str, ...]


class _File(msgspec.Struct):
    scripts: list[EmergencyScript]


_FILE: Final = resources.files("reference_service").joinpath("data", "emergency_scripts.toml")
SCRIPTS: Final = {script.id: script for script in msgspec.toml.decode(_FILE.read_bytes(), type=_File).scripts}
