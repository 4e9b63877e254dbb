"""How many customers one gateway process bears: everybody connected, each writing every ten seconds, nobody answering.

    python -m benchmarks.gateway [--customers 20000] [--seconds 30]

The gateway is pinned to the last CPU, customers (Locust) and a webhook that takes everything (sink.py) to the first.
Prints the gateway's CPU a message (taken, pushed, acknowledged, recorded) and memory a customer, and how long it took
from a customer's write to the platform's acceptance, and from acceptance to the target's acknowledgement.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import polars as pl

from fixtures.shops import plan_shops
from history.run import App, Ready, RunFolder, RunSpec
from history.scenario_file import parse
from reports.load import load

ROOT = Path(__file__).resolve().parents[1]
RAMP_S, SETTLE_S = 40.0, 3.0
FIRST, LAST = min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0))


@contextmanager
def running(arguments: list[str], cpu: int, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process pinned to a CPU, ended with the block."""
    command = ["taskset", "-c", str(cpu), sys.executable, *arguments]
    pipe, told = subprocess.PIPE, {**os.environ, **(env or {})}
    part = subprocess.Popen(command, cwd=ROOT, env=told, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
    try:
        yield part
    finally:
        part.terminate()
        part.wait()


def spec(customers: int, seconds: float) -> RunSpec:
    """A run of that many customers at 0.1 messages a second each."""
    scenario = parse(f"""
        name = "gateway"
        title_zh = ""
        title_en = ""
        gates = []
        customers = {{ concurrency = {customers} }}
        phases = [
            {{ name = "ramp", seconds = {RAMP_S}, rate = 0 }},
            {{ name = "steady", seconds = {seconds + SETTLE_S}, rate = {customers * 0.1} }},
        ]
    """)
    app, shops = App(client_key="k", client_secret="s"), plan_shops(scenario, 618)
    key = "the-key-of-this-benchmark"
    return RunSpec(id="gateway", number=1, scenario=scenario, target="", app=app, shops=shops, seed=618, key=key)


def heard(folder: RunFolder, name: str, part: subprocess.Popen[bytes]) -> Ready:
    """Wait until a part is ready."""
    while (ready := folder.heard(name)) is None:
        assert part.poll() is None, f"{name} ended"
        time.sleep(0.05)
    return ready


def used(pid: int) -> tuple[float, float]:
    """CPU seconds and resident MiB of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGESIZE") / 2**20


def register(run: RunSpec, gateway: str, sink: int) -> None:
    """Name the sink as the app's webhook."""
    body = json.dumps({"url": f"http://127.0.0.1:{sink}/"}).encode()
    headers = {"Content-Type": "application/json", "X-Golive-Key": run.key}
    urlopen(Request(f"{gateway}/_golive/webhook", body, headers)).close()


def measure(customers: int, seconds: float) -> dict[str, float]:
    """Play it and read the history."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, run = RunFolder(Path(temporary) / "run"), spec(customers, seconds)
        folder.write_spec(run)
        here = str(folder.path)
        with (
            running(["benchmarks/sink.py"], FIRST) as sink,
            running(["-m", "simulators.douyin", "--run", here], LAST) as gateway,
        ):
            url = f"http://127.0.0.1:{heard(folder, 'gateway', gateway).port}"
            assert sink.stdout
            register(run, url, int(sink.stdout.readline()))
            empty = used(gateway.pid)[1]
            arguments = ["-m", "locust", "-f", "loadtests/locustfile.py", "--headless", "--host", url]
            env = {"GOLIVE_RUN": here, "GOLIVE_GATEWAY": url}
            with running([*arguments, "--only-summary"], FIRST, env) as crowd:
                heard(folder, "customers", crowd)
                wait_for_steady(folder)
                before, began = used(gateway.pid), time.monotonic()
                time.sleep(seconds)
                after, lasted = used(gateway.pid), time.monotonic() - began
        return figures(folder, customers, (after[0] - before[0]) / lasted, (after[1] - empty) * 1024 / customers)


def wait_for_steady(folder: RunFolder) -> None:
    """Until the steady phase has settled: the history says when it began."""
    while "steady" not in load(folder.path).rows.filter(pl.col("kind") == "phase")["note"].to_list():
        time.sleep(1.0)
    time.sleep(SETTLE_S)


def figures(folder: RunFolder, customers: int, core: float, kib: float) -> dict[str, float]:
    """CPU, memory, and the two delays (ms) of the steady phase's messages."""
    rows = load(folder.path).rows
    begin = rows.filter((pl.col("kind") == "phase") & (pl.col("note") == "steady"))["t"].item() + SETTLE_S * 1e9
    steady = rows.filter(pl.col("t") >= begin)
    kinds = ("sent", "accepted", "acknowledged")
    sent, accepted, acknowledged = (steady.filter(pl.col("kind") == kind) for kind in kinds)
    taken = accepted.join(sent, left_on="ref", right_on="message").select((pl.col("t") - pl.col("t_right")) / 1e6)
    pushed = accepted.join(acknowledged, on="message").select((pl.col("t_right") - pl.col("t")) / 1e6)
    rate = len(accepted) / ((accepted["t"].max() - begin) / 1e9)
    found = {
        "customers": float(customers),
        "messages_per_s": rate,
        "core": core,
        "cpu_us": core / rate * 1e6,
        "kib": kib,
    }
    for name, delays in (("accepted", taken.to_series()), ("acknowledged", pushed.to_series())):
        found |= {f"{name}_p50_ms": delays.quantile(0.5) or 0.0, f"{name}_p99_ms": delays.quantile(0.99) or 0.0}
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    asked = parser.parse_args()
    wanted = asked.customers + 1000  # each process holds one descriptor a customer; only root may raise a hard limit
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
    for name, value in measure(asked.customers, asked.seconds).items():
        print(f"{name:20} {value:10.1f}" if value >= 10 else f"{name:20} {value:10.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
