"""Our virtual-user engine against `websockets.sync`, both under Locust and gevent, measured in one run.

    python benchmarks/engine.py [--users 1000] [--rounds 3]

One client process at a time, pinned to the first CPU; the server is C (echo.c), pinned to the last. CPU is the client
process's own; each figure is the median of the rounds, which alternate between the engines. Each engine tells Locust's
statistics in its own way: ours once a second, the other by `events.request`, as a Locust user does. Memory is resident
memory added per user: `idle` a connected Locust user that only waits, `full` a customer of the rehearsal (mind,
schedule, history) in conversation with the real gateway. `ramp`: 10,000 connections asked for in one moment. Exit code
1 when a target of docs/performance.md is missed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
TARGETS = {"saturated": 3.5, "paced": 2.0, "idle_kib": 16.0, "full_kib": 40.0, "ramp_failed": 0.0}
CROWD = 10_000  # connections asked for in one moment


@contextmanager
def echo_server() -> Iterator[int]:
    """Compile and start echo.c; its port."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "echo"
        subprocess.run(["cc", "-O2", "-o", program, HERE / "echo.c"], check=True)
        server = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.sched_setaffinity(server.pid, {max(os.sched_getaffinity(0))})
        assert server.stdin
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()
            server.wait()


@contextmanager
def gateway(folder: Path) -> Iterator[None]:
    """The real gateway for a run in `folder`, without a target: customers talk, nobody answers."""
    part = subprocess.Popen([sys.executable, "-m", "simulators.douyin", "--run", folder], stdout=subprocess.DEVNULL)
    os.sched_setaffinity(part.pid, {max(os.sched_getaffinity(0))})
    try:
        while not (folder / "ready" / "gateway.json").exists():
            time.sleep(0.05)
            assert part.poll() is None, "the gateway ended"
        yield
    finally:
        part.terminate()
        part.wait()


def client(*arguments: object) -> dict[str, float]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-P", str(HERE / "engine_client.py"), *map(str, arguments)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, check=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    figures = "  ".join(f"{key} {value:.1f}" for key, value in measured.items())
    print(f"{arguments[0]} {arguments[1]}: {figures}", flush=True)
    return measured


def measure(users: int, rounds: int) -> dict[str, Any]:
    """Every figure of both engines."""
    found: dict[str, Any] = {}
    with echo_server() as port:
        for case in ("saturated", "paced", "idle"):
            runs = [{engine: client(engine, case, port, users) for engine in ("ours", "sync")} for _ in range(rounds)]
            found[f"{case} ratios"] = [run["sync"].get("cpu_us", 0) / run["ours"].get("cpu_us", 1) for run in runs]
            for engine in ("ours", "sync"):
                found[f"{case} {engine}"] = {
                    name: median(run[engine][name] for run in runs) for name in runs[0][engine]
                }
        found["ramp ours"] = client("ours", "ramp", port, CROWD)
    found["full ours"] = full(users)
    return found


def full(users: int) -> dict[str, float]:
    """KiB of one customer of the rehearsal."""
    from fixtures.shops import plan_shops
    from history.run import App, RunFolder, RunSpec
    from history.scenario_file import parse

    text = f"""
        name = "full"
        title_zh = ""
        title_en = ""
        gates = []
        customers = {{ concurrency = {users} }}
        phases = [{{ name = "ramp", seconds = 8, rate = 200 }}, {{ name = "calm", seconds = 60, rate = 0 }}]
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = RunFolder(Path(temporary) / "run")
        scenario = parse(text)
        app, shops = App(client_key="k", client_secret="s"), plan_shops(scenario, 618)
        folder.write_spec(
            RunSpec(id="full", number=1, scenario=scenario, target="", app=app, shops=shops, seed=618, key="k" * 24)
        )
        with gateway(folder.path):
            ready = folder.heard("gateway")
            assert ready
            return client("ours", "full", ready.port, users, folder.path)


def main() -> int:
    """Measure, print, compare with the targets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sys.path[0] = str(ROOT)  # this folder has a history.py of its own
    found = measure(options.users, options.rounds)
    results = {
        "saturated": found["saturated sync"]["cpu_us"] / found["saturated ours"]["cpu_us"],
        "paced": found["paced sync"]["cpu_us"] / found["paced ours"]["cpu_us"],
        "idle_kib": found["idle ours"]["kib"],
        "full_kib": found["full ours"]["kib"],
        "ramp_failed": found["ramp ours"]["failed"],
    }
    for case in ("saturated", "paced"):  # the spread tells how quiet the machine was
        print(f"{case}, each round: {', '.join(f'{ratio:.2f}' for ratio in found[f'{case} ratios'])}")
    good = True
    for name, value in results.items():
        at_most = name.endswith(("kib", "failed"))
        met = value <= TARGETS[name] if at_most else value >= TARGETS[name]
        good &= met
        bound = "≤" if at_most else "≥"
        print(f"{name}: {value:.2f} (wanted {bound} {TARGETS[name]:g}): {'met' if met else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
