"""golive contract as a person uses it: a case that holds, a case that is none, a target that is down, Ctrl-C."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from golive.suite import SuiteWish, run_suite

pytestmark = pytest.mark.thorough

Golive = Callable[..., "subprocess.Popen[str]"]
CASE = "HOURS-1/inside_the_hours_the_template_is_not_said"
PATIENCE_S = 120


def said(process: "subprocess.Popen[str]") -> tuple[int, str]:
    out, _ = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out


def test_one_case_is_played_judged_and_written(golive: Golive, tmp_path: Path) -> None:
    code, out = said(golive("contract", "--case", CASE))
    assert code == 0, out
    assert "所选承诺成立 / the selected promises hold" in out
    last = tmp_path / "runs" / "last"
    told = json.loads((last / "summary.json").read_bytes())
    assert (told["verdict"], told["cases"]["holds"], [row["promise"] for row in told["matrix"]]) == (
        "PART PASSED",
        1,
        ["HOURS-1"],
    )
    assert {path.name for path in last.iterdir()} == {
        "ended.json", "junit.xml", "logs", "report", "report.html", "results.json", "summary.json", "summary.md",
    }  # fmt: skip
    code, again = said(golive("report", "runs/last"))
    assert (code, "the selected promises hold" in again) == (0, True)


@pytest.mark.slow
def test_a_rehearsal_and_a_suite_become_one_verdict(golive: Golive, tiny: Path, tmp_path: Path) -> None:
    assert said(golive("contract", "--case", CASE))[0] == 0
    rehearsed, out = said(golive("rehearse", str(tiny)))  # a machine busy with other tests makes it no pass
    code, out = said(golive("report", *(str(run) for run in sorted(tmp_path.glob("runs/2*"))), "--out", "verdict"))
    told = json.loads((tmp_path / "verdict" / "summary.json").read_bytes())
    word, *expected = {
        0: (
            "DEMO PASSED",
            1,
            "DEMO PASSED WITH CONDITIONS",
            "演示有条件通过",
        ),  # a single case leaves the other promises open
        1: ("NO-GO", 1, "NO-GO", "不可上线 NO-GO"),
        3: ("INVALID", 3, "INVALID", "本次无效 INVALID"),
    }[rehearsed]
    assert [code, told["verdict"]] == expected[:2]
    assert expected[2] in out
    parts = {part["kind"]: part["word"] for part in told["parts"]}
    assert parts == {"rehearsal": word, "contract": "PART PASSED"}
    states = {row["promise"]: (row["state"], row["elsewhere"]) for row in told["matrix"]}
    assert (states["DELIVERY-3"], states["HOURS-1"]) == (("holds", "rehearsal"), ("not verified", ""))
    page = (tmp_path / "verdict" / "report.html").read_text("utf-8")
    assert "每一条消息都有下落" in page
    assert "可以上线" not in page


def test_a_case_that_is_none_is_refused_with_the_nearest(golive: Golive, tmp_path: Path) -> None:
    code, out = said(golive("contract", "--case", CASE.replace("inside", "insid")))
    assert (code, f"did you mean {CASE}?" in out.replace("\n", " ")) == (2, True)
    assert "Traceback" not in out
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_target_that_is_down_is_one_message_and_no_verdict(golive: Golive, tmp_path: Path) -> None:
    (tmp_path / "golive.toml").write_text(
        '[targets.down]\nurl = "http://127.0.0.1:9"\nadapter = "reference"\n'
        'secrets = { operator_key = "env:STAGING_KEY" }\n'
    )
    code, out = said(golive("contract", "--target", "down", "--case", CASE))
    assert code == 4, out
    assert "the lab cannot be set up" in out
    assert "http://127.0.0.1:9" in out
    assert "Traceback" not in out
    assert json.loads((tmp_path / "runs" / "last" / "summary.json").read_bytes())["verdict"] == "INVALID"


def test_ctrl_c_ends_it_judges_what_was_seen_and_leaves_nobody_behind(golive: Golive, tmp_path: Path) -> None:
    process = golive("contract", "--promise", "HOURS-1", "--promise", "GATEWAY-*", "-n", "0")
    deadline = time.monotonic() + PATIENCE_S
    while not list(tmp_path.glob("runs/*-contract/results.json")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        os.sched_yield()
    children = {int(each) for each in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()}
    process.send_signal(signal.SIGINT)
    code, out = said(process)
    assert code == 3, out
    assert "本次无效 INVALID" in out
    assert "interrupted" in out
    assert "Traceback" not in out
    assert children
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []


@pytest.mark.parametrize("processes", [0, 2])
def test_a_process_that_dies_makes_no_pass_of_the_cases_it_took_along(processes: int, tmp_path: Path) -> None:
    tests = tmp_path / "contract_tests"
    tests.mkdir()
    (tests / "conftest.py").write_text('pytest_plugins = ["suites.plugin"]\n')
    (tests / "test_a.py").write_text(
        'import os, pytest\npytestmark = pytest.mark.promise("SYNC-1")\n\n'
        "def test_holds(): pass\n\ndef test_dies(): os._exit(0)\n"
    )
    wish = SuiteWish("contract", promises=("SYNC-1",), runs=tmp_path / "runs", processes=processes, tests=tests)
    assert run_suite(wish, Console(quiet=True)) == 3
    told = json.loads((tmp_path / "runs" / "last" / "summary.json").read_bytes())
    assert told["verdict"] == "INVALID"
    assert "the run was cut short: 1 of 2 cases ran" in told["reasons"]
