"""A suite in a process of its own, against the second implementation in another: kept, or with one of its sins."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from reports.conformance import Conformance, read

ROOT = Path(__file__).resolve().parents[2]
KEY = "the-right-key"
START_S, SUITE_S = 30.0, 400.0
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "SECOND_KEY": KEY}


class Played(NamedTuple):
    """How the suite ended, what it said, and its results.json, None where it wrote none."""

    code: int
    text: str
    results: Conformance | None
    seconds: float

    def case(self, name: str) -> str:
        """The state of a case, "" where it is none."""
        cases = self.results.cases if self.results else ()
        return next((case.state for case in cases if case.id == name), "")


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def second(folder: Path, gateway_port: int, sin: str = "") -> Iterator[str]:
    """The second implementation; its URL."""
    ready = folder / "second.json"
    command = [sys.executable, "-m", "tests.second", "--gateway", f"http://127.0.0.1:{gateway_port}"]
    command += ["--operator-key", KEY, "--ready-file", str(ready), *(["--sin", sin] if sin else [])]
    with (folder / "second.log").open("wb") as log, subprocess.Popen(command, cwd=ROOT, stderr=log) as process:
        try:
            until = time.monotonic() + START_S
            while not ready.exists():
                assert process.poll() is None, (folder / "second.log").read_text()
                assert time.monotonic() < until, "the second implementation did not start"
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.05)
            yield f"http://127.0.0.1:{msgspec.json.decode(ready.read_bytes())['port']}"
        finally:
            process.terminate()


def play(
    folder: Path,
    url: str,
    gateway_port: int,
    *options: str,
    key: str = KEY,
    suite: Path = ROOT / "contract_tests",
    adapter: Path = ROOT / "tests/second/adapter.py",
) -> Played:
    """The contract suite, or another, against what listens there."""
    (folder / "golive.toml").write_text(
        f"""[targets.second]
url = "{url}"
adapter = "{adapter}"
gateway_port = {gateway_port}
secrets = {{ operator_key = "env:SECOND_KEY" }}
""",
        encoding="utf-8",
    )
    results = folder / "results.json"
    words = [sys.executable, "-m", "pytest", str(suite), "-q", "-p", "no:cacheprovider"]
    words += ["--target", "second", "--golive-toml", str(folder / "golive.toml"), "--results", str(results), *options]
    environment = ENVIRONMENT | {"SECOND_KEY": key}
    begun = time.monotonic()
    done = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SUITE_S, check=False
    )
    found = read(results) if results.exists() else None
    return Played(done.returncode, plain(done.stdout + done.stderr), found, time.monotonic() - begun)


def plain(text: str) -> str:
    """Without a terminal's colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
