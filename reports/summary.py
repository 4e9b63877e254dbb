"""What machines and CI read of a judgement: summary.json (docs/summary.md), summary.md and junit.xml."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec

from reports.model import Gate, Health, Judgement, Latency, State, Verdict
from reports.plain import cell, clean

SCHEMA = 1  # raised when a field changes its meaning or goes; new fields do not raise it
SCHEMA_FILE = Path(__file__).with_name("summary.schema.json")
COUNTED = ("lost", "duplicated", "reordered", "phantom", "undelivered", "in_doubt", "blocked_leaked",
           "leaked_across_shops", "forged_taken", "over_capacity", "unassigned")  # fmt: skip
DEMO = "演示通过 / demo passed (target: bundled reference)"
WORDS = {
    "GO": "可以上线 GO",
    "GO WITH CONDITIONS": "有条件上线 GO WITH CONDITIONS",
    "NO-GO": "不可上线 NO-GO",
    "INVALID": "本次无效 INVALID",
}


def write_summaries(judgement: Judgement, folder: Path) -> None:
    """Write summary.json, summary.md and junit.xml into the run's folder. Raises OSError."""
    document = msgspec.json.format(msgspec.json.encode(summary(judgement)), indent=2)
    (folder / "summary.json").write_bytes(document + b"\n")
    (folder / "summary.md").write_text(markdown(judgement), encoding="utf-8")
    (folder / "junit.xml").write_bytes(junit(judgement))


def word(judgement: Judgement) -> str:
    """The verdict for machines; a demonstration has words of its own, so that nobody greps GO out of it."""
    if judgement.demo and judgement.verdict in ("GO", "GO WITH CONDITIONS"):
        return judgement.verdict.replace("GO", "DEMO PASSED")
    return judgement.verdict


def headline(judgement: Judgement) -> str:
    """The verdict in words: a passing run against the bundled reference is a demonstration, never 可以上线."""
    if judgement.demo and judgement.verdict == "GO":
        return DEMO
    if judgement.demo and judgement.verdict == "GO WITH CONDITIONS":
        return "演示有条件通过 / demo passed with conditions (target: bundled reference)"
    return WORDS[judgement.verdict]


def summary(judgement: Judgement) -> dict[str, Any]:
    """The summary's document as plain data; its schema is summary.schema.json. Seconds; null = not known."""
    j = judgement
    processes = {h.process: _process(h) for h in j.health}
    return {
        "schema": SCHEMA,
        "verdict": word(j),
        "headline": headline(j),
        "demo": j.demo,
        "exit_code": j.exit_code,
        "reasons": list(j.reasons),
        "run": j.run,
        "started": j.started,
        "target": j.target,
        "target_version": j.target_version,
        "scenario": j.scenario,
        "seed": j.seed,
        "business_speed": j.business_speed,
        "conversations_peak": j.conversations_peak,
        "messages": j.messages,
        "replies": j.replies,
        "arrivals": j.arrivals,
        "dropped": j.dropped,
        **{name: j.metric(name) for name in COUNTED},
        "counts": {name: n for verdict in j.verdicts for name, n in verdict.metrics.items()},
        "sync_latency_s": {"to_agent": _latency(j.to_agent), "to_customer": _latency(j.to_customer)},
        "reply_time_s": {"simulated": True, **_latency(j.reply_time)},
        "people": {"simulated": True, **msgspec.to_builtins(j.people)},
        "gates": [msgspec.to_builtins(gate) for gate in j.gates],
        "promises": [_promise(verdict) for verdict in j.verdicts],
        "phases": [msgspec.to_builtins(phase) for phase in j.phases],
        "disturbances": [msgspec.to_builtins(each) for each in j.disturbances],
        "hops": [{"name": h.name, "whose": h.whose, **_latency(h.latency)} for h in j.hops],
        "harness": processes,
        "joins": j.joins,
        "environment": msgspec.to_builtins(j.environment),
        "command": j.command,
        "platform": {"profile": j.platform, "own_chat": j.own_chat},
        "other_calls": [msgspec.to_builtins(call) for call in j.other_calls],
        "changes": list(j.changes),
        "notes": list(j.notes),
    }


def _process(health: Health) -> dict[str, Any]:
    return {name: getattr(health, name) for name in ("lag_p99_s", "cpu_s", "complete", "clock_error_s")}


def _latency(latency: Latency) -> dict[str, Any]:
    return {name: getattr(latency, name) for name in ("p50", "p95", "p99", "max", "n", "error_s")}


