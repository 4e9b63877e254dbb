"""Appends one process's events to its own stream file.

A stream file is a row of blocks, one a flush: two little-endian uint32 (packed size, plain size), then a zstd frame
that holds a complete Arrow IPC stream of one batch, its names interned beside it, its times as steps from row to row.
So what was flushed before a kill -9 stays readable, and a reader may start at any block. Flush once a second.
"""

import io
import os
import struct
from array import array
from collections.abc import Callable, Iterable
from operator import sub
from pathlib import Path
from time import monotonic_ns
from typing import Any

import msgspec
import pyarrow as pa

from history import clock
from history.events import FORMAT, SCHEMA

BLOCK = struct.Struct("<II")
CODEC = pa.Codec("zstd", 3)


class Header(msgspec.Struct, frozen=True):
    """Who wrote a stream, and by which clock (history/clock.py); its `clock` rows lead to the gateway's."""

    stream: str
    run: str
    pid: int = 0
    clock: str = ""
    format: int = FORMAT


class Writer:
    """One stream of a run, the new file `<folder>/<stream>.arrows`; FileExistsError when there is one already.

    `flush` raises OSError (disk full, …) and then keeps everything for the next flush. One thread, one writer.
    """

    def __init__(self, folder: Path, stream: str, run: str = "", now: Callable[[], int] = monotonic_ns) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{stream}.arrows"
        self._now = now
        self._rows: list[tuple[int, str, str, str, str, str, str, str, int, str]] = []
        self._file = self.path.open("xb", buffering=0)
        self._good = 0  # bytes of the file that are whole batches
        self._unwritten = b""
        header = Header(stream, run, os.getpid(), clock.identity() if now is monotonic_ns else "")
        self._schema = SCHEMA.with_metadata({"golive": msgspec.json.encode(header)})
        self.flush()

    def add(
        self,
        kind: str,
        *,
        t: int | None = None,
        shop: str = "",
        conversation: str = "",
        message: str = "",
        ref: str = "",
        actor: str = "",
        device: str = "",
        n: int = 0,
        note: str = "",
    ) -> None:
        """Append one event (in memory until the next flush); `t` in nanoseconds defaults to now."""
        self._rows.append(
            (self._now() if t is None else t, kind, shop, conversation, message, ref, actor, device, n, note)
        )

    def flush(self, mark: str = "watermark") -> None:
        """Write what was added, closed by a mark that says how far this stream is complete."""
        self.add(mark)
        rows, self._rows = self._rows, []
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, self._schema) as stream:
            stream.write_batch(_batch(rows, self._schema))
        plain = sink.getvalue()
        packed = CODEC.compress(plain, asbytes=True)
        self._unwritten += BLOCK.pack(len(packed), len(plain)) + packed
        self._store()

    def close(self) -> None:
        """Write the rest and the end mark."""
        self.flush("end")
        self._file.close()

    def _store(self) -> None:
        """Move the finished batches to the file: all or none, so that a full disk leaves whole ones only."""
        done = 0
        try:
            while done < len(self._unwritten):
                done += self._file.write(self._unwritten[done:])
        except OSError:
            os.ftruncate(self._file.fileno(), self._good)
            self._file.seek(self._good)
            raise
        self._good += done
        self._unwritten = b""


def _batch(rows: list[tuple[int, str, str, str, str, str, str, str, int, str]], schema: pa.Schema) -> pa.RecordBatch:
    times, *rest = zip(*rows, strict=True)
    steps = map(sub, times, (0, *times))  # the first as it is, each later one as the step from the one before
    columns = [_numbers(steps)]
    for field, values in zip(list(schema)[1:], rest, strict=True):
        columns.append(_names(values) if pa.types.is_dictionary(field.type) else _numbers(values))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _names(values: tuple[str, ...]) -> "pa.Array[Any]":
    """A column of names; one that says the same in every row, as half of them do, is not worth hashing."""
    if values.count(values[0]) < len(values):
        return pa.array(values, pa.utf8()).dictionary_encode()
    zeros = pa.Array.from_buffers(pa.int32(), len(values), [None, pa.py_buffer(bytes(4 * len(values)))])
    return pa.DictionaryArray.from_arrays(zeros, pa.array(values[:1], pa.utf8()))


def _numbers(values: Iterable[int]) -> "pa.Array[Any]":
    packed = array("q", values)
    return pa.Array.from_buffers(pa.int64(), len(packed), [None, pa.py_buffer(packed)])
