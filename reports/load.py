"""All streams of a run's folder as one History, cut where the first of them falls silent."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from history.clock import Reading
from history.reader import BadStream, Stream, read
from history.run import RunFolder, RunSpec
from reports.clocks import Clock, Comparison
from reports.record import SCHEMA, History, StreamInfo

NEEDED = ("customers", "gateway", "agents")
_MARKS = ("watermark", "end")
_AFTER = ("figure",)  # read when all is over: nothing is judged by it


class NoHistory(ValueError):
    """There is nothing to judge in the folder; the text says what was looked for."""


def load(folder: Path) -> History:
    """The history of the run in `folder` (which holds run.json and history/). Raises NoHistory or BadStream."""
    run = RunFolder(folder)
    paths = sorted(run.history.glob("*.arrows"))
    if not paths:
        raise NoHistory(f"{run.history}: no history stream here; give the folder of a run, such as runs/last")
    return join((stream for path in paths if (stream := _readable(path)) is not None), _spec(run))


def join(streams: Iterable[Stream], spec: RunSpec | None = None) -> History:
    """One History of these streams, whatever order they come in; each is let go once its rows are taken."""
    ordered = sorted(streams, key=lambda stream: stream.header.stream)
    gateway = next((s.header.clock for s in ordered if s.header.stream == "gateway"), "")
    clocks = [Clock(s.header.clock, gateway, _comparisons(s)) for s in ordered]
    infos = tuple(_info(stream, clock) for stream, clock in zip(ordered, clocks, strict=True))
    horizon = _horizon(infos)
    known = ((pl.col("t") <= horizon) | pl.col("kind").is_in(_AFTER)) & ~pl.col("kind").is_in(_MARKS)
    frames = [pl.DataFrame(schema=SCHEMA).drop("row")]
    # One copy of a long run is enough: each stream is let go when its frame is made.
    frames.extend(_frame(ordered.pop(0), clock).filter(known) for clock in clocks)
    return History(pl.concat(frames).with_row_index("row").select(list(SCHEMA)), infos, horizon, spec)


def _comparisons(stream: Stream) -> tuple[Comparison, ...]:
    rows = stream.table.filter(pc.field("kind") == "clock").select(["t", "n", "note"]).to_pylist()
    return tuple(Comparison(row["t"], Reading(row["n"], int(row["note"]))) for row in rows)


def _info(stream: Stream, clock: Clock) -> StreamInfo:
    watermark = clock.on_gateway(pl.Series([stream.watermark], dtype=pl.Int64)).item()
    return StreamInfo(stream.header.stream, stream.ended, watermark, clock.error_ns)


def _readable(path: Path) -> Stream | None:
    """A stream killed before its first batch is an empty file: it counts as missing, not as an error."""
    return None if path.stat().st_size == 0 else read(path)


def _spec(run: RunFolder) -> RunSpec | None:
    try:
        return run.spec()
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as error:
        raise BadStream(f"{run.path / 'run.json'}: {error}") from error


def _horizon(streams: tuple[StreamInfo, ...]) -> int:
    """The last moment every acting part was still writing; a stream's end mark is such a moment too.

    golive's own stream only ever excuses (planned faults), so its silence must not shorten what is judged.
    """
    acting = [s.watermark for s in streams if s.part in NEEDED]
    return min(acting, default=0)


def _frame(stream: Stream, clock: Clock) -> pl.DataFrame:
    table: pa.Table = stream.table
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    name = pl.lit(stream.header.stream).cast(pl.Categorical).alias("stream")
    frame = frame.with_columns(clock.on_gateway(frame["t"]).alias("t"), name)
    return frame.cast({column: kind for column, kind in SCHEMA.items() if column in frame.columns})
