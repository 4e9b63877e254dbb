"""A gate's line reads in words, in its own unit, on the right side of its limit."""

import pytest

from reports.model import Gate
from reports.page import gateline
from reports.page.words import Text


@pytest.mark.parametrize(
    ("line", "value", "title", "demand", "measured"),
    [
        ("lost = 0", 0.0, Text("丢失", "lost"), "= 0", "0"),
        ("sync_latency p99 < 500ms", 0.49996,
         Text("同步延迟（双向取差） p99", "sync latency (the worse way) p99"), "< 500 ms", "499.96 ms"),
        ("sync_latency_to_agent p95 <= 1.5 s", 0.25, Text("同步延迟 · 到客服 p95", "sync latency to the agent p95"),
         "≤ 1,500 ms", "250 ms"),
        ("open_conversations min >= 1000", 999.0, Text("同时在谈会话 min", "open conversations min"), "≥ 1,000", "999"),
        ("dropped < 0.1%", 0.00099999, Text("丢弃的到达", "dropped arrivals"), "< 0.100 %", "0.099999 %"),
        ("what is this", 1.0, Text("what is this", "what is this"), "–", "1"),
        ("sync_latency", None, Text("同步延迟（双向取差）", "sync latency (the worse way)"), "–", None),
        ("lost = 0", None, Text("丢失", "lost"), "= 0", None),
    ],
)  # fmt: skip
def test_a_line_is_told_in_words(
    line: str, value: float | None, title: Text, demand: str, measured: str | None
) -> None:
    gate = Gate(line=line, state="holds", value=value)
    assert (gateline.title(line), gateline.demand(line), gateline.measured(gate)) == (title, demand, measured)


@pytest.mark.parametrize("line", ["", "lost", "lost = many", "lost = 1.2.3", "<script> = 0"])
def test_what_is_no_gate_is_no_gate(line: str) -> None:
    assert gateline.parse(line) is None
