"""golive as a person uses it: a run that ends well, one that is cut, one whose parts die, one that cannot start."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from history.run import RunFolder

pytestmark = pytest.mark.slow

Golive = Callable[..., "subprocess.Popen[str]"]
T = TypeVar("T")
PATIENCE_S = 90


def last(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "last"


def summary(tmp_path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((last(tmp_path) / "summary.json").read_bytes())
    return found


def folder_of(tmp_path: Path) -> RunFolder:
    """The folder of the run that is under way."""
    return RunFolder(wait(lambda: next((path.parent for path in tmp_path.glob("runs/*/run.json")), None)))


def wait(probe: Callable[[], T | None], patience_s: float = 30.0) -> T:
    deadline = time.monotonic() + patience_s
    while (found := probe()) is None:
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
    return found


def alive(folder: RunFolder) -> list[str]:
    """The parts of the run that still run."""
    parts = []
    for path in folder.ready.glob("*.json"):
        pid = json.loads(path.read_bytes())["pid"]
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            parts.append(path.stem)
    return parts


def test_a_run_ends_in_demo_passed_with_everything_written(golive: Golive, tiny: Path, tmp_path: Path) -> None:
    out, _ = golive("rehearse", str(tiny)).communicate(timeout=PATIENCE_S)
    found = summary(tmp_path)
    assert found["verdict"] == "DEMO PASSED", out
    assert found["messages"] > 100
    assert "demo passed" in out
    assert "可以上线" not in out
    for name in ("summary.md", "junit.xml", "report.html", "report/index.html", "history/customers.arrows"):
        assert (last(tmp_path) / name).exists(), name
    assert alive(RunFolder(last(tmp_path))) == []
    before = {key: found[key] for key in ("verdict", "messages", "replies", "gates", "sync_latency_s")}
    again = golive("report", "runs/last")
    again.communicate(timeout=PATIENCE_S)
    assert again.returncode == 0
    assert {key: summary(tmp_path)[key] for key in before} == before


def test_a_run_that_goes_badly_ends_early_and_says_why(golive: Golive, tiny: Path, tmp_path: Path) -> None:
    begun = time.monotonic()
    wish = ("--set", "abort_when=['sync_latency_to_agent p50 > 1ms']", "--set", "phases.steady.seconds=300")
    process = golive("rehearse", str(tiny), *wish)
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert time.monotonic() - begun < 60
    found = summary(tmp_path)
    assert "ended early by abort_when: sync_latency_to_agent p50 > 1ms, measured" in out
    assert found["reasons"][-1 if found["verdict"] == "INVALID" else 0].startswith("the run was ended early"), out
    assert (found["verdict"], process.returncode) in (("NO-GO", 1), ("INVALID", 3)), out
    assert not [reason for reason in found["reasons"] if "cut short" in reason]
    assert alive(RunFolder(last(tmp_path))) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_run_cut_short_still_gets_its_report_and_leaves_nothing(
    golive: Golive, tiny: Path, tmp_path: Path, how: signal.Signals
) -> None:
    process = golive("rehearse", str(tiny))
    folder = folder_of(tmp_path)
    wait(lambda: folder.heard("customers"))
    process.send_signal(how)
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3, out
    assert "interrupted" in out
    assert "Traceback" not in out
    assert summary(tmp_path)["verdict"] == "INVALID"
    assert (last(tmp_path) / "report.html").exists()
    assert alive(folder) == []


def test_nothing_is_left_running_when_golive_itself_is_killed(golive: Golive, tiny: Path, tmp_path: Path) -> None:
    process = golive("rehearse", str(tiny))
    folder = folder_of(tmp_path)
    wait(lambda: folder.heard("customers"))
    process.kill()
    wait(lambda: None if alive(folder) else True)
    out = golive("report", str(folder.path))
    said, _ = out.communicate(timeout=PATIENCE_S)
    assert out.returncode == 3, said  # what was recorded can be judged, and is no pass


@pytest.mark.parametrize("part", ["gateway", "agents", "customers"])
def test_a_harness_process_that_dies_makes_the_run_invalid(
    golive: Golive, tiny: Path, tmp_path: Path, part: str
) -> None:
    process = golive("rehearse", str(tiny))
    folder = folder_of(tmp_path)
    wait(lambda: folder.heard("customers"))
    ready = wait(lambda: folder.heard(part))
    os.kill(ready.pid, signal.SIGKILL)
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3, out
    assert f"{part} ended in the middle of the run (exit -9)" in out
    assert summary(tmp_path)["verdict"] == "INVALID"
    assert alive(folder) == []


def test_the_service_killed_and_started_by_hand_gets_a_true_verdict(golive: Golive, tiny: Path, tmp_path: Path) -> None:
    tiny.write_text(
        tiny.read_text(encoding="utf-8").replace("retry_s = [0.2]", "retry_s = [1, 2, 4]"), encoding="utf-8"
    )
    process = golive("rehearse", str(tiny))
    folder = folder_of(tmp_path)
    wait(lambda: folder.heard("customers"))
    ready = wait(lambda: folder.heard("service"))
    os.kill(ready.pid, signal.SIGKILL)
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or not lines[-1].lstrip().startswith("cd "):
        lines.append(process.stdout.readline())
        assert lines[-1], "".join(lines)
    restarted = subprocess.Popen(lines[-1].strip(), shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    out, _ = process.communicate(timeout=PATIENCE_S)
    restarted.wait(10)  # golive stops it, too
    found = summary(tmp_path)
    assert (found["lost"], found["duplicated"], found["phantom"]) == (0, 0, 0), out
    assert found["verdict"] != "INVALID", out
    assert alive(folder) == []


def test_a_taken_port_is_said_with_its_number(golive: Golive, tiny: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = golive("rehearse", str(tiny), "--gateway-port", str(port))
        out, _ = process.communicate(timeout=PATIENCE_S)
        assert f"port {port} is taken" in out
        assert process.returncode == 2
        process = golive("rehearse", str(tiny), "--service-port", str(port))
        out, _ = process.communicate(timeout=PATIENCE_S)
        assert f"port {port} is taken" in out
        assert process.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("rehearse", "lunch"), 2, "did you mean 'launch'"),
        (("rehearse", "tiny.toml", "--target", "staging"), 2, "no target 'staging'"),
        (("rehearse", "tiny.toml", "--set", "phases.stedy.rate=1"), 2, "did you mean steady?"),
        (("rehearse", "tiny.toml", "--set", "max_rate=50"), 2, "phase steady asks for 100.0"),
        (("report", "nowhere"), 2, "no run"),
        (("chat", "--gateway", "http://127.0.0.1:9"), 4, "golive serve"),
    ],
)
def test_what_is_wrong_is_said_in_one_text(
    golive: Golive, tiny: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    assert tiny.exists()
    process = golive(*arguments)
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == code, out
    assert words in out
    assert "Traceback" not in out


def test_a_target_that_is_down_or_mute_ends_with_exit_4(golive: Golive, tiny: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        for url in ("http://127.0.0.1:9", f"http://127.0.0.1:{mute.getsockname()[1]}"):
            secrets = '{ operator_key = "env:STAGING_KEY" }'
            (tmp_path / "golive.toml").write_text(
                f'[targets.staging]\nurl = "{url}"\nadapter = "reference"\nsecrets = {secrets}\n'
            )
            process = golive("rehearse", str(tiny), "--target", "staging")
            out, _ = process.communicate(timeout=PATIENCE_S)
            assert process.returncode == 4, out
            assert url in out
            assert "Traceback" not in out
