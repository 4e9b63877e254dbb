"""The five figures a manager reads."""

from typing import NamedTuple

from reports.model import Gate, Judgement, Latency
from reports.page import figures, gateline
from reports.page.words import Text, same, say

NO_GATE = ""


class Tile(NamedTuple):
    """One figure: `value` large, `unit` beside it, `note` below, `state` of its gate, void, or "" for none."""

    title: Text
    value: Text
    unit: str
    note: Text
    state: str


AS_STRICT = ("p99", "p999", "max")  # gates that say as much as the p99 shown, or more


def tiles(judgement: Judgement) -> list[Tile]:
    """Conversations at once, messages, lost, and sync p99 both ways."""
    found = [
        _open(judgement),
        _messages(judgement),
        _lost(judgement),
        _sync(judgement, "to_agent", judgement.to_agent),
        _sync(judgement, "to_customer", judgement.to_customer),
    ]
    # nothing rests on an INVALID run's figures, whatever its gates say
    return [tile._replace(state="void") for tile in found] if judgement.verdict == "INVALID" else found


def _open(j: Judgement) -> Tile:
    loaded = [phase.open_min for phase in j.phases[1:] if phase.rate > 0]
    note = say("tile.open_note", least=f"{min(loaded):,}") if loaded else say("tile.open_note_none")
    return Tile(say("tile.open"), _count(j.conversations_peak), "", note, _state(_gate(j, "open_conversations")))


def _messages(j: Judgement) -> Tile:
    note = say("tile.messages_note", sent=f"{j.messages:,}", replies=f"{j.replies:,}")
    return Tile(say("tile.messages"), _count(j.messages + j.replies), "", note, NO_GATE)


def _lost(j: Judgement) -> Tile:
    gate = _gate(j, "lost")
    verdict = next((v for v in j.verdicts if not v.metrics.keys().isdisjoint(("lost", "lost_to_agent"))), None)
    lost = _lost_count(j, gate)
    n = gate.n if gate else verdict.opportunities if verdict else 0
    if lost is None or n == 0:
        return Tile(say("tile.lost"), say("page.no_sample"), "", say("tile.lost_note", n=f"{n:,}"), _state(gate))
    sure = (
        lost == 0
        and j.verdict != "INVALID"
        and _state(gate) in ("holds", NO_GATE)
        and (verdict is None or verdict.state == "holds")
    )
    bound = figures.percent(3 / n) if sure else None
    note = say("tile.lost_bound", n=f"{n:,}", bound=bound) if bound else say("tile.lost_note", n=f"{n:,}")
    return Tile(say("tile.lost"), same(f"{lost:,}"), "", note, _state(gate))


def _lost_count(j: Judgement, gate: Gate | None) -> int | None:
    if gate and gate.value is not None:
        return int(gate.value)
    ways = [j.metric("lost_to_agent"), j.metric("lost_to_customer")]
    counted = [way for way in ways if way is not None]
    return j.metric("lost") if j.metric("lost") is not None else sum(counted) if len(counted) == len(ways) else None


def _sync(j: Judgement, way: str, latency: Latency) -> Tile:
    gate = _gate(j, f"sync_latency_{way}") or _gate(j, "sync_latency")
    line = gateline.parse(gate.line) if gate else None
    p99 = figures.ms(latency.p99, line.limit if line and line.stat == "p99" else None)
    if p99 is None:
        return Tile(say(f"tile.{way}"), say("page.no_sample"), "", _spread(latency), _state(gate))
    return Tile(say(f"tile.{way}"), same(p99), "ms", _spread(latency), _own_state(latency, gate))


def _spread(latency: Latency) -> Text:
    none = say("page.no_sample")
    note = say(
        "tile.latency_note",
        p50=_with_unit(latency.p50) or none,
        max=_with_unit(latency.max) or none,
        n=f"{latency.n:,}",
    )
    return say("tile.latency_unsure", note=note, error=figures.error(latency.error_s)) if latency.error_s != 0 else note


def _with_unit(seconds: float | None) -> str | None:
    value = figures.ms(seconds)
    return f"{value} ms" if value else None


def _own_state(latency: Latency, gate: Gate | None) -> str:
    # the two-way gate carries the worse way's verdict; the better way must not be painted red by it
    line = gateline.parse(gate.line) if gate else None
    if gate and line and line.metric == "sync_latency" and gate.state == "broken" and gate.value is not None:
        p99 = latency.p99
        return "holds" if line.stat == "p99" and p99 is not None and p99 < line.limit else gate.state
    if gate and line and gate.state == "holds" and line.stat not in AS_STRICT and not _within(latency.p99, line.limit):
        return NO_GATE  # a p90 that holds is no green sign under a p99 beyond the same limit
    return _state(gate)


def _within(seconds: float | None, limit_s: float) -> bool:
    return seconds is not None and seconds <= limit_s


def _gate(j: Judgement, metric: str) -> Gate | None:
    for gate in j.gates:
        line = gateline.parse(gate.line)
        if line and line.metric == metric:
            return gate
    return None


def _state(gate: Gate | None) -> str:
    if gate is None:
        return NO_GATE
    return "waived" if gate.waived and gate.state != "holds" else gate.state


def _count(n: int) -> Text:
    return same(f"{n:,}") if n else say("page.no_sample")
