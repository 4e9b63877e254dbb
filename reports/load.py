"""All streams of a run's folder as one History, cut where the first of them falls silent."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import polars as pl
import pyarrow as pa

from history.reader import BadStream, Stream, read
from history.run import RunFolder, RunSpec
from reports.record import SCHEMA, History, StreamInfo

NEEDED = ("customers", "gateway", "agents")
_MARKS = ("watermark", "end")


class NoHistory(ValueError):
    """There is nothing to judge in the folder; the text says what was looked for."""


def load(folder: Path) -> History:
    """The history of the run in `folder` (which holds run.json and history/). Raises NoHistory or BadStream."""
    run = RunFolder(folder)
    paths = sorted(run.history.glob("*.arrows"))
    if not paths:
        raise NoHistory(f"{run.history}: no history stream here; give the folder of a run, such as runs/last")
    streams = [stream for path in paths if (stream := _readable(path)) is not None]
    return join(streams, _spec(run))


def join(streams: Iterable[Stream], spec: RunSpec | None = None) -> History:
    """One History of these streams, whatever order they come in."""
    ordered = sorted(streams, key=lambda stream: stream.header.stream)
    infos = tuple(
        StreamInfo(s.header.stream, s.ended, s.watermark + s.header.offset_ns, s.header.error_ns) for s in ordered
    )
    horizon = _horizon(infos)
    frames = [_frame(stream) for stream in ordered]
    rows = pl.concat(frames) if frames else pl.DataFrame(schema=SCHEMA)
    rows = rows.filter((pl.col("t") <= horizon) & ~pl.col("kind").is_in(_MARKS)).with_row_index("row")
    return History(rows.select(list(SCHEMA)), infos, horizon, spec)


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


def _frame(stream: Stream) -> pl.DataFrame:
    table: pa.Table = stream.table
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    name = pl.lit(stream.header.stream).cast(pl.Categorical).alias("stream")
    frame = frame.with_columns(pl.col("t") + stream.header.offset_ns, name)
    return frame.cast({column: kind for column, kind in SCHEMA.items() if column in frame.columns})
