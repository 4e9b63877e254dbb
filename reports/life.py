"""The life story of every message and every reply: the rows of all streams joined by message identity."""

import polars as pl

from history.tokens import find
from reports.devices import at_time


def messages(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a customer's message that the gateway took, in the order taken. Times in ns, null = did not happen.

    message (platform id), own (customer's id), shop, conversation (platform's), customer, index, accepted, intended,
    sent, listed (null = the customer's stream does not say), pushed (first), attempts, acknowledged (first),
    undelivered.
    """
    events = rows.lazy()  # so that only the columns that are asked for are copied
    taken = events.filter(pl.col("kind") == "accepted").unique("message", keep="first", maintain_order=True)
    table = taken.select(
        "message",
        pl.col("ref").alias("own"),
        "shop",
        "conversation",
        pl.col("actor").alias("customer"),
        pl.col("n").alias("index"),
        pl.col("t").alias("accepted"),
    )
    wished = _wished(events).rename({"message": "own"})
    pushed = events.filter(pl.col("kind") == "pushed").group_by("message")
    tries = pushed.agg(pl.col("t").min().alias("pushed"), pl.col("n").max().alias("attempts"))
    return (
        table.join(wished, on="own", how="left", maintain_order="left")
        .join(tries, on="message", how="left", maintain_order="left")
        .join(_first(events, "acknowledged"), on="message", how="left", maintain_order="left")
        .join(_first(events, "undelivered"), on="message", how="left", maintain_order="left")
        .collect()
    )


def appearances(rows: pl.DataFrame, known: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """One row whenever a customer's message, shown or withheld, appeared on a device, by device in order.

    t, row, withheld, leaked (a listed word was readable), message, place (the target's conversation), ref, seq, agent,
    device, shop (the agent's); from the gateway own_shop, conversation, index, pushed, acknowledged, accepted, listed
    (null where the gateway never took such a message); the session's columns (devices.at_time) of the connection it
    came by, epoch 0 where there was none.
    """
    shown = (
        rows.lazy()
        .filter(pl.col("kind").is_in(["shown", "withheld"]))
        .select(
            "t",
            "row",
            (pl.col("kind") == "withheld").alias("withheld"),
            (pl.col("note") == "listed").alias("leaked"),
            "message",
            pl.col("conversation").alias("place"),
            "ref",
            pl.col("n").alias("seq"),
            pl.col("actor").alias("agent"),
            "device",
            "shop",
        )
    )
    origin = known.lazy().select(
        "message",
        pl.col("shop").alias("own_shop"),
        "conversation",
        "index",
        "pushed",
        "acknowledged",
        "accepted",
        "listed",
    )
    joined = shown.join(origin, on="message", how="left").collect()
    placed = at_time(joined, "t", sessions)
    return placed.with_columns(pl.col("epoch").fill_null(0)).sort("row")


def conversations(appeared: pl.DataFrame) -> pl.DataFrame:
    """Which conversation of the platform each of the target's is, by the messages seen in it.

    One row a target conversation: place, conversation, customers (how many platform conversations were seen in it: 1).
    """
    seen = appeared.filter(pl.col("conversation").is_not_null())
    counts = seen.group_by("place", "conversation").agg(pl.len().alias("seen"), pl.col("row").min().alias("since"))
    ranked = counts.sort("seen", "since", descending=[True, False])
    return ranked.group_by("place", maintain_order=True).agg(
        pl.col("conversation").first(), pl.len().alias("customers")
    )


def replies(rows: pl.DataFrame, known: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """One row a reply an agent sent, in the order sent. Times in ns, null = did not happen.

    token, place (target's conversation), conversation and customer (platform's, whom it was meant for), agent, device,
    answered, ref (platform id of the message answered), shop, listed, taken (first `replied` ok), refused
    (first `replied` failed), refusal (its note), open (first `replied` unknown), called (first accepted call), calls
    (accepted calls), denied (refused calls), delivered, received (first), failed (reply_failed), doubted (in_doubt).
    """
    events = rows.lazy()
    wrote = events.filter((pl.col("kind") == "answered") & (pl.col("message") != ""))
    wrote = wrote.unique("message", keep="first", maintain_order=True).select(
        pl.col("message").alias("token"),
        pl.col("conversation").alias("place"),
        "ref",
        "shop",
        pl.col("actor").alias("agent"),
        "device",
        pl.col("t").alias("answered"),
        (pl.col("note") == "listed").alias("listed"),
    )
    meant = known.lazy().select(
        pl.col("message").alias("ref"),
        pl.col("conversation").alias("by_ref"),
        pl.col("customer"),
    )
    by_place = places.lazy().select("place", pl.col("conversation").alias("by_place"))
    table = wrote.join(meant, on="ref", how="left", maintain_order="left")
    table = table.join(by_place, on="place", how="left", maintain_order="left")
    table = table.with_columns(pl.coalesce("by_ref", "by_place").alias("conversation")).drop("by_ref", "by_place")
    for part in (_answers(events), _calls(events), _ends(events)):
        table = table.join(part, on="token", how="left", maintain_order="left")
    return table.with_columns(pl.col("calls").fill_null(0), pl.col("denied").fill_null(0)).collect()


def is_token(name: str) -> bool:
    """Whether a name in the `message` column is a readable token of a reply, not an id of the platform."""
    return find(name) == name != ""


def _wished(rows: pl.LazyFrame) -> pl.LazyFrame:
    """By the customer's own id: intended, sent (first), listed."""
    plans = rows.filter(pl.col("kind").is_in(["intended", "sent"])).group_by("message")
    kind, t = pl.col("kind"), pl.col("t")
    return plans.agg(
        t.filter(kind == "intended").min().alias("intended"),
        t.filter(kind == "sent").min().alias("sent"),
        (pl.col("note") == "listed").any().alias("listed"),
    )


def _first(rows: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    return rows.filter(pl.col("kind") == kind).group_by("message").agg(pl.col("t").min().alias(kind))


def _answers(rows: pl.LazyFrame) -> pl.LazyFrame:
    note, t = pl.col("note").cast(pl.String), pl.col("t")
    failed = note.str.starts_with("failed")
    return (
        rows.filter(pl.col("kind") == "replied")
        .group_by(pl.col("message").alias("token"))
        .agg(
            t.filter(note == "ok").min().alias("taken"),
            t.filter(failed).min().alias("refused"),
            note.filter(failed).first().alias("refusal"),
            t.filter(note == "unknown").min().alias("open"),
        )
    )


def _calls(rows: pl.LazyFrame) -> pl.LazyFrame:
    ok, t = pl.col("note") == "ok", pl.col("t")
    return (
        rows.filter((pl.col("kind") == "called") & (pl.col("message") != ""))
        .group_by(pl.col("message").alias("token"))
        .agg(
            t.filter(ok).min().alias("called"),
            ok.sum().cast(pl.Int64).alias("calls"),
            (~ok).sum().cast(pl.Int64).alias("denied"),
        )
    )


def _ends(rows: pl.LazyFrame) -> pl.LazyFrame:
    names = {"delivered": "delivered", "received": "received", "reply_failed": "failed", "in_doubt": "doubted"}
    kind, t = pl.col("kind"), pl.col("t")
    ends = rows.filter(kind.is_in(list(names)) & (pl.col("message") != "")).group_by(pl.col("message").alias("token"))
    return ends.agg(*(t.filter(kind == event).min().alias(column) for event, column in names.items()))
