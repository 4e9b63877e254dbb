"""Judgements as a rehearsal would yield them: a passed demo, a GO, conditions, a NO-GO, an INVALID and an empty one."""

import math
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec
import pytest

from reports.model import (
    Disturbance,
    Environment,
    Gate,
    Health,
    Hop,
    Judgement,
    Latency,
    Phase,
    Second,
    Step,
    Verdict,
)
from reports.page.render import render

Samples = dict[str, Judgement]

CHECKERS = (
    ("GATEWAY-4", "acknowledged_survives", "lost", 23180),
    ("DELIVERY-2", "replies_arrive", "lost_replies", 19902),
    ("DELIVERY-1", "exactly_once", "duplicated", 43082),
    ("ORDER-1", "order", "reordered", 43082),
    ("DELIVERY-3", "phantom", "phantom", 43082),
    ("TENANT-1", "leaks", "leaked_across_shops", 43082),
    ("FILTER-1", "blocked_stays_blocked", "blocked_leaked", 431),
    ("GATEWAY-1", "signature", "forged_taken", 214),
    ("ROUTE-2", "capacity", "over_capacity", 1460),
    ("ROUTE-1", "assigned_once", "unassigned", 1093),
    ("SYNC-1", "resume_is_exact", "missed_on_resume", 187),
)
PHASES = (("ramp", 0, 40, 60.0), ("steady", 40, 110, 100.0), ("surge", 110, 150, 400.0), ("drain", 150, 191, 0.0))


def _latency(p50: float, p99: float, n: int) -> Latency:
    return Latency(n=n, p50=p50, p95=p50 + (p99 - p50) * 0.4, p99=p99, max=p99 * 3.1)


def _curve(p50: float, p99: float) -> tuple[tuple[float, float], ...]:
    quantiles = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)
    body = math.log(p99 / p50) / math.log(50)
    return tuple((q, p50 * (0.5 / (1 - q)) ** body if q <= 0.99 else p99 * (0.01 / (1 - q)) ** 0.24) for q in quantiles)


def _second(t: int, rng: random.Random, stalls: tuple[int, int] | None) -> Second:
    rate = next((r for _, begin, end, r in PHASES if begin <= t < end), 0.0)
    load = 1 + rate / 300
    stalled = stalls is not None and stalls[0] <= t < stalls[1]
    if rate == 0.0:
        return Second(t_s=float(t), open=1000 if t < 185 else 0)
    p50 = None if stalled else 0.0042 * load * rng.uniform(0.9, 1.15)
    after = 9.0 if stalls is not None and stalls[1] <= t < stalls[1] + 6 else 1.0
    return Second(
        t_s=float(t),
        sent=int(rate * rng.uniform(0.9, 1.1)),
        replies=0 if stalled else int(rate * 0.86 * rng.uniform(0.85, 1.1)),
        open=min(1000, 30 * t),
        to_agent_p50=p50,
        to_agent_p99=None if p50 is None else p50 * rng.uniform(3, 7) * after * after,
        to_customer_p99=None if p50 is None else p50 * rng.uniform(4, 9) * after,
    )


def _hops(slow: float = 1.0) -> tuple[Hop, ...]:
    return (
        Hop(name="gateway_accept", whose="harness", latency=_latency(0.00062, 0.0041, 23180)),
        Hop(name="gateway_queue", whose="harness", latency=_latency(0.0004, 0.0092, 23180)),
        Hop(name="target_ack", whose="target", latency=_latency(0.0021, 0.0134, 23180)),
        Hop(name="target_to_device", whose="target", latency=_latency(0.0029, 0.0152 * slow, 23180)),
        Hop(name="agent", whose="people", latency=_latency(0.61, 3.9, 19902)),
        Hop(name="target_take", whose="target", latency=_latency(0.0024, 0.0121, 19902)),
        Hop(name="target_outbox", whose="target", latency=_latency(0.0031, 0.0249 * slow, 19902)),
        Hop(name="delivery", whose="harness", latency=_latency(0.0007, 0.0035, 19902)),
    )


def _verdicts() -> tuple[Verdict, ...]:
    kept = tuple(
        Verdict(promise=p, checker=c, state="holds", opportunities=n, upper_bound=3 / n, metrics={m: 0})
        for p, c, m, n in CHECKERS
    )
    return (
        *kept,
        Verdict(
            promise="SYNC-2", checker="state_converges", state="not verified", reason="the target offers no `state`"
        ),
    )


