"""One word and an exit code, from gates and health."""

from datetime import date

import msgspec
import pytest

from history.scenario import Customers, Phase, Scenario, Waiver
from reports.gates import check_lines
from reports.model import Gate, Health, Verdict
from reports.model import Phase as Played
from reports.verdict import Facts, essentials, invalid, rule, sync_promise, waive

TODAY = date(2026, 11, 23)
SCENARIO = Scenario(
    name="x", title_zh="", title_en="", customers=Customers(concurrency=1), gates=(),
    phases=(Phase(name="ramp", seconds=10, rate=10), Phase(name="steady", seconds=100, rate=100)),
)  # fmt: skip
HEALTHY = Facts(
    health=tuple(Health(process=p, lag_p99_s=0.002, cpu_s=1.0) for p in ("customers", "gateway", "agents")),
    acting=("customers", "gateway", "agents"),
    missing=(),
    phases=(
        Played(name="ramp", begin_s=0, end_s=10, messages=100),
        Played(name="steady", begin_s=10, end_s=110, messages=10_000),
    ),
    horizon_s=150,
    arrivals=10_100,
    dropped=0,
    unsent=0,
    scenario=SCENARIO,
)
HOLDS, BROKEN, UNKNOWN = (Gate(line="lost = 0", state=s, value=0.0, n=9) for s in ("holds", "broken", "unknown"))


def replaced(facts: Facts, **changes: object) -> Facts:
    return Facts(**{**facts.__dict__, **changes})


def test_all_gates_hold_is_go():
    assert rule(HEALTHY, [HOLDS], [], 0.5) == ("GO", 0, ())


@pytest.mark.parametrize("gate", [BROKEN, UNKNOWN, Gate(line="lost = 0", state="not verified")])
def test_one_gate_that_does_not_hold_is_no_go(gate):
    verdict, code, reasons = rule(HEALTHY, [HOLDS, gate], [], 0.5)
    assert (verdict, code, len(reasons)) == ("NO-GO", 1, 1)


CUT = (
    Played(name="ramp", begin_s=0, end_s=10, messages=100),
    Played(name="steady", begin_s=10, end_s=20, messages=900),
)
WHY = "unaccounted > 5, measured 9"


def test_a_run_that_abort_when_ended_is_no_go_though_all_gates_hold():
    verdict, code, reasons = rule(replaced(HEALTHY, phases=CUT, aborted=WHY), [HOLDS], [], 0.5)
    assert (verdict, code) == ("NO-GO", 1)
    assert reasons == (f"the run was ended early by abort_when: {WHY}",)


def test_a_run_cut_by_anything_else_is_invalid():
    assert rule(replaced(HEALTHY, phases=CUT), [HOLDS], [], 0.5).verdict == "INVALID"


def test_a_sick_harness_is_invalid_though_abort_when_ended_the_run():
    ruling = rule(replaced(HEALTHY, phases=CUT, aborted=WHY, missing=("agents",)), [HOLDS], [], 0.5)
    assert (ruling.verdict, ruling.exit_code) == ("INVALID", 3)
    assert f"the run was ended early by abort_when: {WHY}" in ruling.reasons


def test_a_waived_gate_is_go_with_conditions():
    waived = Gate(line="in_doubt = 0", state="broken", waived="known, Li, until 2027-01-01")
    verdict, code, reasons = rule(HEALTHY, [HOLDS, waived], [], 0.5)
    assert (verdict, code) == ("GO WITH CONDITIONS", 1)
    assert reasons == ("waived: in_doubt = 0 (known, Li, until 2027-01-01)",)


def test_a_sick_harness_is_invalid_before_all_else():
    verdict, code, reasons = rule(replaced(HEALTHY, missing=("agents",)), [BROKEN], [], 0.5)
    assert (verdict, code) == ("INVALID", 3)
    assert reasons[0] == "the record of agents is missing"
    assert len(reasons) == 2


def lag(seconds: float | None) -> Facts:
    sick = msgspec.structs.replace(HEALTHY.health[1], lag_p99_s=seconds, worst_phase="steady")
    return replaced(HEALTHY, health=(HEALTHY.health[0], sick, HEALTHY.health[2]))


@pytest.mark.parametrize(
    ("facts", "tightest_s", "sick"),
    [
        (HEALTHY, None, False),
        (lag(0.020), None, False),
        (lag(0.0201), None, True),
        (lag(0.049), 0.5, False),
        (lag(0.051), 0.5, True),
        (lag(None), 0.5, True),
        (replaced(HEALTHY, health=(msgspec.structs.replace(HEALTHY.health[0], complete=False),)), 0.5, True),
        (replaced(HEALTHY, dropped=10), 0.5, False),
        (replaced(HEALTHY, dropped=11), 0.5, True),
        (replaced(HEALTHY, unsent=11), 0.5, True),
        (replaced(HEALTHY, arrivals=0), 0.5, True),
        (replaced(HEALTHY, phases=()), 0.5, True),
        (replaced(HEALTHY, phases=HEALTHY.phases[:1]), 0.5, True),
        (
            replaced(HEALTHY, phases=(HEALTHY.phases[0], msgspec.structs.replace(HEALTHY.phases[1], end_s=60))),
            0.5,
            True,
        ),
        (
            replaced(HEALTHY, phases=(HEALTHY.phases[0], msgspec.structs.replace(HEALTHY.phases[1], messages=700))),
            0.5,
            True,
        ),
    ],
)
def test_when_nothing_may_rest_on_a_run(facts, tightest_s, sick):
    assert bool(invalid(facts, tightest_s)) is sick, invalid(facts, tightest_s)


