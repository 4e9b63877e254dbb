"""What deploy/ describes is well formed, names options that exist, runs nothing as root. Nothing is started here."""

import shlex
from pathlib import Path
from typing import Any

import jsonschema_rs
import kubernetes_validate
import pytest
import yaml
from typer.main import get_command

from golive.config import load
from golive.main import app

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
VERSION = "1.33"
CORE = [
    document
    for name in ("target", "run")
    for document in yaml.safe_load_all((DEPLOY / "kubernetes" / f"{name}.yaml").read_text())
]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
LOCUST = yaml.safe_load((DEPLOY / "kubernetes" / "locusttest.yaml").read_text())


def containers() -> list[dict[str, Any]]:
    """Every container of the manifests, in the words of Kubernetes."""
    return [
        container
        for document in CORE
        if document["kind"] in ("Job", "Deployment")
        for container in document["spec"]["template"]["spec"]["containers"]
    ]


def calls() -> list[list[str]]:
    """Every call of the command line that deploy/ makes."""
    found = [each["args"] for each in containers() if "command" not in each]
    return found + [each["command"] for each in COMPOSE["services"].values() if "entrypoint" not in each]


@pytest.mark.parametrize("document", CORE, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_kubernetes_own_kinds_fit_their_schema(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, VERSION, strict=True)


def test_a_manifest_with_a_field_that_is_none_is_refused() -> None:
    wrong = {**CORE[0], "spec": {**CORE[0]["spec"], "replica": 1}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


def test_the_operators_kind_fits_the_fields_of_its_definition() -> None:
    schema = yaml.safe_load((Path(__file__).parent / "locusttest.schema.yaml").read_text())
    jsonschema_rs.validate(schema, LOCUST)
    assert not jsonschema_rs.is_valid(schema, {**LOCUST, "spec": {**LOCUST["spec"], "replicas": 2}})


def test_the_operators_workers_are_as_many_as_are_waited_for() -> None:
    words = shlex.split(LOCUST["spec"]["args"])
    assert words[words.index("--expect-workers") + 1] == str(LOCUST["spec"]["workers"])


@pytest.mark.parametrize("call", calls(), ids=lambda call: call[0])
def test_every_command_that_is_called_takes_these_options(call: list[str]) -> None:
    commands: Any = get_command(app)
    named = commands.commands[call[0]]
    given = {word.partition("=")[0] for word in call[1:] if word.startswith("--")}
    assert given <= {option for each in named.params for option in each.opts}


def test_golive_waits_for_as_many_workers_as_are_started() -> None:
    waited = [word.partition("=")[2] for call in calls() for word in call if word.startswith("--workers=")]
    jobs = {each["metadata"]["name"]: each["spec"] for each in CORE if each["kind"] == "Job"}
    started = [jobs["golive-workers"]["parallelism"], COMPOSE["services"]["worker"]["deploy"]["replicas"]]
    assert [int(each) for each in waited] == started


def test_no_container_runs_as_root_and_the_image_names_no_index() -> None:
    pods = [each["spec"]["template"]["spec"] for each in CORE if each["kind"] in ("Job", "Deployment")]
    assert all(pod["securityContext"]["runAsNonRoot"] for pod in pods)
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    stages = [line.split()[-1] for line in lines if line.startswith("FROM")]
    assert stages == ["build", "base", "locust", "golive"]
    assert lines.index("USER 10001") > lines.index("FROM python:3.11-slim AS base")
    assert not [line for line in lines if "http" in line]


def test_the_services_of_compose_refer_to_what_is_there() -> None:
    services = COMPOSE["services"]
    assert {name for each in services.values() for name in each.get("depends_on", [])} <= services.keys()
    mounts = [mount.split(":") for each in services.values() for mount in each.get("volumes", [])]
    assert {source for source, *_ in mounts if not source.startswith(".")} == COMPOSE["volumes"].keys()
    assert all((DEPLOY / source).exists() for source, *_ in mounts if source.startswith("."))
    assert all(each["build"]["dockerfile"] == "deploy/Dockerfile" for each in services.values())


def test_both_targets_files_are_ones_golive_reads(tmp_path: Path) -> None:
    config = next(each for each in CORE if each["kind"] == "ConfigMap")
    (tmp_path / "golive.toml").write_text(config["data"]["golive.toml"])
    assert load(tmp_path / "golive.toml") == load(DEPLOY / "golive.toml")