def _gates() -> tuple[Gate, ...]:
    counted = tuple(
        Gate(line=f"{m} = 0", state="holds", value=0.0, n=n)
        for _, _, m, n in CHECKERS
        if m in ("lost", "duplicated", "reordered", "phantom", "blocked_leaked", "leaked_across_shops")
    )
    return (
        *counted,
        Gate(line="sync_latency p99 < 500ms", state="holds", value=0.04213, n=43082),
        Gate(line="open_conversations min >= 1000", state="holds", value=1000.0, n=150),
    )


def _demo() -> Judgement:
    rng = random.Random(618)
    return Judgement(
        run="20261123-181502-launch",
        started="2026-11-23T18:15:02+08:00",
        target="reference",
        target_version="0.1.0",
        demo=True,
        scenario="launch",
        title_zh="上线演练：1,000 人同时咨询",
        title_en="Launch rehearsal: 1,000 customers at once",
        seed=618,
        business_speed=60.0,
        verdict="GO",
        exit_code=0,
        reasons=(),
        messages=23180,
        replies=19902,
        conversations_peak=1006,
        dropped=0,
        arrivals=19120,
        verdicts=_verdicts(),
        gates=_gates(),
        to_agent=_latency(0.0044, 0.03071, 23180),
        to_customer=_latency(0.0061, 0.04213, 19902),
        reply_time=_latency(0.68, 4.4, 19902),
        percentiles_to_agent=_curve(0.0044, 0.03071),
        percentiles_to_customer=_curve(0.0061, 0.04213),
        hops=_hops(),
        phases=tuple(
            Phase(
                name=name,
                begin_s=float(begin),
                end_s=float(end),
                messages=int(rate * (end - begin)),
                rate=rate,
                open_min=0 if name in ("ramp", "drain") else 1000,
                open_max=1006,
            )
            for name, begin, end, rate in PHASES
        ),
        disturbances=(),
        seconds=tuple(_second(t, rng, None) for t in range(191)),
        health=(
            Health(process="customers", lag_p99_s=0.0046, cpu_s=61.2, worst_phase="surge"),
            Health(process="gateway", lag_p99_s=0.0038, cpu_s=48.9, worst_phase="surge"),
            Health(process="agents", lag_p99_s=0.0071, cpu_s=52.4, worst_phase="surge"),
            Health(process="golive", lag_p99_s=0.0012, cpu_s=3.1, worst_phase="ramp"),
        ),
        joins={"platform_id": 0.538, "token": 0.462, "unknown": 0.0},
        environment=Environment(python="3.11.7", system="Debian 12 x86_64", cpus=2, memory_gib=24.0, golive="0.1.0"),
        command="golive rehearse launch --seed 618",
    )


def _no_go(demo: Judgement) -> Judgement:
    story = (
        Step(t_s=131.402, who="customer", to="gateway", what="发送 “这款面膜什么时候发货？”"),
        Step(t_s=131.404, who="gateway", to="target", what="push 1 of @aGk4Nzc=="),
        Step(t_s=131.407, who="target", to="gateway", what="acknowledged: 200"),
        Step(t_s=131.431, who="golive", to="target", what="kill -9"),
        Step(t_s=133.918, who="target", what="ready again"),
        Step(t_s=191.0, who="target", to="s01-a03/phone", what="never shown on s01-a03/phone", wrong=True),
    )
    twice = (
        Step(t_s=64.1, who="s04-a01/desk", to="target", what="reply bcdfghjkmnpqrstz"),
        Step(t_s=64.112, who="target", to="gateway", what="platform call 1: ok"),
        Step(t_s=64.118, who="gateway", to="customer", what="delivered as @bXNn=="),
        Step(t_s=65.12, who="target", to="gateway", what="platform call 2: ok"),
        Step(t_s=65.125, who="gateway", to="customer", what="delivered again as @bXNo==", wrong=True),
    )
    rng = random.Random(11)
    verdicts = [
        msgspec.structs.replace(
            v, state="broken", violations=3, upper_bound=None, metrics={"lost": 3}, example=story, reason=""
        )
        if v.checker == "acknowledged_survives"
        else msgspec.structs.replace(
            v, state="broken", violations=1, upper_bound=None, metrics={"duplicated": 1}, example=twice
        )
        if v.checker == "exactly_once"
        else v
        for v in demo.verdicts
    ]
    broken = {
        "lost = 0": (3.0, ""),
        "duplicated = 0": (1.0, ""),
        "sync_latency p99 < 500ms": (0.50004, "the worse way is to the customer"),
    }
    gates = tuple(
        msgspec.structs.replace(g, state="broken", value=broken[g.line][0], reason=broken[g.line][1])
        if g.line in broken
        else g
        for g in demo.gates
    )
    return msgspec.structs.replace(
        demo,
        run="20261123-190144-launch",
        target="shop-desk staging",
        target_version="2026.11.3-rc2",
        demo=False,
        verdict="NO-GO",
        exit_code=1,
        verdicts=tuple(verdicts),
        gates=gates,
        to_agent=_latency(0.0049, 0.2204, 23180),
        to_customer=_latency(0.0077, 0.50004, 19902),
        percentiles_to_agent=_curve(0.0049, 0.2204),
        percentiles_to_customer=_curve(0.0077, 0.50004),
        hops=_hops(9.0),
        disturbances=(
            Disturbance(what="push delay", begin_s=70.0, end_s=78.5),
            Disturbance(what="service killed (-9)", begin_s=131.43, end_s=133.92, planned=False),
        ),
        seconds=tuple(_second(t, rng, (131, 134)) for t in range(191)),
    )


