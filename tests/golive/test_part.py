"""A part is started, stopped, killed, and says its last words."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from golive.failures import Failure
from golive.part import Part, stop_stranger, wait_until

READY = "import sys,time,pathlib; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + READY


def part(tmp_path: Path, code: str) -> Part:
    return Part("gateway", [sys.executable, "-c", code, str(tmp_path / "ready")], tmp_path / "part.log", {"A": "b c"})


@pytest.mark.parametrize(("code", "patience_s", "exit_code"), [(READY, 10.0, -15), (STUBBORN, 0.2, -9)])
def test_stop_ends_it_politely_then_by_force(tmp_path: Path, code: str, patience_s: float, exit_code: int) -> None:
    it = part(tmp_path, code)
    it.start()
    wait_until((tmp_path / "ready").exists, [it], "ready")
    assert it.exit is None
    it.stop(patience_s)
    assert it.exit == exit_code


def test_a_part_that_dies_early_is_told_with_its_last_words(tmp_path: Path) -> None:
    it = part(tmp_path, "raise SystemExit('port 80 is taken: use another')")
    it.start()
    with pytest.raises(Failure, match=r"gateway ended .* before the gateway is ready:\nport 80 is taken"):
        wait_until(lambda: False, [it], "the gateway is ready")


def test_waiting_ends(tmp_path: Path) -> None:
    it = part(tmp_path, READY)
    it.start()
    try:
        with pytest.raises(Failure, match="nothing after 0 s"):
            wait_until(lambda: False, [it], "the gateway is ready", patience_s=0.05)
    finally:
        it.kill()


def test_the_command_by_hand_has_its_settings(tmp_path: Path) -> None:
    assert f"A='b c' {sys.executable} -c" in part(tmp_path, READY).by_hand()


def test_a_process_started_by_hand_is_stopped_too(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", READY, str(tmp_path / "ready")])
    wait_until((tmp_path / "ready").exists, [], "ready")
    stop_stranger(process.pid, patience_s=0.1)
    assert process.wait() in (-15, -9)
    stop_stranger(process.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_parts_end_when_golive_is_killed(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys; from golive.part import Part, wait_until; "
        f"p = Part('x', [sys.executable, '-c', {READY!r}, sys.argv[1] + '/ready'], pathlib.Path(sys.argv[1]) / 'log'); "
        "p.start(); wait_until(pathlib.Path(sys.argv[1], 'ready').exists, [p], 'ready'); "
        "print(p.pid, flush=True); p._process.wait()"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    watch = os.pidfd_open(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert select.select([watch], [], [], 10)[0], "the child still runs"
    os.close(watch)