def _promise(verdict: Verdict) -> dict[str, Any]:
    return {
        "promise": verdict.promise,
        "checker": verdict.checker,
        "state": verdict.state,
        "opportunities": verdict.opportunities,
        "violations": verdict.violations,
        "unknown": verdict.unknown,
        "upper_bound": verdict.upper_bound,
        "reason": verdict.reason,
        "metrics": verdict.metrics,
        "example": [msgspec.to_builtins(step) for step in verdict.example],
    }


def markdown(judgement: Judgement) -> str:
    """A page of Markdown for a pull request or a CI job's summary."""
    j = judgement
    version = f" {cell(j.target_version)}" if j.target_version else ""
    lines = [
        f"# {headline(j)}",
        "",
        f"{cell(j.target)}{version} · {cell(j.scenario)} · seed {j.seed} · {cell(j.started)} · {cell(j.run)}",
        "",
        *(f"- {cell(reason)}" for reason in j.reasons),
        *([""] if j.reasons else []),
        "| gate | measured | n | state |",
        "|---|---|---|---|",
        *(f"| `{cell(g.line)}` | {_measured(g)} | {g.n} | {g.state}{_waived(g)} |" for g in j.gates),
        "",
        "| promise | checker | opportunities | violations | unknown | state | 95 % bound |",
        "|---|---|---|---|---|---|---|",
        *(_row(v) for v in j.verdicts),
        "",
        "| sync latency | n | p50 | p95 | p99 | max |",
        "|---|---|---|---|---|---|",
        _latencies("to agent", j.to_agent),
        _latencies("to customer", j.to_customer),
        "",
        f"{j.messages} messages, {j.replies} replies, {j.conversations_peak} conversations at once, "
        f"{j.dropped} of {j.arrivals} arrivals dropped. Reproduce: `{cell(j.command)}`",
        "",
    ]
    return "\n".join(lines)


def _row(v: Verdict) -> str:
    bound = "" if v.upper_bound is None else f"{v.upper_bound:.4%}"
    return f"| {v.promise} | {v.checker} | {v.opportunities} | {v.violations} | {v.unknown} | {v.state} | {bound} |"


def _latencies(name: str, latency: Latency) -> str:
    figures = (latency.p50, latency.p95, latency.p99, latency.max)
    cells = " | ".join("no sample" if f is None else f"{f * 1000:.1f} ms" for f in figures)
    return f"| {name} | {latency.n} | {cells} |"


def _measured(gate: Gate) -> str:
    if gate.value is None:
        return "unknown"
    return f"{gate.value * 1000:.3f} ms" if gate.line.endswith("s") else f"{gate.value:g}"


def _waived(gate: Gate) -> str:
    return f" (waived: {cell(gate.waived)})" if gate.waived else ""


def junit(judgement: Judgement) -> bytes:
    """JUnit XML: broken = failure, not verified = skipped with its reason, unknown or INVALID = error.

    Promises and gates are cases, and so is the run's own validity.
    """
    cases = [_case(f"promise.{v.promise}", v.checker, v.state, _why(v)) for v in judgement.verdicts]
    cases += [_gate_case(gate) for gate in judgement.gates]
    cases.append(_validity(judgement))
    suite = ElementTree.Element("testsuite", name=f"golive {judgement.scenario}", timestamp=judgement.started[:19])
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    suite.extend(cases)
    ElementTree.indent(suite)
    return bytes(ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True))


def _case(group: str, name: str, state: State, why: str) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=group, name=clean(name))
    tag = {"broken": "failure", "unknown": "error", "not verified": "skipped"}.get(state)
    if tag:
        ElementTree.SubElement(case, tag, message=clean(why or state))
    return case


def _gate_case(gate: Gate) -> ElementTree.Element:
    if gate.waived and gate.state != "holds":
        return _case("gate", gate.line, "not verified", f"waived: {gate.waived}")
    return _case(
        "gate", gate.line, gate.state, f"{gate.state}: {_measured(gate)}, n = {gate.n}. {gate.reason}".rstrip(". ")
    )


def _validity(judgement: Judgement) -> ElementTree.Element:
    sick = judgement.verdict == "INVALID"
    return _case("run", "can be trusted", "unknown" if sick else "holds", "; ".join(judgement.reasons) if sick else "")


def _why(verdict: Verdict) -> str:
    count = f"{verdict.violations} of {verdict.opportunities}" if verdict.violations else ""
    return "; ".join(filter(None, (count, verdict.reason)))
