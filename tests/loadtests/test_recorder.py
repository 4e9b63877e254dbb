"""A process's stream: rows, health samples on an absolute schedule, and no row lost to a full disk."""

import time
from collections import Counter
from pathlib import Path

import gevent
import pytest
from gevent.event import Event

import loadtests.recorder as module
from history.reader import read
from loadtests.recorder import Recorder


def watched(recorder: Recorder, kind: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sample until so many rows of a kind were added."""
    enough, seen, add = Event(), Counter[str](), recorder.add

    def counted(name: str, **row: object) -> None:
        add(name, **row)
        seen[name] += 1
        if seen[kind] >= count:
            enough.set()

    monkeypatch.setattr(recorder, "add", counted)
    recorder.watch()
    with gevent.Timeout(10):
        enough.wait()


def kinds(path: Path) -> Counter[str]:
    return Counter(read(path).table["kind"].to_pylist())


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PERIOD_NS", 2_000_000)
    monkeypatch.setattr(module, "FLUSH_EVERY", 5)


def test_lag_and_cpu_are_sampled_and_the_stream_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(tmp_path, "customers", "r1")
    recorder.add("joined", actor="c1")
    watched(recorder, "cpu", 2, monkeypatch)
    recorder.close()
    found = kinds(tmp_path / "customers.arrows")
    assert found["joined"] == 1
    assert found["lag"] >= 10
    assert found["cpu"] >= 2
    assert found["end"] == 1


def test_a_process_that_stood_still_has_many_late_samples_not_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(tmp_path, "customers", "r1")
    watched(recorder, "lag", 1, monkeypatch)
    time.sleep(0.05)  # not gevent's: this is the disturbance
    watched(recorder, "lag", 20, monkeypatch)
    recorder.close()
    table = read(tmp_path / "customers.arrows").table
    lags = [n for kind, n in zip(table["kind"].to_pylist(), table["n"].to_pylist(), strict=True) if kind == "lag"]
    assert max(lags) >= 40_000
    assert sum(lag > 5_000 for lag in lags) >= 15


def test_a_full_disk_is_told_once_and_loses_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(tmp_path, "customers", "r1")
    assert recorder._writer
    flush = recorder._writer.flush

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recorder._writer, "flush", full)
    recorder.add("joined", actor="c1")
    watched(recorder, "cpu", 3, monkeypatch)
    monkeypatch.setattr(recorder._writer, "flush", flush)
    recorder.close()
    assert [record.getMessage().count("No space left on device") for record in caplog.records] == [1]
    assert kinds(tmp_path / "customers.arrows")["joined"] == 1


def test_without_a_folder_rows_are_let_go() -> None:
    recorder = Recorder(None, "customers", "")
    recorder.add("joined", actor="c1")
    recorder.watch()
    recorder.close()