def test_golives_own_lag_spoils_nothing():
    golive = Health(process="golive", lag_p99_s=None, cpu_s=1.0)
    assert invalid(replaced(HEALTHY, health=(*HEALTHY.health, golive)), 0.5) == []


ALL = ("lost", "duplicated", "phantom", "reordered", "blocked_leaked", "leaked_across_shops")


def test_what_a_scenario_forgets_is_judged_all_the_same():
    added = essentials([], [], [])
    assert [gate.line for gate in added] == [*(f"{metric} = 0" for metric in ALL), "sync_latency"]
    assert {gate.state for gate in added} == {"unknown"}


def test_a_gate_that_tolerates_a_loss_does_not_count_for_zero():
    lines = check_lines(["lost < 5"])
    broken = Verdict(
        promise="GATEWAY-4", checker="acknowledged_survives", state="broken", violations=3, metrics={"lost": 3}
    )
    added = essentials(lines, [Gate(line="lost < 5", state="holds")], [broken])
    assert (added[0].line, added[0].state, added[0].value) == ("lost = 0", "broken", 3.0)


@pytest.mark.parametrize(
    ("gates", "enough"),
    [
        (["sync_latency p99 < 500ms"], True),
        (["sync_latency_to_agent p99 < 500ms", "sync_latency_to_customer p90 < 500ms"], True),
        (["sync_latency_to_agent p99 < 500ms"], False),
        (["sync_latency p50 < 500ms"], False),
        (["sync_latency p99 > 1ms"], False),
    ],
)
def test_sync_latency_must_be_limited_both_ways_and_in_the_tail(gates, enough):
    lines = check_lines([*(f"{metric} = 0" for metric in ALL), *gates])
    holding = [Gate(line=line.text, state="holds") for line in lines]
    assert (essentials(lines, holding, []) == []) is enough


def test_a_broken_promise_without_a_gate_is_no_permission():
    over = Verdict(
        promise="ROUTE-2",
        checker="capacity",
        state="broken",
        opportunities=9,
        violations=1,
        metrics={"over_capacity": 1},
    )
    assert rule(HEALTHY, [HOLDS], [over], 0.5).verdict == "NO-GO"
    tolerated = Gate(line="over_capacity < 5", state="holds")
    assert rule(HEALTHY, [HOLDS, tolerated], [over], 0.5).verdict == "GO"


@pytest.mark.parametrize(
    ("gate", "metrics", "go"),
    [
        ("unassigned < 5", {"unassigned": 0, "double_assigned": 3}, False),
        ("unassigned < 5", {"unassigned": 3, "double_assigned": 0}, True),
        ("double_assigned < 5", {"unassigned": 3, "double_assigned": 1}, False),
        ("unassigned < 5", {}, False),
    ],
)
def test_a_gate_on_one_count_says_nothing_about_another(gate, metrics, go):
    two = Verdict(promise="ROUTE-1", checker="assigned_once", state="broken", violations=3, metrics=metrics)
    assert (rule(HEALTHY, [HOLDS, Gate(line=gate, state="holds")], [two], 0.5).verdict == "GO") is go


def test_the_gate_on_loss_speaks_of_every_way_to_lose():
    missed = Verdict(
        promise="SYNC-1", checker="resume_is_exact", state="broken", violations=1, metrics={"missed_on_resume": 1}
    )
    assert [reason for reason in rule(HEALTHY, [BROKEN], [missed], 0.5).reasons if "SYNC-1" in reason] == []
    assert rule(HEALTHY, [Gate(line="duplicated = 0", state="holds")], [missed], 0.5).verdict == "NO-GO"


def waiver(gate: str, expires: str = "2026-11-23") -> Waiver:
    return Waiver(gate=gate, reason="known", person="Li", expires=expires)


def test_a_waiver_names_a_line_or_a_metric_and_holds_to_its_last_day():
    gate = Gate(line="in_doubt = 0", state="broken")
    assert waive(gate, "in_doubt", [waiver("in_doubt  = 0")], TODAY).waived == "known, Li, until 2026-11-23"
    assert waive(gate, "in_doubt", [waiver("in_doubt")], TODAY).waived
    assert not waive(gate, "in_doubt", [waiver("undelivered")], TODAY).waived
    assert not waive(gate, "in_doubt", [waiver("in_doubt", "2026-11-22")], TODAY).waived
    assert not waive(gate, "in_doubt", [waiver("in_doubt", "soon")], TODAY).waived


@pytest.mark.parametrize(
    "metric",
    [
        "lost",
        "lost_to_agent",
        "lost_to_customer",
        "missed_on_resume",
        "missed_on_device",
        "blocked_leaked",
        "leaked_across_shops",
    ],
)
def test_loss_and_leaks_are_never_waived(metric):
    gate = waive(Gate(line=f"{metric} = 0", state="broken"), metric, [waiver(metric, "2099-01-01")], TODAY)
    assert (gate.waived, gate.reason) == ("", "loss and leaks cannot be waived")


def test_a_gate_that_holds_needs_no_waiver():
    assert waive(HOLDS, "in_doubt", [waiver("in_doubt")], TODAY) is HOLDS


def test_the_sync_promise_is_as_good_as_its_worst_gate():
    lines = check_lines(["sync_latency_to_agent p99 < 500ms", "sync_latency_to_customer p99 < 500ms"])
    for states, expected in (
        (("holds", "broken"), "broken"),
        (("holds", "unknown"), "unknown"),
        (("holds", "holds"), "holds"),
    ):
        gates = [Gate(line=line.text, state=state) for line, state in zip(lines, states, strict=True)]
        verdict = sync_promise(lines, gates, 10)
        assert (verdict.promise, verdict.state) == ("SYNC-3", expected)
    assert sync_promise([], [], 10).state == "unknown"
