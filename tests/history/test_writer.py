"""What is written can be read: whole, cut short, growing, on a full disk."""

import errno
import os

import pytest

from history.events import KINDS, SCHEMA, Event
from history.reader import BadStream, Tail, read
from history.writer import BLOCK, Writer


@pytest.fixture
def writer(tmp_path):
    writer = Writer(tmp_path, "gateway", "run-1", now=lambda: 99)
    file = writer._file
    yield writer
    file.close()


def kinds(table):
    return table["kind"].to_pylist()


def test_rows_come_back_as_written(writer):
    writer.add("accepted", t=5, shop="s1", conversation="@C", message="@M", ref="c1-1", actor="c1", n=7, note="x")
    writer.close()
    stream = read(writer.path)
    row = stream.table.slice(1, 1).to_pylist()[0]
    assert row == Event(5, "accepted", "s1", "@C", "@M", "c1-1", "c1", "", 7, "x")._asdict()
    assert (stream.ended, stream.watermark, stream.header.stream, stream.header.run) == (True, 99, "gateway", "run-1")
    assert stream.table.schema == SCHEMA


def test_each_flush_says_how_far_the_stream_is_complete(writer):
    writer.add("lag", t=1)
    writer.flush()
    assert kinds(read(writer.path).table) == ["watermark", "lag", "watermark"]
    assert not read(writer.path).ended


def test_what_was_not_flushed_is_not_there(writer):
    writer.add("lag", t=1)
    assert kinds(read(writer.path).table) == ["watermark"]


def test_a_stream_is_never_written_over(writer):
    with pytest.raises(FileExistsError):
        Writer(writer.path.parent, "gateway")


@pytest.mark.parametrize("cut", [1, BLOCK.size, BLOCK.size + 1, 40])
def test_a_block_cut_by_a_kill_is_passed_over(writer, cut):
    writer.add("lag", t=1)
    writer.flush()
    size = writer.path.stat().st_size
    writer.add("cpu", t=2)
    writer.flush()
    os.truncate(writer.path, size + cut)
    assert kinds(read(writer.path).table) == ["watermark", "lag", "watermark"]


def test_a_full_disk_leaves_whole_batches_and_loses_nothing(writer, monkeypatch):
    real = writer._file

    class Full:
        def __getattr__(self, name):
            return getattr(real, name)

        def write(self, data):
            real.write(data[:10])
            raise OSError(errno.ENOSPC, "No space left on device")

    writer.add("lag", t=1)
    monkeypatch.setattr(writer, "_file", Full())
    with pytest.raises(OSError, match="No space left"):
        writer.flush()
    assert kinds(read(writer.path).table) == ["watermark"]
    monkeypatch.setattr(writer, "_file", real)
    writer.add("cpu", t=2)
    writer.close()
    assert kinds(read(writer.path).table) == ["watermark", "lag", "watermark", "cpu", "end"]


def test_a_growing_stream_is_followed_without_reading_twice(writer):
    tail = Tail(writer.path)
    assert [kinds(batch) for batch in tail.poll()] == [["watermark"]]
    assert tail.poll() == []
    writer.add("lag", t=1)
    writer.flush()
    assert [kinds(batch) for batch in tail.poll()] == [["lag", "watermark"]]
    writer.close()
    tail.poll()
    assert tail.ended


@pytest.mark.parametrize(
    "content", [b"", b"not a stream at all, but long enough to look like one" * 3, BLOCK.pack(4, 4) + b"zzzz"]
)
def test_a_file_that_is_no_stream_is_told_clearly(tmp_path, content):
    path = tmp_path / "x.arrows"
    path.write_bytes(content)
    with pytest.raises(BadStream, match="no history stream"):
        read(path)


def test_every_kind_is_explained():
    assert all(len(text) > 5 for text in KINDS.values())
    assert {"watermark", "end"} <= KINDS.keys()
