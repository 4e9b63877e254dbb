"""What a Locust process is asked to do, and every wrong way of asking."""

from pathlib import Path

import msgspec
import pytest

from fixtures.shops import plan_shops
from history.run import App, RunFolder, RunSpec
from history.scenario_file import load
from loadtests.assignment import HOST, SCENARIOS, Assignment, UsageError, assignment
from simulators.douyin.door_client import Doors

SHORT = load(SCENARIOS / "short.toml")


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "r1")
    app = App(client_key="k", client_secret="s")
    shops = plan_shops(SHORT, 618)
    folder.write_spec(RunSpec(id="r1", number=1, scenario=SHORT, target="reference", app=app, shops=shops, seed=618))
    return folder


def test_a_run_is_taken_from_its_folder(run: RunFolder) -> None:
    env = {"GOLIVE_RUN": str(run.path), "GOLIVE_GATEWAY": "http://127.0.0.1:1234"}
    found = assignment(env, "http://ignored", "launch")
    assert (found.scenario, found.shops, found.gateway, found.run) == (
        SHORT,
        plan_shops(SHORT, 618),
        "http://127.0.0.1:1234",
        "r1",
    )
    assert found.folder


def test_the_runs_seed_counts_not_the_scenarios(run: RunFolder) -> None:
    path = run.path / "run.json"
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(run.spec(), seed=7)))
    assert assignment({"GOLIVE_RUN": str(run.path)}, None, "").scenario.seed == 7


def test_by_hand_a_scenario_is_played_without_a_history() -> None:
    expected = Assignment(SHORT, plan_shops(SHORT, SHORT.seed), HOST)
    assert assignment({}, None, "short") == expected
    assert assignment({}, None, str(SCENARIOS / "short.toml")) == expected
    assert assignment({}, "http://localhost:99/", "short").gateway == "http://localhost:99"


def test_where_the_run_is_elsewhere_its_gateway_is_asked(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Doors] = []

    def give(doors: Doors) -> RunSpec:
        asked.append(doors)
        return run.spec().public()

    monkeypatch.setattr(Doors, "run", give)
    env = {"GOLIVE_RUN": "http://bench.example:8899/", "GOLIVE_KEY": "K", "GOLIVE_RECORDS": "here"}
    found = assignment(env, None, "")
    assert asked == [Doors("http://bench.example:8899", "K")]
    assert (found.gateway, found.run, found.folder, found.history) == (asked[0].url, "r1", None, Path("here/r1"))


def test_the_stop_file_is_seen(run: RunFolder) -> None:
    found = assignment({"GOLIVE_RUN": str(run.path)}, None, "")
    assert not found.stop_asked()
    (run.path / "stop").touch()
    assert found.stop_asked()


@pytest.mark.parametrize(
    ("env", "host", "scenario", "message"),
    [
        ({"GOLIVE_RUN": "http://127.0.0.1:9", "GOLIVE_PATIENCE": "0"}, None, "", "no run could be had there"),
        ({"GOLIVE_RUN": "nowhere"}, None, "", "run.json cannot be read"),
        ({}, None, "lunch", "cannot be read"),
        ({}, "http://203.0.113.7:80", "short", "neither on loopback nor allow-listed"),
        ({"GOLIVE_GATEWAY": "http://example.com"}, None, "short", "neither on loopback"),
        ({"GOLIVE_ALLOW": "example.org"}, "http://example.com", "short", "neither on loopback"),
        ({}, "127.0.0.1:80", "short", "no host"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(
    env: dict[str, str], host: str | None, scenario: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        assignment(env, host, scenario)


@pytest.mark.parametrize("host", ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1", "http://127.9.9.9"])
def test_loopback_is_always_allowed(host: str) -> None:
    assert assignment({}, host, "short").gateway == host


def test_an_allow_listed_host_is_allowed() -> None:
    assert assignment({"GOLIVE_ALLOW": "a.test, b.test"}, "http://b.test:1", "short").gateway == "http://b.test:1"
