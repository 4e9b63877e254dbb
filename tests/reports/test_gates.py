"""Gates: read, refused, judged."""

import polars as pl
import pytest

from reports.gates import COUNTS, Figures, GateError, check_lines, judge, parse, tightest_s
from reports.latency import Latencies, Sample
from reports.model import Phase, Verdict


def sample(*seconds: float, left_out: int = 0, error_s: float | None = 0.0) -> Sample:
    frame = pl.DataFrame({"seconds": seconds}, schema={"seconds": pl.Float64})
    return Sample(frame, {"disturbed": left_out} if left_out else {}, error_s)


def figures(*verdicts: Verdict, to_agent=None, to_customer=None, phases=(), rates=None) -> Figures:
    latencies = Latencies(to_agent or sample(), to_customer or sample(), sample())
    return Figures(verdicts, latencies, tuple(phases), rates or {})


def verdict(state="holds", n=100, violations=0, unknown=0, checker="undelivered", metric="undelivered", reason=""):
    return Verdict(
        promise="X", checker=checker, state=state, opportunities=n, violations=violations, unknown=unknown,
        reason=reason, metrics={metric: violations},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("lots = 0", "did you mean lost?"),
        ("lost is 0", "is not METRIC"),
        ("lost p99 = 0", "is a count and takes no p99"),
        ("lost = 0ms", "write no unit"),
        ("sync_latency < 500ms", "needs one of p50, p90, p95, p99, p999, max"),
        ("sync_latency min < 500ms", "needs one of"),
        ("sync_latency p99 < 500", "needs a unit"),
        ("open_conversations >= 1000", "is written: open_conversations min >= 1000"),
        ("zzz = 0", "known: lost"),
        ("", "is not METRIC"),
    ],
)
def test_a_wrong_gate_is_refused_with_what_would_be_right(line, complaint):
    with pytest.raises(GateError, match=complaint.replace("?", r"\?")):
        check_lines([line])


def test_a_gate_is_read_in_seconds_shares_and_counts():
    assert parse("sync_latency  p99 <  500ms").limit == 0.5
    assert parse("sync_latency_to_agent p999 <= 2 s").limit == 2.0
    assert parse("undelivered < 0.1%").limit == 0.001
    assert parse("open_conversations min >= 1000").limit == 1000
    assert parse("lost=0").text == "lost=0"


@pytest.mark.parametrize("metric", COUNTS)
def test_every_count_can_be_gated_and_is_unknown_where_nobody_counted(metric):
    assert judge(parse(f"{metric} = 0"), figures()).state == "unknown"


@pytest.mark.parametrize(
    ("line", "given", "state"),
    [
        ("undelivered = 0", verdict(), "holds"),
        ("undelivered = 0", verdict("broken", violations=1), "broken"),
        ("undelivered = 0", verdict("unknown", unknown=1), "unknown"),
        ("undelivered = 0", verdict("broken", violations=1, unknown=5), "broken"),
        ("undelivered < 3", verdict("broken", violations=2), "holds"),
        ("undelivered < 3", verdict("broken", violations=2, unknown=1), "unknown"),
        ("undelivered = 0", verdict("unknown", n=0), "unknown"),
        ("undelivered <= 2%", verdict("broken", violations=2), "holds"),
        ("undelivered < 2%", verdict("broken", violations=2), "broken"),
        ("undelivered < 2%", verdict("unknown", n=0), "unknown"),
    ],
)
def test_counts(line, given, state):
    assert judge(parse(line), figures(given)).state == state


def loss(**states: str) -> Figures:
    names = ("acknowledged_survives", "reaches_every_device", "resume_is_exact", "replies_arrive")
    made = [
        verdict(states.get(name, "holds"), checker=name, metric="lost", reason=states.get("why", "")) for name in names
    ]
    return figures(*made)


def test_lost_rests_on_both_directions_and_on_resumes():
    assert judge(parse("lost = 0"), loss()).state == "holds"
    for name in COUNTS["lost"]:
        assert judge(parse("lost = 0"), loss(**{name: "unknown"})).state == "unknown"
    assert judge(parse("lost = 0"), figures(verdict(checker="acknowledged_survives", metric="lost"))).state == "unknown"


def test_a_run_without_a_resume_may_still_lose_nothing():
    none = Verdict(
        promise="SYNC-1", checker="resume_is_exact", state="unknown",
        reason="there was no opportunity to see it kept or broken", metrics={"missed_on_resume": 0},
    )  # fmt: skip
    others = [v for v in loss().verdicts if v.checker != "resume_is_exact"]
    assert judge(parse("lost = 0"), figures(*others, none)).state == "holds"
    assert judge(parse("missed_on_resume = 0"), figures(none)).state == "unknown"


