"""The smallest counter-example of a broken promise, told as the steps of its story."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from reports.model import Step

if TYPE_CHECKING:
    from reports.record import History

CANDIDATES = 50  # violations looked at: the earliest ones
LONGEST = 14  # steps a reader follows
Row = dict[str, Any]

# kind -> (who, to, what); {} are the row's fields, `device` the device's name
_TOLD: dict[str, tuple[str, str, str]] = {
    "intended": ("customer", "", "means to send {message}"),
    "sent": ("customer", "gateway", "sends {message}"),
    "accepted": ("gateway", "", "accepts it as {message}, place {n}"),
    "delayed": ("gateway", "", "holds the push back"),
    "doubled": ("gateway", "", "will push {message} once more"),
    "pushed": ("gateway", "target", "pushes {message}, attempt {n}"),
    "acknowledged": ("target", "gateway", "acknowledges {message}"),
    "push_failed": ("target", "gateway", "push of {message} fails: {note}"),
    "undelivered": ("gateway", "", "gives {message} up"),
    "forged": ("gateway", "target", "pushes {message} with a wrong signature"),
    "forged_taken": ("target", "gateway", "acknowledges the forged {message}"),
    "shown": ("target", "{device}", "shows {message}, seq {n}"),
    "withheld": ("target", "{device}", "withholds {message}"),
    "answered": ("{device}", "target", "replies {message}"),
    "replied": ("target", "{device}", "answers {note} to {message}"),
    "reply_failed": ("target", "{device}", "says that {message} failed: {note}"),
    "in_doubt": ("target", "{device}", "says that {message} is in doubt"),
    "called": ("target", "gateway", "sends {message} to the platform: {note}"),
    "delivered": ("gateway", "customer", "delivers {message}"),
    "auto_received": ("customer", "", "receives {message}, which the target sends by itself"),
    "received": ("customer", "", "receives {message}"),
    "assigned": ("target", "{device}", "assigns {conversation}"),
    "released": ("target", "{device}", "takes {conversation} away: {note}"),
    "device_on": ("{device}", "target", "connects, {note}"),
    "device_off": ("{device}", "", "goes offline: {note}"),
    "died": ("target", "", "dies: {note}"),
    "restarted": ("target", "", "is ready again"),
    "fault": ("target", "", "{note}"),
}
_NAMED = tuple(kind for kind in _TOLD if kind not in ("device_on", "device_off", "died", "restarted", "fault"))


def smallest(history: "History", violations: pl.DataFrame) -> Row:
    """The violation whose name (column `name`) has the fewest events of its own, the earliest (`t`) of these."""
    first = violations.sort("t", "name").head(CANDIDATES)
    own = history.rows.filter(pl.col("message").is_in(first["name"].unique().to_list()))
    counts = own.group_by(pl.col("message").alias("name")).agg(pl.len().alias("events"))
    ranked = first.join(counts, on="name", how="left", maintain_order="left").sort(
        "events", "t", nulls_last=True, maintain_order=True
    )
    return ranked.row(0, named=True)


def tell(
    history: "History",
    names: Sequence[str],
    wrong: Callable[[Row], bool] | None = None,
    device: str = "",
    missing: Step | None = None,
) -> tuple[Step, ...]:
    """The story of these messages or replies, in time order, at most LONGEST steps, the wrong ones always kept.

    `device` adds its coming and going, and leaves the other devices' out. `missing` is the step that did not happen.
    """
    rows = _rows(history, [str(name) for name in names], device)
    told = [_step(history, row, bool(wrong and wrong(row))) for row in rows if row["kind"] in _TOLD]
    return _shortened(told, LONGEST - (missing is not None)) + ((missing,) if missing else ())


def absence(history: "History", t: int, who: str, what: str, to: str = "") -> Step:
    """The wrong step of a story in which something did not happen by `t` (ns)."""
    return Step(t_s=history.seconds(t), who=who, to=to, what=what, wrong=True)


def _rows(history: "History", names: list[str], device: str) -> list[Row]:
    own = history.messages.filter(pl.col("message").cast(pl.String).is_in(names))["own"].cast(pl.String).to_list()
    rows = history.rows
    story = rows.filter(pl.col("kind").is_in(_NAMED) & pl.col("message").is_in([*names, *filter(None, own)]))
    if device and len(story):
        story = pl.concat([story, _comings(rows, story, device, history.horizon)])
    names_as_text = pl.col(pl.Categorical).cast(pl.String)
    return story.sort("t", "row").with_columns(names_as_text).to_dicts()


def _comings(rows: pl.DataFrame, story: pl.DataFrame, device: str, horizon: int) -> pl.DataFrame:
    about = (pl.col("device") == device) & pl.col("kind").is_in(["device_on", "device_off"])
    deaths = pl.col("kind").is_in(["died", "restarted"])
    return rows.filter((about | deaths) & pl.col("t").is_between(story["t"].min(), horizon))


def _step(history: "History", row: Row, wrong: bool) -> Step:
    who, to, what = _TOLD[row["kind"]]
    named = {**row, "device": row["device"] or row["actor"] or "agent"}
    return Step(
        t_s=history.seconds(row["t"]),
        who=who.format(**named),
        to=to.format(**named),
        what=what.format(**named).rstrip(": "),
        wrong=wrong,
    )


def _shortened(steps: list[Step], longest: int) -> tuple[Step, ...]:
    """The wrong steps, and the ones before the first of them; what is between is left out from the middle."""
    if len(steps) <= longest:
        return tuple(steps)
    bad = [i for i, step in enumerate(steps) if step.wrong][: longest // 2]
    rest = [i for i in range(len(steps)) if i not in bad][: longest - len(bad)]
    return tuple(steps[i] for i in sorted({*bad, *rest}))
