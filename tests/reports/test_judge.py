"""A whole run judged: verdict, figures, and what must never be green."""

from datetime import UTC, datetime

import msgspec
import pytest

from history.scenario import Agents, Customers, Faults, Phase, Scenario, Waiver
from reports import checkers, judge
from reports.load import NoHistory
from reports.model import Step

GATES = ("lost = 0", "duplicated = 0", "reordered = 0", "phantom = 0", "blocked_leaked = 0", "leaked_across_shops = 0")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def scenario(**changes):
    known = {
        "name": "hand", "title_zh": "手写", "title_en": "by hand", "customers": Customers(concurrency=40),
        "phases": (Phase(name="ramp", seconds=5, rate=1), Phase(name="steady", seconds=20, rate=1)),
        "gates": (*GATES, "sync_latency p90 < 500ms", "open_conversations min >= 1"),
        "faults": Faults(), "agents": Agents(listed_share=0.1),
    }  # fmt: skip
    return Scenario(**{**known, **changes})


def busy() -> str:
    """40 rounds of message and reply, 400 samples each way short of p99 but enough for p90 (n >= 300)."""
    rows = [
        "0 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh",
        "0 agents availability actor=a1 device=a1/1 shop=s1 n=15 note=online",
        "1 customers phase note=ramp",
        "6 customers phase note=steady",
        "1.1 agents assigned actor=a1 device=a1/1 shop=s1 conversation=k1 n=15",
    ]
    for i in range(320):
        t, listed = 1.2 + i * 0.05, " note=listed" if i % 20 == 0 else ""
        here = "actor=c1 shop=s1 conversation=@C1"
        there = "actor=a1 device=a1/1 shop=s1 conversation=k1"
        rows += [
            f"{t:.3f} customers intended message=c1-{i} {here}{listed}",
            f"{t:.3f} customers sent message=c1-{i} {here}",
            f"{t + 0.001:.3f} gateway accepted message=@{2 * i} ref=c1-{i} n={2 * i + 1} {here}",
            f"{t + 0.002:.3f} gateway pushed message=@{2 * i} n=1 {here}",
            f"{t + 0.003:.3f} gateway acknowledged message=@{2 * i} {here}",
            f"{t + 0.004:.3f} agents shown message=@{2 * i} ref=m{2 * i} n={2 * i + 1} {there}",
            f"{t + 0.010:.3f} agents answered message=r{i} ref=@{2 * i} {there}{listed}",
            f"{t + 0.011:.3f} agents replied message=r{i} note=ok {there}",
            f"{t + 0.012:.3f} gateway called message=r{i} ref=@{2 * i + 1} note=ok {here}",
            f"{t + 0.013:.3f} gateway delivered message=r{i} ref=@{2 * i + 1} {here}",
            f"{t + 0.014:.3f} customers received message=r{i} ref=@{2 * i + 1} {here}",
        ]
    for i in range(1, 600):
        rows += [f"{i / 20:.3f} {part} lag n=900" for part in ("customers", "gateway", "agents")]
    return "\n".join(rows)


@pytest.fixture(scope="module")
def text() -> str:
    return busy()


@pytest.fixture
def judged(tell, spec, tmp_path):
    def judged(text, end=60, about=None, **changes):
        known = {"scenario": scenario(), **changes}
        tell(text, spec(**known), end=end)
        folder = sorted(tmp_path.iterdir())[-1]
        if about:
            (folder / "about.json").write_bytes(msgspec.json.encode(about))
        return judge.judge(folder, NOW)

    return judged


def test_a_healthy_run_is_go_and_a_demonstration(judged, text):
    j = judged(text)
    assert (j.verdict, j.exit_code, j.reasons, j.demo) == ("GO", 0, (), True)
    assert (j.messages, j.replies, j.arrivals, j.dropped, j.conversations_peak) == (320, 320, 320, 0, 1)
    assert j.metric("lost") == 0
    assert (j.to_agent.n, round(j.to_agent.p99, 6), round(j.to_customer.p99, 6)) == (320, 0.002, 0.004)
    assert [gate.state for gate in j.gates] == ["holds"] * 8
    assert j.joins == {"platform_id": pytest.approx(1 / 3), "token": pytest.approx(2 / 3), "unknown": 0.0}
    assert [h.lag_p99_s for h in j.health] == [0.0009] * 3
    assert j.started.startswith("2026-11-23T18:00:00")
    assert sum(second.sent for second in j.seconds) == 320


def test_a_run_that_was_ended_early_says_by_which_line(judged, text):
    j = judged(text + "\n59 golive aborted note='unaccounted > 5, measured 9'\n59 golive end")
    assert (j.verdict, j.exit_code) == ("NO-GO", 1)
    assert j.reasons == ("the run was ended early by abort_when: unaccounted > 5, measured 9",)


def test_changes_and_notes_are_kept(judged, text):
    about, noted = (
        judge.About(changes=("seed=7",)),
        msgspec.structs.replace(scenario(), notes=("w.txt: 2 listed words",)),
    )
    j = judged(text, about=about, scenario=noted)
    assert (j.changes, j.notes) == (("seed=7",), ("w.txt: 2 listed words",))


