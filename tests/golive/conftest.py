"""A rehearsal of a few seconds, and golive as a person runs it: a subprocess."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

TINY = """
name = "tiny"
title_zh = "小彩排"
title_en = "tiny"
business_speed = 200
gates = ["lost = 0", "duplicated = 0", "reordered = 0", "phantom = 0", "blocked_leaked = 0", "leaked_across_shops = 0",
         "sync_latency p90 < 500ms"]

[shops]
count = 2

[customers]
concurrency = 20
listed_share = 0.2

[agents]
listed_share = 0.2

[[phases]]
name = "ramp"
seconds = 2
rate = 10

[[phases]]
name = "steady"
seconds = 6
rate = 100

[gateway]
cut_s = 0.5
retry_s = [0.2]
"""

Golive = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A scenario file of seven seconds and a short drain."""
    path = tmp_path / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture
def golive_on(tmp_path: Path) -> Iterator[Golive]:
    """Start `golive …` in an empty folder, behind a command such as `ip netns exec`; ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(before: tuple[str, ...], *arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [*before, sys.executable, "-m", "golive", *arguments],
            cwd=tmp_path,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "200", "STAGING_KEY": "x"},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def golive(golive_on: Golive) -> Golive:
    """Start `golive …` in an empty folder; what still runs at the end of the test is ended."""
    return partial(golive_on, ())
