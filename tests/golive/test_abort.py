"""Lines that end a run are checked before it, and true only on what was seen."""

import pytest

from golive.abort import check_lines, parse, reason
from golive.live import Live
from history.scenario import ScenarioError
from tests.golive.test_live import MS, Row

SECOND = 1_000_000_000


def live(messages: int, latency_ms: int, lost: int = 0) -> Live:
    """Messages shown so late, one a millisecond, and some acknowledged that nobody sees."""
    rows: list[Row] = []
    for n in range(messages):
        at = n * MS
        rows += [(at, "pushed", "@C", f"@{n}", 1, ""), (at + latency_ms * MS, "shown", "c", f"@{n}", 1, "")]
    rows += [(0, "acknowledged", "@C", f"@lost{n}", 1, "") for n in range(lost)]
    found = Live()
    found.feed("x", iter(rows))
    return found


@pytest.mark.parametrize(
    ("line", "seen", "expected"),
    [
        ("unaccounted > 5", live(0, 0, lost=5), ""),
        ("unaccounted > 5", live(0, 0, lost=6), "unaccounted > 5, measured 6"),
        ("unaccounted >= 5", live(0, 0, lost=5), "unaccounted >= 5, measured 5"),
        ("sync_latency  p99 > 100ms", live(100, 120), "sync_latency p99 > 100ms, measured 120.0 ms"),
        ("sync_latency_to_agent p50 > 0.1s", live(100, 120), "sync_latency_to_agent p50 > 0.1s, measured 120.0 ms"),
        ("sync_latency p99 > 1s", live(100, 120), ""),
        ("sync_latency_to_customer p99 > 1ms", live(100, 120), ""),
        ("sync_latency p99 > 100ms", live(19, 120), ""),  # too few to say
        ("undelivered > 0", live(100, 120), ""),
    ],
)
def test_a_line_is_true_with_its_figure_or_not(line: str, seen: Live, expected: str) -> None:
    assert reason(check_lines([line]), seen, SECOND) == expected


def test_the_first_true_line_is_told() -> None:
    lines = check_lines(["dropped > 0", "unaccounted > 0", "sync_latency p50 > 1ms"])
    assert reason(lines, live(100, 120, lost=2), SECOND).startswith("unaccounted > 0")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("unacounted > 3", "did you mean unaccounted"),
        ("lost > 3", "no lost during a run; .*known: unaccounted"),
        ("unaccounted = 3", "write > or >="),
        ("unaccounted p99 > 3", "unaccounted is a count"),
        ("undelivered > 3s", "undelivered is a count"),
        ("sync_latency > 3s", "needs one of p50, p99 and a unit"),
        ("sync_latency p95 > 3s", "needs one of p50, p99"),
        ("sync_latency p99 > 3", "and a unit"),
        ("harness_lag p50 > 3s", "told as p99 only"),
        ("it is slow", "is not METRIC"),
        ("unaccounted > 3%", "is a count"),
    ],
)
def test_a_wrong_line_is_refused_with_what_would_be_right(line: str, complaint: str) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        parse(line)
