"""Judges a run's folder: history in, one Judgement out. Writes nothing."""

import os
import platform
import re
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
import polars as pl

from history.run import RunFolder
from reports import checkers, gates, health, hops, people, timeline, verdict
from reports.demonstration import demonstration as demonstration
from reports.example import tell
from reports.latency import Sample
from reports.load import NEEDED, load
from reports.model import Environment, Gate, Judgement, Phase, Verdict
from reports.other_calls import other_calls
from reports.record import History


class About(msgspec.Struct, frozen=True, kw_only=True):
    """`about.json`, where golive left one: what the page says of a run that its history does not."""

    started: str = ""
    command: str = ""
    target: str = ""
    target_version: str = ""
    changes: tuple[str, ...] = ()
    python: str = ""
    system: str = ""
    cpus: int = 0
    memory_gib: float = 0.0


def judge(folder: Path, now: datetime | None = None) -> Judgement:
    """Judge the run in `folder`; `now` decides which waivers have expired. Raises NoHistory, BadStream or OSError."""
    history = load(folder)
    today = (now or datetime.now(UTC)).date()
    return conclude(history, _about(folder), today, folder.resolve().name)


def conclude(history: History, about: About, today: date, name: str = "") -> Judgement:
    """The whole judgement on a loaded history. Pure but for the name of this machine's Python and system."""
    opened = timeline.open_steps(history)
    phases = timeline.phases(history, opened)
    found = with_total(checkers.run(history))
    lines, judged, all_gates = _gates(history, found, phases, today)
    sync = verdict.sync_promise(lines, judged, len(history.latencies.to_agent.frame))
    facts = _facts(history, phases)
    ruling = verdict.rule(facts, all_gates, found, gates.tightest_s(lines))
    found = (*found, _with_slowest(sync, history))
    return _judgement(history, about, name, opened, phases, found, all_gates, facts, ruling)


