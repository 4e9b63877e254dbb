"""Reads streams: whole, cut short, or still growing."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from history.events import FORMAT, READABLE, SCHEMA
from history.writer import BLOCK, CODEC, Header


class BadStream(ValueError):
    """The file is no stream of ours: not Arrow, no header, or another format version."""


@dataclass(frozen=True)
class Stream:
    """One process's events, in the order written. `watermark` (ns): everything before it is here."""

    header: Header
    table: pa.Table
    ended: bool
    watermark: int


def read(path: Path) -> Stream:
    """All whole batches of a stream file; what a kill left half-written at its end is passed over. Raises BadStream."""
    tail = Tail(path)
    batches = tail.poll()
    if tail.header is None:
        raise BadStream(f"{path}: no history stream (it is empty, or not written by golive)")
    table = pa.Table.from_batches(batches, SCHEMA) if batches else SCHEMA.empty_table()
    return Stream(tail.header, table, tail.ended, tail.watermark)


def header(path: Path) -> Header:
    """Who wrote a stream, from its first block alone. Raises BadStream or OSError."""
    with path.open("rb") as file:
        sizes = file.read(BLOCK.size)
        block = sizes + (file.read(BLOCK.unpack(sizes)[0]) if len(sizes) == BLOCK.size else b"")
    tail = Tail(path)
    if _block_end(block, 0) is not None:
        tail.unpack(block)
    if tail.header is None:
        raise BadStream(f"{path}: no history stream (it is empty, or not written by golive)")
    return tail.header


class Tail:
    """Follows a growing stream file; each poll returns the batches that became whole since the last one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: Header | None = None
        self.ended = False
        self.watermark = 0
        self._offset = 0

    def poll(self) -> list[pa.RecordBatch]:
        """New whole batches, oldest first; raises BadStream where the file is not ours."""
        with self.path.open("rb") as file:
            file.seek(self._offset)
            fresh = file.read()
        batches, at = [], 0
        while (end := _block_end(fresh, at)) is not None:
            batches.append(self.unpack(fresh[at:end]))
            at = end
        self._offset += at
        return batches

    def unpack(self, block: bytes) -> pa.RecordBatch:
        """The batch in one whole block; takes the header from the first. Raises BadStream."""
        _, plain = BLOCK.unpack_from(block)
        try:
            stream = pa.ipc.open_stream(CODEC.decompress(block[BLOCK.size :], plain))
            steps = stream.read_next_batch()
            batch = steps.set_column(0, SCHEMA.field("t"), pc.cumulative_sum(steps["t"]))
        except (OSError, ValueError) as error:
            raise BadStream(f"{self.path}: no history stream ({error})") from error
        if self.header is None:
            self.header = _header(self.path, stream.schema)
        self.watermark = batch["t"][-1].as_py()
        self.ended = batch["kind"][-1].as_py() == "end"
        return batch.replace_schema_metadata(None)


def _block_end(data: bytes, at: int) -> int | None:
    """Where the block that starts at `at` ends, or None where it is not wholly there yet."""
    if len(data) - at < BLOCK.size:
        return None
    end = at + BLOCK.size + int(BLOCK.unpack_from(data, at)[0])
    return end if end <= len(data) else None


def _header(path: Path, schema: pa.Schema) -> Header:
    try:
        header = msgspec.json.decode((schema.metadata or {})[b"golive"], type=Header)
    except (KeyError, msgspec.MsgspecError) as error:
        raise BadStream(f"{path}: an Arrow stream, but without golive's header") from error
    if header.format not in READABLE:
        raise BadStream(f"{path}: format {header.format}; this golive reads format {FORMAT}")
    return header
