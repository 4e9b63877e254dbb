"""Customers on other hosts: network namespaces as hosts, time namespaces as their clocks, and what can go wrong."""

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from history.clock import identity
from history.reader import header
from history.run import RunFolder

pytestmark = pytest.mark.slow

Golive = Callable[..., "subprocess.Popen[str]"]
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 150
QUIET = ("--headless", "--only-summary", "--loglevel", "WARNING")
AHEAD_S = (100_000, 250_000)  # by which the hosts' clocks are ahead of golive's


def summary(tmp_path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((tmp_path / "runs" / "last" / "summary.json").read_bytes())
    return found


def invitation(process: "subprocess.Popen[str]") -> list[str]:
    """What golive says is to be typed on the other hosts, as words."""
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if line.strip().startswith("golive worker "):
            return shlex.split(line)[1:]
    raise AssertionError("".join(said))


def wait(probe: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := probe()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
    return found


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Golive]:
    """Start golive on another host: `worker(words, before)`, with the command to go before it."""
    started: list[subprocess.Popen[str]] = []

    def start(words: list[str], before: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
        home = tmp_path / f"host{len(started)}"
        home.mkdir()
        process = subprocess.Popen(
            [*before, sys.executable, "-m", "golive", *words],
            cwd=home,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True, capture_output=True)


@pytest.fixture
def hosts() -> Iterator[list[tuple[str, ...]]]:
    """Three hosts on one wire, 10.231.0.1 to .3: the commands that run something there; two have their own clocks."""
    try:
        subprocess.run(["unshare", "--time", "--monotonic", "1", "--fork", "true"], check=True, capture_output=True)
        ip(f"netns add golive-{os.getpid()}-0")
    except (OSError, subprocess.CalledProcessError) as error:
        told = getattr(error, "stderr", b"") or str(error).encode()
        pytest.skip(f"no network or time namespaces here (root, iproute2, Linux 5.6): {told.decode().strip()}")
    names = [f"golive-{os.getpid()}-{number}" for number in range(3)]
    try:
        ip(f"-n {names[0]} link add wire type bridge")
        ip(f"-n {names[0]} addr add 10.231.0.1/24 dev wire")
        for link in ("lo", "wire"):
            ip(f"-n {names[0]} link set {link} up")
        for number, name in enumerate(names[1:], 1):
            ip(f"netns add {name}")
            ip(f"-n {names[0]} link add host{number} type veth peer name wire netns {name}")
            ip(f"-n {names[0]} link set host{number} master wire up")
            ip(f"-n {name} addr add 10.231.0.{number + 1}/24 dev wire")
            for link in ("lo", "wire"):
                ip(f"-n {name} link set {link} up")
        clocks = [(), *(("unshare", "--time", "--monotonic", str(ahead), "--fork") for ahead in AHEAD_S)]
        yield [("ip", "netns", "exec", name, *clock) for name, clock in zip(names, clocks, strict=True)]
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def test_customers_on_two_hosts_with_clocks_of_their_own_are_judged_as_one_run(
    golive_on: Golive, worker: Golive, hosts: list[tuple[str, ...]], tiny: Path, tmp_path: Path
) -> None:
    process = golive_on(hosts[0], "rehearse", str(tiny), "--workers", "2", "--listen", "10.231.0.1")
    words = invitation(process)
    workers = [worker(words, before) for before in hosts[1:]]
    out, _ = process.communicate(timeout=PATIENCE_S)
    said = [each.communicate(timeout=PATIENCE_S)[0] for each in workers]
    assert [each.returncode for each in workers] == [0, 0], said
    found = summary(tmp_path)
    late = all("ran late" in reason for reason in found["reasons"])  # on a busy machine the harness says so, truly
    assert found["verdict"] == "DEMO PASSED" or (found["verdict"] == "INVALID" and late), out
    assert found["messages"] > 300
    assert (found["lost"], found["duplicated"], found["reordered"], found["phantom"]) == (0, 0, 0, 0)
    assert 0 < found["sync_latency_s"]["to_customer"]["p50"] < 1, out
    errors = {name: each["clock_error_s"] for name, each in found["harness"].items()}
    assert errors["agents"] == errors["gateway"] == errors["master"] == 0
    assert all(0 < errors[f"customers-{rank}"] < 0.1 for rank in (0, 1)), errors
    assert "clocks ± " in out
    history = tmp_path / "runs" / "last" / "history"
    theirs = {header(history / f"customers-{rank}.arrows").clock for rank in (0, 1)}
    assert len(theirs | {identity()}) == 3
    assert list(tmp_path.glob("host*/records/*/*.arrows")) == []


def test_a_worker_that_dies_ends_the_run_as_invalid_and_is_named(
    golive: Golive, worker: Golive, tiny: Path, tmp_path: Path
) -> None:
    process = golive("rehearse", str(tiny), "--workers", "2", "--master-port", str(free_port()))
    words = invitation(process)
    workers = [worker(words), worker(words)]
    folder = RunFolder(next(tmp_path.glob("runs/*/run.json")).parent)
    wait(lambda: folder.heard("customers"))
    workers[0].kill()
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3, out
    assert re.search(r"the run was ended: customers-[01] \(\S+\) is not heard from any more", out), out
    assert re.search(r"no record came from customers-[01]\. .*golive gather", out), out
    assert summary(tmp_path)["verdict"] == "INVALID"
    assert workers[1].wait(PATIENCE_S) == 0


def test_a_worker_nobody_waits_for_sends_nothing_and_the_run_goes_on(
    golive: Golive, worker: Golive, tiny: Path, tmp_path: Path
) -> None:
    process = golive("rehearse", str(tiny), "--workers", "1", "--master-port", str(free_port()))
    words = invitation(process)
    worker(words)
    folder = RunFolder(next(tmp_path.glob("runs/*/run.json")).parent)
    wait(lambda: folder.heard("customers"))
    late = worker(words)
    said, _ = late.communicate(timeout=PATIENCE_S)
    assert late.returncode == 2, said
    assert "this run began without this worker" in said
    out, _ = process.communicate(timeout=PATIENCE_S)
    found = summary(tmp_path)
    assert (found["lost"], found["dropped"]) == (0, 0), out
    assert set(found["harness"]) == {"agents", "customers-0", "gateway", "golive", "master"}


def test_when_the_master_is_killed_its_worker_notices_and_still_brings_its_record(
    golive: Golive, worker: Golive, tiny: Path, tmp_path: Path
) -> None:
    process = golive("rehearse", str(tiny), "--workers", "1", "--master-port", str(free_port()))
    orphan = worker(invitation(process))
    folder = RunFolder(next(tmp_path.glob("runs/*/run.json")).parent)
    os.kill(wait(lambda: folder.heard("customers")).pid, signal.SIGKILL)
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3, out
    assert "customers ended in the middle of the run (exit -9)" in out
    assert orphan.wait(PATIENCE_S) == 0
    assert summary(tmp_path)["verdict"] == "INVALID"
    assert summary(tmp_path)["harness"]["customers-0"]["complete"]


def test_where_the_gateway_is_gone_a_worker_keeps_its_record_and_golive_gathers_it(
    golive: Golive, worker: Golive, tiny: Path, tmp_path: Path
) -> None:
    process = golive("rehearse", str(tiny), "--workers", "1", "--master-port", str(free_port()))
    orphan = worker(invitation(process))
    folder = RunFolder(next(tmp_path.glob("runs/*/run.json")).parent)
    wait(lambda: folder.heard("customers"))
    process.kill()
    said, _ = orphan.communicate(timeout=PATIENCE_S)
    kept = next(tmp_path.glob("host0/records/*/customers-0.arrows"))
    assert f"stays here: {kept}" in said
    for _ in range(2):  # the same again is fine
        taken = golive("gather", str(folder.path), str(kept))
        told, _ = taken.communicate(timeout=PATIENCE_S)
        assert taken.returncode == 0, told
        assert "golive report" in told
    assert (folder.history / "customers-0.arrows").read_bytes() == kept.read_bytes()
    (folder.history / "customers-0.arrows").write_bytes(b"another")
    refused = golive("gather", str(folder.path), str(kept))
    told, _ = refused.communicate(timeout=PATIENCE_S)
    assert (refused.returncode, "another record" in told) == (2, True), told


def test_a_master_that_others_start_plays_the_run_too(
    golive: Golive, locust: Golive, tiny: Path, tmp_path: Path
) -> None:
    process = golive("rehearse", str(tiny), "--workers", "1", "--master-elsewhere")
    assert process.stdout
    told = next(line for line in process.stdout if "GOLIVE_RUN=" in line).split()
    settings = dict(word.split("=", 1) for word in told) | {"GOLIVE_RECORDS": str(tmp_path / "records")}
    port = str(free_port())
    master = ["--master", "--expect-workers", "1", "--master-bind-port", port, "--master-bind-host", "127.0.0.1"]
    parts = [locust(settings, *master), locust(settings, "--worker", "--master-port", port)]
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert [part.wait(PATIENCE_S) for part in parts] == [0, 0], [part.communicate()[0] for part in parts]
    found = summary(tmp_path)
    assert found["messages"] > 300, out
    assert (found["lost"], len(found["phases"])) == (0, 2), out
    assert {"customers-0", "master"} <= set(found["harness"])
    assert list((tmp_path / "records").rglob("*.arrows")) == []


@pytest.fixture
def locust(tmp_path: Path) -> Iterator[Golive]:
    """Start Locust as an operator would: an environment, and options."""
    started: list[subprocess.Popen[str]] = []

    def start(settings: dict[str, str], *words: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "locust", "-f", str(ROOT / "loadtests" / "locustfile.py"), *QUIET, *words],
            cwd=tmp_path,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **settings},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
