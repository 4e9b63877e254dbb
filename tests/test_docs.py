"""Documents that cannot rot: what they name exists."""

import re
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from golive.main import app
from golive.play import SCENARIOS

ROOT = Path(__file__).resolve().parents[1]
TRACKED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
DOCUMENTS = [ROOT / name for name in TRACKED.splitlines()]
COMMANDS = set(get_command(app).commands)  # type: ignore[attr-defined]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_pictures_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
        assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_and_make_targets_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:\.venv/bin/)?golive ([a-z]+)", text))
    assert named <= COMMANDS
    assert set(re.findall(r"`make ([a-z]+)", text)) <= TARGETS


def test_every_command_and_scenario_is_documented() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {command for command in COMMANDS if f"golive {command}" not in readme} == set()
    assert {path.stem for path in SCENARIOS.glob("*.toml")} >= {"launch", "short"}


def test_architecture_fits_on_one_page() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 60


def test_the_services_page_names_modules_that_exist() -> None:
    service = ROOT / "reference_service"
    page = (service / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+\(R[^|]+\| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    assert len(rows) == 10
    rules = {name for row in rows for name in re.findall(r"`([^`]+)`", row[0])}
    shown = {f"api/{name}" for row in rows for name in re.findall(r"`([^`]+)`", row[1])}
    named = shown | {name if "/" in name else f"domain/{name}" for name in rules}
    assert {name for name in named if not (service / name).is_dir() and not (service / f"{name}.py").exists()} == set()