SLOW, FAST = [0.6] * 40, [0.01] * 2960


@pytest.mark.parametrize(
    ("line", "to_agent", "to_customer", "state"),
    [
        ("sync_latency p99 < 500ms", sample(*FAST, *FAST), sample(*FAST, *FAST), "holds"),
        ("sync_latency p99 < 500ms", sample(*FAST, *FAST), sample(*FAST, *SLOW), "broken"),
        ("sync_latency p99 < 500ms", sample(*FAST, *SLOW), sample(*FAST, *FAST), "broken"),
        ("sync_latency_to_agent p99 < 500ms", sample(*FAST, *FAST), sample(*FAST, *SLOW), "holds"),
        ("sync_latency p99 < 500ms", sample(*FAST, *FAST), sample(), "unknown"),
        ("sync_latency p99 < 500ms", sample(*FAST[:2900]), sample(*FAST, *FAST), "unknown"),
        ("sync_latency p90 < 500ms", sample(*FAST[:300]), sample(*FAST[:300]), "holds"),
        ("sync_latency p90 < 500ms", sample(*FAST[:299]), sample(*FAST[:300]), "unknown"),
        ("sync_latency max < 1s", sample(*SLOW), sample(*SLOW), "holds"),
        ("sync_latency max < 1s", sample(0.1), sample(0.1), "unknown"),
        ("sync_latency p90 < 500ms", sample(*FAST[:300], left_out=301), sample(*FAST[:300]), "unknown"),
        ("sync_latency p90 < 500ms", sample(*FAST[:300], left_out=300), sample(*FAST[:300]), "holds"),
    ],
)
def test_latencies(line, to_agent, to_customer, state):
    assert judge(parse(line), figures(to_agent=to_agent, to_customer=to_customer)).state == state


def test_a_limit_is_strict_to_the_last_nanosecond():
    exactly = sample(*[0.5] * 300)
    assert judge(parse("sync_latency p90 < 500ms"), figures(to_agent=exactly, to_customer=exactly)).state == "broken"
    assert judge(parse("sync_latency p90 <= 500ms"), figures(to_agent=exactly, to_customer=exactly)).state == "holds"


@pytest.mark.parametrize(
    ("error_s", "state", "reason"),
    [
        (0.099, "holds", ""),
        (0.11, "unknown", "the clocks agree only within 110 ms"),
        (None, "unknown", "a clock it rests on was never compared with the gateway's"),
    ],
)
def test_clocks_that_disagree_by_more_than_a_fifth_of_the_limit_judge_nothing(error_s, state, reason):
    sure, unsure = sample(*FAST), sample(*FAST, error_s=error_s)
    both, one = (parse(f"{metric} p90 < 500ms") for metric in ("sync_latency", "sync_latency_to_agent"))
    gate = judge(both, figures(to_agent=sure, to_customer=unsure))
    assert (gate.state, gate.reason) == (state, reason)
    assert judge(one, figures(to_agent=sure, to_customer=unsure)).state == "holds"


def phase(name: str, low: int, high: int) -> Phase:
    return Phase(name=name, begin_s=0, end_s=1, open_min=low, open_max=high)


RUN = (phase("ramp", 0, 900), phase("steady", 1000, 1100), phase("surge", 1050, 1200), phase("drain", 3, 1000))
RATES = {"ramp": 10.0, "steady": 100.0, "surge": 400.0, "drain": 0.0}


@pytest.mark.parametrize(
    ("line", "state", "value"),
    [
        ("open_conversations min >= 1000", "holds", 1000),
        ("open_conversations min >= 1001", "broken", 1000),
        ("open_conversations max <= 1200", "holds", 1200),
    ],
)
def test_open_conversations_count_in_the_loaded_phases_after_the_first(line, state, value):
    gate = judge(parse(line), figures(phases=RUN, rates=RATES))
    assert (gate.state, gate.value) == (state, value)


def test_with_the_ramp_alone_open_conversations_are_unknown():
    assert judge(parse("open_conversations min >= 0"), figures(phases=RUN[:1], rates=RATES)).state == "unknown"


def test_the_tightest_latency_gate():
    lines = check_lines(["sync_latency p99 < 500ms", "sync_latency_to_agent p50 < 0.1s", "reply_time p50 < 1ms"])
    assert tightest_s(lines) == 0.1
    assert tightest_s(check_lines(["lost = 0"])) is None
