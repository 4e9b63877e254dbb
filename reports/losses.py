"""Where acknowledged messages did not appear although they had to: nowhere, not on every device, not after a resume."""

from dataclasses import dataclass

import polars as pl

from reports.devices import at_time, served

NS = 1_000_000_000
GRACE = 10 * NS  # connected time a device is given to show what another device of the same agent has shown


@dataclass(frozen=True)
class Misses:
    """What had to appear, and what did not.

    acknowledged: messages the target acknowledged. nowhere (message, acknowledged): certainly appeared to no agent of
    their shop. open: undecided ones (too near the horizon; or perhaps in a queue). queued: at the horizon their
    conversation had never been anybody's, and never had anybody in the shop been free: no promise was due yet.
    duties: one row a (message, device) that had to show it: message, device, delivered (ns, first appearance to the
    agent), seen (ns), resumed (the device was away at the delivery, or went away before it showed it), state
    ('seen', 'missed', 'open').
    """

    acknowledged: int
    nowhere: pl.DataFrame
    open: pl.DataFrame
    queued: pl.DataFrame
    duties: pl.DataFrame

    @property
    def lost(self) -> int:
        """Messages missed anywhere, each counted once."""
        missed = self.duties.filter(pl.col("state") == "missed")["message"]
        return pl.concat([self.nowhere["message"], missed]).n_unique()


def find(
    known: pl.DataFrame,
    appeared: pl.DataFrame,
    sessions: pl.DataFrame,
    waiting: pl.DataFrame,
    horizon: int,
    settled: int,
) -> Misses:
    """Judge every acknowledged message; arguments are the tables of record.History, times in ns.

    A message withheld by the filter has appeared only when a listed word was in it: withholding clean talk loses it.
    """
    taken = known.filter(pl.col("acknowledged").is_not_null())
    mine = appeared.filter((pl.col("shop") == pl.col("own_shop")) & (~pl.col("withheld") | pl.col("listed")))
    absent = taken.join(mine.select("message").unique(), on="message", how="anti").join(
        waiting, on="message", how="left"
    )
    waited = pl.col("free_after").is_not_null() & (pl.col("free_after") < GRACE) & ~pl.col("held_after")
    fate = (
        pl.when(waited & (pl.col("strangers") == 0))
        .then(pl.lit("queued"))
        .when(waited | (pl.col("acknowledged") > settled))
        .then(pl.lit("open"))
        .otherwise(pl.lit("nowhere"))
    )
    fates = absent.select("message", "acknowledged", fate.alias("fate"))
    nowhere, undecided, queued = (
        fates.filter(pl.col("fate") == each).drop("fate") for each in ("nowhere", "open", "queued")
    )
    return Misses(len(taken), nowhere, undecided, queued, _duties(mine, sessions, horizon))


def _duties(mine: pl.DataFrame, sessions: pl.DataFrame, horizon: int) -> pl.DataFrame:
    """Every device of the agent a message first appeared to, unless its epoch began later or ended for good."""
    delivered = mine.group_by("message").agg(pl.col("agent").sort_by("t").first(), pl.col("t").min().alias("delivered"))
    epochs = served(sessions, GRACE).rename({"actor": "agent"}).drop("shop")
    pairs = delivered.join(epochs, on="agent").filter(
        (pl.col("start") <= pl.col("delivered")) & (pl.col("delivered") < pl.col("last_off"))
    )
    seen = mine.group_by("message", "device", "epoch").agg(
        pl.col("t").min().alias("seen"), pl.col("session").first().alias("seen_in")
    )
    pairs = pairs.join(seen, on=["message", "device", "epoch"], how="left")
    return _classed(at_time(pairs, "delivered", sessions.drop("epoch")), horizon)


def _classed(pairs: pl.DataFrame, horizon: int) -> pl.DataFrame:
    away = pl.col("delivered") >= pl.col("off")
    interrupted = pl.when(pl.col("seen").is_null()).then(
        pl.col("off") < pl.min_horizontal(pl.col("delivered") + GRACE, horizon)
    )
    moved = interrupted.otherwise(pl.col("seen_in") != pl.col("session"))
    state = (
        pl.when(pl.col("seen").is_not_null())
        .then(pl.lit("seen"))
        .when(pl.col("delivered") <= pl.col("until"))
        .then(pl.lit("missed"))
        .otherwise(pl.lit("open"))
    )
    return pairs.select("message", "device", "delivered", "seen", (away | moved).alias("resumed"), state.alias("state"))