def _invalid(demo: Judgement) -> Judgement:
    health = tuple(
        msgspec.structs.replace(h, lag_p99_s=0.0874)
        if h.process == "customers"
        else msgspec.structs.replace(h, lag_p99_s=None, complete=False)
        if h.process == "agents"
        else h
        for h in demo.health
    )
    gates = tuple(
        msgspec.structs.replace(g, state="unknown", reason="no stream of agents: what happened there is not known")
        for g in demo.gates
    )
    verdicts = tuple(
        msgspec.structs.replace(
            v, state="unknown", unknown=412, reason="no stream of agents: what happened there is not known"
        )
        for v in demo.verdicts
    )
    return msgspec.structs.replace(
        demo,
        verdict="INVALID",
        exit_code=3,
        reasons=(
            "customers ran late in phase surge: lag p99 87.4 ms, at most 50 ms is allowed",
            "the record of agents is incomplete",
        ),
        health=health,
        gates=gates,
        verdicts=verdicts,
        dropped=212,
        seconds=demo.seconds[:97],
        phases=demo.phases[:2],
    )


def _conditions(demo: Judgement) -> Judgement:
    waived = msgspec.structs.replace(
        demo.gates[-1], state="broken", value=962.0, waived="staging has 64 agents only, Li Wei, until 2026-12-10"
    )
    return msgspec.structs.replace(
        demo,
        target="shop-desk staging",
        target_version="2026.11.4",
        demo=False,
        verdict="GO WITH CONDITIONS",
        exit_code=1,
        gates=(*demo.gates[:-1], waived),
    )


def _empty(demo: Judgement) -> Judgement:
    return msgspec.structs.replace(
        demo,
        target_version="",
        verdict="INVALID",
        exit_code=3,
        reasons=(),
        messages=0,
        replies=0,
        conversations_peak=0,
        arrivals=0,
        verdicts=(),
        gates=(),
        to_agent=Latency(),
        to_customer=Latency(),
        reply_time=Latency(),
        percentiles_to_agent=(),
        percentiles_to_customer=(),
        hops=(),
        phases=(),
        seconds=(),
        health=(),
        joins={},
        environment=Environment(),
    )


def _undrawn(judgement: Judgement) -> Judgement:
    # drawing takes seconds; where only the words differ, one sample with pictures is enough
    nothing: dict[str, tuple[()]] = dict.fromkeys(
        ("percentiles_to_agent", "percentiles_to_customer", "hops", "seconds"), ()
    )
    return msgspec.structs.replace(judgement, **nothing)


def build() -> Samples:
    """All samples by name."""
    demo = _demo()
    go = msgspec.structs.replace(demo, target="shop-desk staging", target_version="2026.11.4", demo=False)
    return {
        "demo": demo,
        "go": _undrawn(go),
        "no_go": _no_go(demo),
        "invalid": _invalid(demo),
        "conditions": _conditions(demo),
        "demo_conditions": _undrawn(msgspec.structs.replace(demo, verdict="GO WITH CONDITIONS", exit_code=1)),
        "demo_no_go": _undrawn(msgspec.structs.replace(_no_go(demo), demo=True, target="reference")),
        "empty": _empty(demo),
    }


@pytest.fixture(scope="session")
def samples() -> Samples:
    """Judgements by name: demo, go, no_go, invalid, conditions, demo_conditions, demo_no_go, empty."""
    return build()


@pytest.fixture(scope="session")
def altered(samples: Samples) -> Callable[..., Judgement]:
    """A sample with some fields changed: altered("demo", target="…")."""

    def alter(name: str, **changes: object) -> Judgement:
        return msgspec.structs.replace(samples[name], **changes)

    return alter


@pytest.fixture(scope="session")
def written(samples: Samples, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder a sample was rendered into; drawn once, and so only to be read."""

    @cache
    def write(name: str) -> Path:
        folder = tmp_path_factory.mktemp(name)
        render(samples[name], folder)
        return folder

    return write
