"""When each device was connected: sessions, and the epochs they make up.

An epoch begins with a fresh connection and goes on through resumed ones: within it a device has to see each message
once and miss none. A fresh connection knows nothing and may be shown everything again.
"""

import polars as pl


def sessions(rows: pl.DataFrame, horizon: int) -> pl.DataFrame:
    """One row a connection of a device, ordered by device and time.

    device, actor, shop, on (ns), off (ns; horizon where it was never seen to end), off_note ('' likewise), resumed,
    epoch (counted per device from 1), session (unique number).
    """
    turns = rows.filter(pl.col("kind").is_in(["device_on", "device_off"])).sort("device", "row")
    following = turns.with_columns(
        pl.col("t").shift(-1).over("device").fill_null(horizon).alias("off"),
        pl.when(pl.col("kind").shift(-1).over("device") == "device_off")
        .then(pl.col("note").shift(-1).over("device").cast(pl.String))
        .otherwise(pl.lit(""))
        .alias("off_note"),
    )
    ons = following.filter(pl.col("kind") == "device_on").with_columns((pl.col("note") == "resumed").alias("resumed"))
    first = pl.int_range(pl.len()).over("device") == 0
    return (
        ons.with_columns((~pl.col("resumed") | first).cast(pl.Int64).cum_sum().over("device").alias("epoch"))
        .with_row_index("session")
        .select("device", "actor", "shop", pl.col("t").alias("on"), "off", "off_note", "resumed", "epoch", "session")
    )


def at_time(frame: pl.DataFrame, when: str, connections: pl.DataFrame) -> pl.DataFrame:
    """Adds the columns of the connection the device had last begun by `when` (a column of ns), null where none."""
    found = connections.drop("actor", "shop").sort("on")
    return frame.sort(when).join_asof(found, left_on=when, right_on="on", by="device", check_sortedness=False)


def served(connections: pl.DataFrame, grace: int) -> pl.DataFrame:
    """How late in each epoch a message may come and still have `grace` ns of connected time ahead of it.

    One row an epoch: device, actor, shop, epoch, start, until (a message delivered to the agent in [start, until] must
    appear here), last_off. Connected time is summed over the epoch's sessions: a target that cuts its devices off
    every few seconds does not escape by it.
    """
    kept = []
    for epoch in connections.partition_by("device", "epoch", maintain_order=True):
        spans = list(zip(epoch["on"].to_list(), epoch["off"].to_list(), strict=True))
        first = epoch.row(0, named=True)
        until = _latest(spans, grace)
        kept.append((first["device"], first["actor"], first["shop"], first["epoch"], spans[0][0], until, spans[-1][1]))
    names = {name: connections.schema[name] for name in ("device", "actor", "shop", "epoch")}
    times = {"start": pl.Int64, "until": pl.Int64, "last_off": pl.Int64}
    return pl.DataFrame(kept, schema={**names, **times}, orient="row")


def _latest(spans: list[tuple[int, int]], grace: int) -> int:
    """The latest time with `grace` of connected time after it; before everything where there is not that much."""
    left = grace
    for on, off in reversed(spans):
        if off - on >= left:
            return off - left
        left -= off - on
    return spans[0][0] - 1
