"""DELIVERY-3: nothing appears that nobody sent."""

import polars as pl

from reports.checkers.finding import counted, finding
from reports.example import smallest, tell
from reports.life import is_token
from reports.model import Step, Verdict
from reports.record import History

NAME = "phantom"
PROMISE = "DELIVERY-3"
METRICS = ("phantom",)


def check(history: History) -> Verdict:
    """Opportunities are all appearances on devices and all replies that reached the platform or a customer.

    Violations: a message the gateway never took (a forged push, an invented one, an echo of the target's own reply
    taken for a customer's message), or took only after it was shown; a reply whose token no agent ever wrote. What
    carries no readable name is unknown.
    """
    shown = history.appearances.filter(pl.col("message") != "")
    sent = history.of("called", "received").filter((pl.col("kind") == "received") | (pl.col("note") == "ok"))
    named = sent.filter(pl.col("message") != "")
    strangers = _strangers(history, shown)
    invented = named.join(history.replies.select(message="token"), on="message", how="anti")
    phantoms = pl.concat([strangers.filter(~pl.col("open")).drop("open"), invented.select(name="message", t="t")])
    phantoms = phantoms.unique("name", keep="first", maintain_order=True)
    nameless = len(history.appearances) - len(shown) + len(sent) - len(named)
    open_tokens = int(strangers["open"].sum())
    return finding(
        PROMISE,
        NAME,
        opportunities=len(shown) + len(named),
        violations=len(phantoms),
        unknown=nameless + open_tokens,
        metrics={"phantom": len(phantoms)},
        reason=counted(
            (nameless, "messages or replies carried no readable name: nobody can say who sent them"),
            (open_tokens, "appeared under a token instead of the platform's id"),
        ),
        example=_example(history, phantoms) if len(phantoms) else (),
    )


def _strangers(history: History, shown: pl.DataFrame) -> pl.DataFrame:
    """Appearances the gateway cannot account for: name, t, open (a token that may stand for a customer's message)."""
    early = pl.col("t") + history.error_ns("agents", "gateway") < pl.col("accepted")
    strange = shown.filter(pl.col("accepted").is_null() | early).select(name="message", t="t")
    names = strange["name"].unique().cast(pl.String)
    tokens = [name for name in names if is_token(name)]
    ours = set(history.replies["token"].cast(pl.String)) if tokens else set()
    undecided = [
        name for name in tokens if name not in ours
    ]  # one of our replies' tokens is an echo taken for a message
    return strange.with_columns(open=pl.col("name").cast(pl.String).is_in(undecided))


def _example(history: History, phantoms: pl.DataFrame) -> tuple[Step, ...]:
    found = smallest(history, phantoms)
    return tell(history, [found["name"]], lambda row: row["kind"] in ("shown", "withheld", "called", "received"))
