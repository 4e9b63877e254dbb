"""The run along its time: phases, conversations open in the target, disturbances, and one row a second."""

import math
from typing import TYPE_CHECKING

import polars as pl

from reports.latency import NS, planned
from reports.model import Disturbance, Phase, Second

if TYPE_CHECKING:
    from reports.record import History


def phases(history: "History", opened: pl.DataFrame) -> tuple[Phase, ...]:
    """The phases that began, each to the next one's begin, the last to its planned end. `opened` = open_steps()."""
    begun = history.of("phase").sort("t").select("t", pl.col("note").cast(pl.String)).unique("note", keep="first")
    begun = begun.sort("t")
    names, begins = begun["note"].to_list(), begun["t"].to_list()
    sent = history.of("sent")["t"].sort()
    found = []
    for i, (name, begin) in enumerate(zip(names, begins, strict=True)):
        end = begins[i + 1] if i + 1 < len(begins) else min(history.horizon, begin + _planned_ns(history, name))
        count = int(sent.is_between(begin, end, closed="left").sum())
        low, high = open_range(opened, begin, end)
        length = max(end - begin, 1) / NS
        found.append(
            Phase(
                name=name,
                begin_s=history.seconds(begin),
                end_s=history.seconds(end),
                messages=count,
                rate=count / length,
                open_min=low,
                open_max=high,
            )
        )
    return tuple(found)


def _planned_ns(history: "History", name: str) -> int:
    scenario = history.scenario
    seconds = [phase.seconds for phase in scenario.phases if phase.name == name] if scenario else []
    return int(seconds[0] * NS) if seconds else history.horizon


def open_steps(history: "History") -> pl.DataFrame:
    """How many conversations were open in the target: t (ns), open (from t on).

    A conversation of the platform is open from the first time the target assigned or showed it until it was released as
    resolved. Only conversations in which a customer's message was seen count: a target cannot invent them.
    """
    kinds = history.of("assigned", "shown", "withheld", "released").select(
        "t", "row", "kind", "note", place="conversation"
    )
    kinds = kinds.filter((pl.col("kind") != "released") | (pl.col("note") == "resolved"))
    known = history.conversations.select("place", "conversation")
    events = kinds.join(known, on="place").sort("t", "row")
    events = events.select("t", "conversation", up=pl.col("kind") != "released")
    before = pl.col("up").shift(1).over("conversation").fill_null(False)
    turns = events.filter(pl.col("up") != before)
    step = pl.when("up").then(1).otherwise(-1).cast(pl.Int64)
    return turns.select("t", step.cum_sum().alias("open")).unique("t", keep="last", maintain_order=True)


def open_range(steps: pl.DataFrame, begin: int, end: int) -> tuple[int, int]:
    """Fewest and most conversations open at once within [begin, end) ns."""
    before = steps.filter(pl.col("t") <= begin)["open"]
    inside = steps.filter(pl.col("t").is_between(begin, end, closed="none"))["open"].to_list()
    values = [int(before[-1]) if len(before) else 0, *inside]
    return min(values), max(values)


def disturbances(history: "History") -> tuple[Disturbance, ...]:
    """Planned faults, and unplanned deaths until that process was ready again (or the end)."""
    context = history.of("fault", "died", "restarted")
    windows = planned(context, history.horizon)
    found = [Disturbance(what=what, begin_s=history.seconds(a), end_s=history.seconds(b)) for a, b, what in windows]
    for part, died, back in _deaths(context, history.horizon):
        if not any(begin <= died < end for begin, end, _ in windows):
            begin_s, end_s = history.seconds(died), history.seconds(back)
            found.append(Disturbance(what=f"{part} died", begin_s=begin_s, end_s=end_s, planned=False))
    return tuple(sorted(found, key=lambda each: each.begin_s))


def _deaths(context: pl.DataFrame, horizon: int) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    down: dict[str, int] = {}
    rows = context.sort("t", "row").select("t", pl.col("kind", "actor").cast(pl.String))
    for t, kind, actor in rows.iter_rows():
        if kind == "died":
            down.setdefault(actor, t)
        elif kind == "restarted" and actor in down:
            found.append((actor, down.pop(actor), t))
    return found + [(actor, t, horizon) for actor, t in down.items()]


def seconds(history: "History", opened: pl.DataFrame) -> tuple[Second, ...]:
    """One row a second from the run's begin to the horizon; latencies stand at the second they began in."""
    length = max(0, math.ceil(history.seconds(history.horizon)))
    if not length or not len(history.rows):
        return ()
    table = pl.DataFrame({"s": range(length)}, schema={"s": pl.Int64})
    edges = table.select(t=(pl.col("s") + 1) * NS + history.begin)
    table = table.with_columns(
        edges.join_asof(opened, on="t", check_sortedness=False)["open"].fill_null(0)
        if len(opened)
        else pl.lit(0).alias("open")
    )
    counts = {"sent": history.of("sent"), "replies": history.of("received")}
    for name, rows in counts.items():
        per = rows.group_by(_second(history, "t")).agg(pl.len().cast(pl.Int64).alias(name))
        table = table.join(per, on="s", how="left", maintain_order="left").with_columns(pl.col(name).fill_null(0))
    to_agent, to_customer = history.latencies.to_agent.frame, history.latencies.to_customer.frame
    table = table.join(_percentiles(history, to_agent, "to_agent"), on="s", how="left", maintain_order="left")
    table = table.join(_percentiles(history, to_customer, "to_customer"), on="s", how="left", maintain_order="left")
    names = ("sent", "replies", "open", "to_agent_p50", "to_agent_p99", "to_customer_p99")
    return tuple(Second(t_s=float(row["s"]), **{name: row[name] for name in names}) for row in table.to_dicts())


def _second(history: "History", column: str) -> pl.Expr:
    return ((pl.col(column) - history.begin) // NS).alias("s")


def _percentiles(history: "History", frame: pl.DataFrame, name: str) -> pl.DataFrame:
    value = pl.col("seconds")
    return frame.group_by(_second(history, "at")).agg(
        value.quantile(0.5, "higher").alias(f"{name}_p50"), value.quantile(0.99, "higher").alias(f"{name}_p99")
    )