def with_total(found: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Adds the metric `lost`, both directions together, to the first checker it rests on, if all of them counted."""
    counted = {metric: n for each in found for metric, n in each.metrics.items()}
    if not {"lost_to_agent", "lost_to_customer"} <= counted.keys():
        return found
    lost = counted["lost_to_agent"] + counted["lost_to_customer"]
    first = gates.COUNTS["lost"][0]
    return tuple(
        msgspec.structs.replace(each, metrics={"lost": lost, **each.metrics}) if each.checker == first else each
        for each in found
    )


def _gates(
    history: History, found: tuple[Verdict, ...], phases: tuple[Phase, ...], today: date
) -> tuple[tuple[gates.Line, ...], list[Gate], tuple[Gate, ...]]:
    scenario = history.scenario
    lines = gates.check_lines(scenario.gates) if scenario else ()
    rates = {phase.name: phase.rate for phase in scenario.phases} if scenario else {}
    figures = gates.Figures(found, history.latencies, phases, rates)
    judged = [gates.judge(line, figures) for line in lines]
    waivers = scenario.waivers if scenario else ()
    everything = [*judged, *verdict.essentials(lines, judged, found)]
    waived = tuple(verdict.waive(gate, gate.line.split()[0], waivers, today) for gate in everything)
    return lines, judged, waived


def _facts(history: History, phases: tuple[Phase, ...]) -> verdict.Facts:
    intended, dropped = history.of("intended"), history.of("dropped")
    unplanned = dropped.join(intended.select("message"), on="message", how="anti")
    return verdict.Facts(
        health=health.health(history, phases),
        acting=tuple(health.acting(history)),
        missing=tuple(part for part in NEEDED if not history.has(part)),
        phases=phases,
        horizon_s=history.seconds(history.horizon),
        arrivals=len(intended) + len(unplanned),
        dropped=len(dropped),
        unsent=_unsent(history),
        scenario=history.scenario,
        aborted=next(iter(history.of("aborted")["note"]), ""),
    )


def _unsent(history: History) -> int:
    """Messages intended in time, not dropped, and never taken by the gateway; counted by id, should one come twice."""
    planned = history.of("intended").filter(pl.col("t") <= history.settled).group_by("message").agg(wanted=pl.len())
    dropped = history.of("dropped").group_by("message").agg(gone=pl.len())
    taken = history.messages.group_by(message="own").agg(taken=pl.len())
    table = planned.join(dropped, on="message", how="left").join(taken, on="message", how="left").fill_null(0)
    wanted, gone, came = (pl.col(name).cast(pl.Int64) for name in ("wanted", "gone", "taken"))
    return int(table.select((wanted - gone - came).clip(lower_bound=0).sum()).item())


def _with_slowest(sync: Verdict, history: History) -> Verdict:
    """Where latency broke its gate, the slowest undisturbed message tells its story."""
    left_out = _left_out(history.latencies.to_agent, history.latencies.to_customer)
    sync = msgspec.structs.replace(sync, reason="; ".join(filter(None, (sync.reason, left_out))))
    slow = [s for s in (history.latencies.to_agent, history.latencies.to_customer) if len(s.frame)]
    if sync.state != "broken" or not slow:
        return sync
    worst = max(slow, key=lambda sample: float(sample.ordered[-1]))
    row = worst.frame.sort("seconds").row(-1, named=True)
    by_token = "token" in row
    name, device = (row["token"], "") if by_token else (row["message"], row["device"])
    end = "received" if by_token else "shown"
    story = tell(history, [name], lambda each: each["kind"] == end, device=device)
    return msgspec.structs.replace(sync, example=story)


def _left_out(*samples: Sample) -> str:
    reasons: dict[str, int] = {}
    for sample in samples:
        for reason, n in sample.left_out.items():
            reasons[reason] = reasons.get(reason, 0) + n
    return "; ".join(f"{n} left out: {reason}" for reason, n in sorted(reasons.items()))


def _judgement(
    history: History,
    about: About,
    name: str,
    opened: pl.DataFrame,
    phases: tuple[Phase, ...],
    found: tuple[Verdict, ...],
    all_gates: tuple[Gate, ...],
    facts: verdict.Facts,
    ruling: verdict.Ruling,
) -> Judgement:
    spec, scenario, latencies = history.spec, history.scenario, history.latencies
    target = about.target or (spec.target if spec else "")
    peak = opened["open"].max()
    return Judgement(
        run=spec.id if spec else name,
        started=about.started or _started(spec.id if spec else name),
        target=target,
        target_version=about.target_version,
        demo=demonstration(spec.target if spec else "", about.target_version),
        scenario=scenario.name if scenario else "",
        title_zh=scenario.title_zh if scenario else "",
        title_en=scenario.title_en if scenario else "",
        seed=spec.seed if spec else 0,
        business_speed=scenario.business_speed if scenario else 1.0,
        verdict=ruling.verdict,
        exit_code=ruling.exit_code,
        reasons=ruling.reasons,
        messages=len(history.messages),
        replies=len(history.replies),
        conversations_peak=peak if isinstance(peak, int) else 0,
        dropped=facts.dropped,
        arrivals=facts.arrivals,
        verdicts=found,
        gates=all_gates,
        to_agent=latencies.to_agent.summary(),
        to_customer=latencies.to_customer.summary(),
        reply_time=latencies.reply_time.summary(),
        percentiles_to_agent=latencies.to_agent.curve(),
        percentiles_to_customer=latencies.to_customer.curve(),
        hops=hops.hops(history),
        phases=phases,
        disturbances=timeline.disturbances(history),
        seconds=timeline.seconds(history, opened),
        health=facts.health,
        joins=joins(history),
        environment=_environment(about),
        platform=spec.platform_name if spec else "",
        own_chat=spec.own_chat if spec else False,
        other_calls=other_calls(history),
        changes=about.changes,
        notes=scenario.notes if scenario else (),
        people=people.people(history),
        command=about.command or f"golive rehearse {scenario.name if scenario else ''}".rstrip(),
    )


def joins(history: History) -> dict[str, float]:
    """The share of appearances and replies joined by each route: platform_id, token, unknown."""
    shown = history.appearances["message"]
    went = history.of("called", "received").filter((pl.col("kind") == "received") | (pl.col("note") == "ok"))["message"]
    by_id, by_token = int((shown != "").sum()), int((went != "").sum())
    n = len(shown) + len(went)
    if not n:
        return {"platform_id": 0.0, "token": 0.0, "unknown": 0.0}
    return {"platform_id": by_id / n, "token": by_token / n, "unknown": (n - by_id - by_token) / n}


def _about(folder: Path) -> About:
    try:
        about = msgspec.json.decode((folder / "about.json").read_bytes(), type=About)
    except (FileNotFoundError, msgspec.MsgspecError):
        about = About()
    agents = RunFolder(folder).heard("agents")
    return (
        about if about.target_version or not agents else msgspec.structs.replace(about, target_version=agents.version)
    )


def _started(run: str) -> str:
    """The time in a run's name, which golive begins with it, as ISO 8601 in local time; '' where there is none."""
    found = re.match(r"\d{8}-\d{6}", run)
    return datetime.strptime(found[0], "%Y%m%d-%H%M%S").astimezone().isoformat() if found else ""


def _environment(about: About) -> Environment:
    try:
        own = version("golive")
    except PackageNotFoundError:
        own = ""
    return Environment(
        python=about.python or platform.python_version(),
        system=about.system or f"{platform.system()} {platform.release()} {platform.machine()}",
        cpus=about.cpus or os.cpu_count() or 0,
        memory_gib=about.memory_gib,
        golive=own,
    )
