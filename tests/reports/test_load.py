"""Streams become one history, cut where the first falls silent."""

import dataclasses

import msgspec
import pytest

from history.reader import BadStream, read
from history.run import RunFolder
from history.writer import Writer
from reports.clocks import UNKNOWN_NS
from reports.load import NoHistory, join, load


def kinds(history):
    return sorted(history.rows["kind"].cast(str).to_list())


def test_rows_of_all_streams_are_there_without_the_marks(tell):
    history = tell("1 customers sent message=c1-1\n2 gateway accepted message=@1\n3 agents lag n=5")
    assert kinds(history) == ["accepted", "lag", "sent"]


def test_the_order_of_the_files_changes_nothing(tell, clean, spec, tmp_path):
    tell(clean, spec())
    streams = [read(path) for path in sorted((tmp_path / "run0" / "history").glob("*.arrows"))]
    one, other = join(streams), join(reversed(streams))
    assert one.rows.equals(other.rows)
    assert one.streams == other.streams


def test_a_cut_stream_cuts_all_at_its_watermark(tell):
    history = tell(
        "1 customers sent message=a\n2 gateway accepted message=@1\n3 customers sent message=b\n9 agents watermark\n"
        "2.5 gateway watermark\n9 customers watermark",
        end=None,
    )
    assert kinds(history) == ["accepted", "sent"]
    assert history.horizon == 2_500_000_000


def test_golives_own_silence_shortens_nothing(tell):
    history = tell("0.5 golive watermark\n5 customers sent message=a")
    assert kinds(history) == ["sent"]
    assert history.horizon == 60_000_000_000


def stream(folder, name, clock, *rows, end=10):
    writer = Writer(folder, name, now=lambda: end)
    for t, kind, n, note in rows:
        writer.add(kind, t=t, n=n, note=note)
    writer.close()
    found = read(writer.path)
    return dataclasses.replace(found, header=msgspec.structs.replace(found.header, clock=clock))


def test_times_are_put_on_the_gateways_clock(tmp_path):
    far = stream(tmp_path, "agents", "b", (5, "lag", 0, ""), (0, "clock", 100, "7"))
    history = join([stream(tmp_path, "gateway", "a", end=200), far])
    assert history.of("lag")["t"].to_list() == [105]
    assert history.horizon == 110
    assert history.error_ns("agents", "gateway") == 7


def test_the_very_same_clock_is_never_shifted_whatever_was_measured(tmp_path):
    near = stream(tmp_path, "agents", "a", (5, "lag", 0, ""), (0, "clock", 100, "7"))
    history = join([stream(tmp_path, "gateway", "a", end=200), near])
    assert history.of("lag")["t"].to_list() == [5]
    assert history.error_ns("agents", "gateway") == 0


def test_another_clock_that_nobody_compared_is_an_unknown_error(tmp_path):
    history = join([stream(tmp_path, "gateway", "a"), stream(tmp_path, "agents", "b", (5, "lag", 0, ""))])
    assert history.error_ns("agents", "gateway") == UNKNOWN_NS
    assert history.latencies.to_agent.error_s is None
    assert history.latencies.reply_time.error_s == 0.0


def test_as_many_customer_streams_are_needed_as_there_were_workers(tell, spec):
    assert not tell("", spec(workers=2)).has("customers")
    assert tell("60 customers-0 end\n60 customers-1 end", spec(workers=2)).has("customers")


def test_a_folder_without_a_history_is_told_clearly(tmp_path):
    with pytest.raises(NoHistory, match="no history stream here"):
        load(tmp_path)


def test_an_empty_stream_file_counts_as_missing(tell, tmp_path):
    tell("")
    (tmp_path / "run0" / "history" / "agents.arrows").write_bytes(b"")
    history = load(tmp_path / "run0")
    assert history.has("gateway")
    assert not history.has("agents")


def test_a_broken_run_json_is_told_clearly(tell, tmp_path):
    tell("")
    (RunFolder(tmp_path / "run0").path / "run.json").write_text("{}")
    with pytest.raises(BadStream, match=r"run\.json"):
        load(tmp_path / "run0")
