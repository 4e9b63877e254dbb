"""What Locust shows is the same whether it was told event by event or once a second. Locust itself is the oracle."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

pytestmark = pytest.mark.thorough

SCRIPT = Path(__file__).with_name("script_tally.py")


def told(requests: list[list[Any]]) -> list[Any]:
    """The lines that the script prints: both environments, then what a listener heard."""
    command = [sys.executable, str(SCRIPT), json.dumps(requests)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, cwd=SCRIPT.parents[2])
    return [json.loads(line) for line in ran.stdout.splitlines()]


def some(seed: int) -> list[list[Any]]:
    """Requests of every kind: fast and slow, without a time, failed, in one second and in others."""
    rng = Random(seed)
    return [
        [
            rng.choice([0.0, 0.001, 0.4, 1.3]),
            rng.choice(["ack", "reply"]),
            rng.choice([None, rng.uniform(0, 50), rng.uniform(50, 20_000)]),
            rng.randrange(500),
            rng.choice([None, None, "refused", "lost: 1006"]),
        ]
        for _ in range(300)
    ]


def _pairs(ones: dict[str, Any], others: dict[str, Any]) -> list[tuple[Any, Any]]:
    assert ones.keys() == others.keys()
    return [(ones[name], others[name]) for name in ones]


@pytest.mark.parametrize("seed", [1, 2])
def test_locust_shows_the_same_as_if_it_had_been_told_each(seed: int) -> None:
    (by_event, by_fold), _ = told(some(seed))
    assert by_event["total"]["num_requests"] == 300
    assert len(by_event["errors"]) > 2
    for before, after in [(by_event["total"], by_fold["total"]), *_pairs(by_event["entries"], by_fold["entries"])]:
        for key in ("total_response_time", "avg_response_time"):  # sums of floats, in another order
            assert after.pop(key) == pytest.approx(before.pop(key))
    assert by_fold == by_event


def test_whoever_listens_to_requests_hears_each_and_locust_counts_it_once() -> None:
    heard, counted = told([])[1]
    assert [(event["name"], event["response_time"], event["response_length"]) for event in heard] == [("after", 1.5, 7)]
    assert counted == 1
