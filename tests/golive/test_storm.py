"""A reconnect storm on the real gateway, service and agents: half of the customers are cut off, and nothing is lost."""

import json
from pathlib import Path

import pytest

from history.reader import read
from tests.golive.conftest import TINY, Golive

pytestmark = pytest.mark.slow

STORM = """
[[storms]]
phase = "steady"
after_s = 2.5
share = 0.5
"""


def test_a_storm_loses_nothing_and_its_latency_is_told_apart(golive: Golive, tmp_path: Path) -> None:
    scenario = tmp_path / "stormy.toml"
    scenario.write_text(TINY + STORM, encoding="utf-8")
    out, _ = golive("rehearse", str(scenario)).communicate(timeout=120)
    last = tmp_path / "runs" / "last"
    found = json.loads((last / "summary.json").read_bytes())
    assert found["verdict"] == "DEMO PASSED", out
    (storm,) = found["disturbances"]
    assert storm["what"] == "storm (customers)"
    assert storm["planned"]
    assert 0.25 <= storm["end_s"] - storm["begin_s"] < 5
    rows = read(last / "history" / "customers.arrows").table.to_pylist()
    came_back = {row["actor"] for row in rows if row["kind"] == "joined" and row["n"] > 0}
    assert len(came_back) == 10  # half of 20
    assert not [row for row in rows if row["kind"] == "dropped"]
    sent = {row["message"] for row in rows if row["kind"] == "sent"}
    accepted = read(last / "history" / "gateway.arrows").table.to_pylist()
    assert {row["ref"] for row in accepted if row["kind"] == "accepted"} == sent