def test_one_message_nobody_saw_makes_it_no_go(judged, text):
    line = next(line for line in text.splitlines() if "shown message=@200 " in line)
    j = judged(text.replace(line, ""))
    assert (j.verdict, j.exit_code, j.metric("lost")) == ("NO-GO", 1, 1)
    broken = [v for v in j.verdicts if v.state == "broken"]
    assert [(v.promise, v.violations) for v in broken] == [("GATEWAY-4", 1)]
    assert broken[0].example[-1] == Step(
        t_s=59.0, who="target", to="agent", what="never shows @200 to any agent", wrong=True
    )


def test_one_reply_nobody_got_makes_it_no_go(judged, text):
    kept = "\n".join(line for line in text.splitlines() if "r77 " not in line or " agents " in line)
    j = judged(kept)
    assert (j.verdict, j.metric("lost"), j.metric("lost_to_customer")) == ("NO-GO", 1, 1)
    assert [v.promise for v in j.verdicts if v.state == "broken"] == ["DELIVERY-2"]


def test_slow_pushes_break_sync_3_and_tell_the_slowest(judged, text):
    slow = []
    for line in text.splitlines():
        seconds, _, rest = line.partition(" ")
        late = " shown message=@1" in line
        slow.append(f"{float(seconds) + 2:.3f} {rest}" if late else line)
    j = judged("\n".join(slow))
    sync = next(v for v in j.verdicts if v.checker == "sync_latency")
    assert (j.verdict, sync.promise, sync.state) == ("NO-GO", "SYNC-3", "broken")
    assert next(step.what for step in sync.example if step.wrong).startswith("shows @1")


def test_a_run_cut_short_is_invalid_whatever_it_showed(judged, text):
    short = "\n".join(line for line in text.splitlines() if float(line.split()[0]) < 12)
    j = judged(short, end=12.5)
    assert (j.verdict, j.exit_code) == ("INVALID", 3)
    assert "the run was cut short: phase steady was not played to its end" in j.reasons


def test_a_stream_that_was_cut_is_invalid(judged, text):
    j = judged(text + "\n60 customers end\n60 gateway end", end=None)
    assert j.verdict == "INVALID"
    assert j.reasons[0] == "the record of agents is incomplete"


def test_a_late_harness_is_invalid(judged, text):
    j = judged(text.replace("gateway lag n=900", "gateway lag n=60000"))
    assert j.verdict == "INVALID"
    assert "gateway ran late in phase" in j.reasons[0]


def test_messages_that_never_got_past_the_gateway_make_it_invalid(judged, text):
    again = "\n9 customers intended message=c1-3 actor=c1 shop=s1 conversation=@C1"
    j = judged(text + again)  # an id used twice: the gateway took one message for both
    assert j.verdict == "INVALID"
    assert "1 of 321 messages never got past the gateway: the load was not there" in j.reasons
    dropped = "\n9 customers dropped message=c1-3 actor=c1 shop=s1 conversation=@C1"
    assert (
        "1 of 321 arrivals were dropped: the load was not what was asked for" in judged(text + again + dropped).reasons
    )


def test_a_waiver_makes_conditions_and_is_printed(judged, text):
    lines = (*scenario().gates, "in_doubt = 0")
    waivers = (Waiver(gate="in_doubt = 0", reason="known", person="Li", expires="2026-12-31"),)
    doubt = "\n30 agents in_doubt message=r3 actor=a1 device=a1/1 shop=s1 conversation=k1"
    j = judged(text + doubt, scenario=scenario(gates=lines, waivers=waivers))
    assert (j.verdict, j.exit_code) == ("GO WITH CONDITIONS", 1)
    assert j.gates[-1].waived == "known, Li, until 2026-12-31"
    assert judged(text + doubt, scenario=scenario(gates=lines)).verdict == "NO-GO"


def test_a_checker_that_crashes_never_ends_in_go(judged, text, monkeypatch):
    def crash(_history):
        raise RuntimeError("boom")

    crashing = tuple(c._replace(check=crash) if c.name == "order" else c for c in checkers.CHECKERS)
    monkeypatch.setattr(checkers.run, "__defaults__", (crashing,))
    j = judged(text)
    assert j.verdict == "NO-GO"
    assert j.metric("reordered") is None


def test_an_empty_run_is_invalid_and_can_be_judged(judged):
    j = judged("")
    assert j.verdict == "INVALID"
    assert j.to_agent.p99 is None
    assert j.seconds == ()


def test_what_golive_left_beside_the_history_is_used(judged, text):
    about = judge.About(
        started="2026-11-11T00:00:00+08:00", command="golive rehearse x", target="ours", target_version="7"
    )
    j = judged(text, about=about, target="ours")
    assert (j.started, j.command, j.target, j.target_version, j.demo) == (
        "2026-11-11T00:00:00+08:00", "golive rehearse x", "ours", "7", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "version", "demo"),
    [
        ("reference", "", True),
        ("asgi:reference_service.app:create", "", True),
        ("ours", "reference 0.1", True),
        ("ours", "2.3", False),
    ],
)
def test_whoever_runs_the_bundled_reference_runs_a_demonstration(target, version, demo):
    assert judge.demonstration(target, version) is demo


def test_a_folder_without_a_run_is_told_clearly(tmp_path):
    with pytest.raises(NoHistory):
        judge.judge(tmp_path)
