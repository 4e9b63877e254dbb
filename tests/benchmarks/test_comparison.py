"""A generator's figures count only where the server counted its work."""

from pathlib import Path

import pytest

from benchmarks.peers.comparison import Result, compare, shortfall
from benchmarks.peers.generators import GENERATORS, exact, nearest_rank
from benchmarks.peers.table import lines

OURS = next(generator for generator in GENERATORS if generator.name == "ours")


@pytest.mark.parametrize(
    ("served", "words"),
    [
        ((100, 3000), ""),
        ((100, 2970), ""),
        ((100, 2969), "sent 2,969 of 3,000 messages"),
        ((100, 3001), "sent 3,001 messages on 100 connections"),
        ((99, 3000), "sent 3,000 messages on 99 connections"),
    ],
)
def test_who_sent_less_than_99_of_100_or_more_than_asked_is_marked(served: tuple[int, int], words: str) -> None:
    assert shortfall(served, connections=100, seconds=30) == words


def test_round_trips_are_nearest_rank_percentiles_in_ms(tmp_path: Path) -> None:
    (tmp_path / "trips").write_text("".join(f"{n * 1_000_000}\n" for n in range(200, 0, -1)))
    assert exact(tmp_path)[:2] == (100.0, 198.0)
    assert nearest_rank([1.0], 0.99) == 1.0


def test_the_table_puts_the_cheapest_first_marks_the_incomparable_and_lists_what_is_missing() -> None:
    results = [
        Result("k6", "k6", 4.0, 200, 35, 10, 300, 1.0, 2.0),
        Result("slow", "Slow", 1.0, 20, 35, 10, 3, trouble="sent 3 of 300 messages"),
        Result("floor", "C", 2.0, 1, 35, 10, 300, 0.1, 0.2),
    ]
    table = lines(results, {"tsung": "apt-get install tsung"})
    assert [line.split()[0] for line in table[1:4]] == ["C", "k6", "Slow"]
    assert "2.0" in table[2].split()
    assert table[3].endswith("NOT COMPARABLE: sent 3 of 300 messages")
    assert table[4] == "tsung: not installed: apt-get install tsung"


@pytest.mark.slow
def test_ours_does_the_work_and_the_server_has_counted_it() -> None:
    program = OURS.find(None)
    assert program
    result = compare(OURS, program, "picows", connections=20, seconds=2, ramp=1)
    assert (result.trouble, result.connections, result.messages) == ("", 20, 40)
    assert result.p50_ms is not None
    assert result.p99_ms is not None
    assert 0 < result.p50_ms <= result.p99_ms
