"""The recipes for CI parse, and name only commands, options, scenarios and files that exist."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from typer.main import get_command

from golive.main import app
from golive.play import SCENARIOS

ROOT = Path(__file__).resolve().parents[2]
CI = ROOT / "deploy" / "ci"
RECIPES = ("github-actions.yml", "gitlab-ci.yml", "Jenkinsfile")
WRITTEN = {"report.html", "results.json", "summary.json", "junit.xml", "logs"}
COMMANDS: dict[str, click.Command] = get_command(app).commands  # type: ignore[attr-defined]


def golive_calls(recipe: str) -> list[list[str]]:
    """The words after `golive` in each line that calls it."""
    lines = (CI / recipe).read_text(encoding="utf-8").splitlines()
    called = [found[1] for line in lines if (found := re.search(r"(?:run: |- |sh '\.venv/bin/)golive (.+)", line))]
    return [shlex.split(line.removesuffix("' }").removesuffix(" || true")) for line in called]


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_command_takes_every_option_named(recipe: str) -> None:
    calls = golive_calls(recipe)
    assert [words[0] for words in calls] == ["contract", "security", "rehearse", "report"]
    for name, *words in calls:
        known = {option for each in COMMANDS[name].params for option in (*each.opts, *each.secondary_opts)}
        assert {word for word in words if word.startswith("-")} <= known, name


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_runs_that_are_merged_are_those_played(recipe: str) -> None:
    rehearse, report = golive_calls(recipe)[2:]
    assert (SCENARIOS / f"{rehearse[1]}.toml").exists()
    assert report[1:4] == ["runs/*-contract", "runs/*-security", f"runs/*-{rehearse[1]}"]


@pytest.mark.parametrize("recipe", RECIPES)
def test_only_files_that_a_run_writes_are_kept(recipe: str) -> None:
    kept = set(re.findall(r"runs/\*/([\w.]+)", (CI / recipe).read_text(encoding="utf-8")))
    assert kept == WRITTEN
    assert "run.json" not in kept  # it holds the simulated platform's secrets


@pytest.mark.parametrize("recipe", RECIPES)
def test_only_the_verdict_decides(recipe: str) -> None:
    """Whatever comes before it may fail, and nothing after it can hide how it ended."""
    text = (CI / recipe).read_text(encoding="utf-8")
    before, verdict, after = text.partition("golive report")
    assert len(re.findall(r"continue-on-error: true|\|\| true", before)) == 3
    assert verdict
    assert re.findall(r"continue-on-error|\|\| true", after) == []


def test_a_workspace_that_is_kept_holds_no_run_of_another_build() -> None:
    before, _, _ = (CI / "Jenkinsfile").read_text(encoding="utf-8").partition("golive contract")
    assert "sh 'rm -rf runs verdict'" in before


@pytest.mark.parametrize("recipe", RECIPES[:2])
def test_the_yaml_parses(recipe: str) -> None:
    document: dict[Any, Any] = yaml.safe_load((CI / recipe).read_text(encoding="utf-8"))
    if recipe.startswith("github"):
        assert set(document) == {"name", True, "jobs"}  # YAML 1.1 reads `on` as true
        steps = document["jobs"]["go-or-no-go"]["steps"]
        assert all(("uses" in step) != ("run" in step) for step in steps)
    else:
        assert document["golive"]["artifacts"]["reports"]["junit"] == "verdict/junit.xml"
        assert all(isinstance(line, str) for line in document["golive"]["script"])


def test_the_jenkinsfile_closes_what_it_opens() -> None:
    text = (CI / "Jenkinsfile").read_text(encoding="utf-8")
    code = re.sub(r"'[^'\n]*'|//[^\n]*", "", text)
    assert "'" not in code
    depth = 0
    for letter in code:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0
    assert text.startswith("//")
    assert code.strip().startswith("pipeline {")


def test_the_page_about_ci_leads_to_each() -> None:
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert [recipe for recipe in RECIPES if f"../deploy/ci/{recipe}" not in text] == []
