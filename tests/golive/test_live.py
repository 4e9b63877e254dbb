"""The live view's join gives the same figures in whatever order the streams are read."""

from itertools import permutations
from pathlib import Path

import pytest

from golive.live import Follower, Live
from history.writer import Writer

Row = tuple[int, str, str, str, int, str]
MS = 1_000_000

GATEWAY: list[Row] = [(10 * MS, "pushed", "@C1", "@1", 1, ""), (12 * MS, "acknowledged", "@C1", "@1", 1, "")]
AGENTS: list[Row] = [
    (11 * MS, "assigned", "c1", "", 15, ""),
    (30 * MS, "shown", "c1", "@1", 1, ""),
    (31 * MS, "shown", "c1", "@1", 1, ""),
    (50 * MS, "answered", "c1", "tok", 0, ""),
]
CUSTOMERS: list[Row] = [
    (0, "phase", "", "", 0, "ramp"),
    (9 * MS, "sent", "@C1", "c1-1", 0, ""),
    (90 * MS, "received", "@C1", "tok", 0, ""),
]


def play(streams: list[list[Row]]) -> Live:
    live = Live()
    for stream in streams:
        live.feed("x", iter(stream))
    return live


def test_any_order_of_streams_gives_the_same_figures() -> None:
    for order in permutations([GATEWAY, AGENTS, CUSTOMERS]):
        live = play(list(order))
        assert (live.sent, live.shown, live.replies, live.unaccounted, len(live.open)) == (1, 1, 1, 0, 1)
        assert live.to_agent.quantiles(100 * MS) == (0.02, 0.02)
        assert live.to_customer.quantiles(100 * MS) == (0.04, 0.04)
        assert live.phases == {"ramp": 0}


def test_a_message_acknowledged_and_never_shown_stays_unaccounted() -> None:
    assert play([GATEWAY, CUSTOMERS]).unaccounted == 1


def test_a_resolved_conversation_is_not_open_and_a_moved_one_is() -> None:
    moved = play([AGENTS, [(60 * MS, "released", "c1", "", 0, "transferred")]])
    resolved = play([AGENTS, [(60 * MS, "released", "c1", "", 0, "resolved")]])
    assert (len(moved.open), len(resolved.open)) == (1, 0)


def test_rows_of_another_clock_are_moved_before_they_are_joined_and_not_shown_while_that_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, agents = Writer(tmp_path, "gateway"), Writer(tmp_path, "agents")
    gateway.add("pushed", t=10 * MS, message="@1")
    gateway.flush()
    monkeypatch.setattr("golive.live.identity", lambda: "another clock")
    follower = Follower(tmp_path)
    agents.flush()
    assert follower.poll().shown == 0
    for writer in (gateway, agents):
        writer.add("clock", t=0, n=-7 * MS if writer is agents else 0, note="1")
    agents.add("shown", t=37 * MS, message="@1")
    gateway.add("pushed", t=10 * MS, message="@1")
    gateway.close()
    agents.close()
    assert follower.poll().to_agent.quantiles(100 * MS) == (0.02, 0.02)


def test_messages_are_counted_at_the_gateway_where_the_customers_records_come_only_at_the_end() -> None:
    live = play([[(9 * MS, "accepted", "@C1", "@1", 1, "")]])
    assert (live.sent, live.messages) == (0, 1)


def test_samples_older_than_the_window_are_forgotten() -> None:
    live = play([GATEWAY, AGENTS])
    assert live.to_agent.quantiles(11_000 * MS) is None
