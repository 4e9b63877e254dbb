"""The workforce as a process: what it says and how it exits where it cannot work."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.shops import plan_shops
from history.reader import read
from history.run import App, RunFolder, RunSpec
from history.scenario_file import parse
from simulators.workforce.__main__ import secrets

pytestmark = pytest.mark.thorough

SCENARIO = """
name = "tiny"
title_zh = "小"
title_en = "tiny"
gates = []
customers = {concurrency = 4}
shops = {count = 1}
phases = [{name = "steady", seconds = 1.0, rate = 1.0}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    scenario = parse(SCENARIO)
    folder = RunFolder(tmp_path / "run")
    app = App(client_key="k", client_secret="s")
    shops = plan_shops(scenario, 1)
    folder.write_spec(RunSpec(id="r1", number=1, scenario=scenario, target="reference", app=app, shops=shops, seed=1))
    return folder


def workforce(run: Path, target_url: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "simulators.workforce", "--run", str(run)]
    return subprocess.run(
        [*command, "--target-url", target_url, "--gateway-url", "http://127.0.0.1:9"],
        capture_output=True,
        text=True,
        timeout=30,
        env=os.environ | {"GOLIVE_OPERATOR_KEY": "K"} | environment,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_target_that_is_not_running_is_exit_4_and_one_sentence(folder: RunFolder) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    done = workforce(folder.path, url)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith(f"GET {url}/readyz: no answer (")
    assert done.stderr.endswith("; is the target running there?\n")
    assert done.stderr.count("\n") == 1
    assert read(folder.history / "agents.arrows").ended
    assert folder.heard("agents") is None


def test_load_never_leaves_loopback_unasked(folder: RunFolder) -> None:
    done = workforce(folder.path, "http://staging.example.com")
    assert done.returncode == 2
    assert done.stderr.startswith("http://staging.example.com is not on loopback")
    assert not (folder.history / "agents.arrows").exists()


def test_a_folder_without_a_run_is_exit_2(tmp_path: Path) -> None:
    done = workforce(tmp_path, "http://127.0.0.1:9")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{tmp_path}: no run's folder" in done.stderr


def test_a_second_workforce_does_not_write_over_the_history_of_the_first(folder: RunFolder) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    workforce(folder.path, url)
    done = workforce(folder.path, url)
    assert done.returncode == 2
    assert "already wrote their history; begin a new run" in done.stderr


def test_secrets_come_from_the_environment_under_their_own_names() -> None:
    environment = {"GOLIVE_SECRET_API_KEY": "A", "GOLIVE_OPERATOR_KEY": "K", "PATH": "/bin"}
    assert secrets(environment) == {"api_key": "A", "operator_key": "K"}
