"""Power loss, a full disk, a disk that fails, a locked database: nothing acknowledged is lost (GATEWAY-4)."""

import asyncio
import itertools
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from reference_service.domain.changes import Changes
from reference_service.domain.records import Counter
from reference_service.storage import connections
from reference_service.storage.journal import Journal, StorageError
from reference_service.storage.opening import audit_key, open_database
from reference_service.storage.reader import Reader
from reference_service.storage.verifying import verify
from tests.reference_service.storage.disk import Disk


@pytest.fixture
def disk() -> Iterator[Disk]:
    disk = Disk()
    yield disk
    disk.unregister()


class Writer:
    """A journal on a disk; `acknowledged` grows as commits are told of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.acknowledged: list[str] = []
        self.failures: list[Exception] = []
        path, _, trail = open_database(folder, audit_key(folder, None))
        self.journal = Journal(path, self._release, self.failures.append, trail)
        self._numbers = itertools.count()

    def add(self) -> asyncio.Future[None]:
        changes = Changes()
        changes.keep(Counter(name=f"n{next(self._numbers)}", value=1))
        return self.journal.add(changes)

    async def write(self, commits: int, at_once: int = 5) -> None:
        for _ in range(commits):
            await asyncio.gather(*(self.add() for _ in range(at_once)))

    def _release(self, changes: Changes) -> None:
        self.acknowledged += [str(row[0]) for _, row in changes.rows]


def found(folder: Path) -> set[str]:
    """The counters in a database that the service opens after a trouble; its audit chain must hold."""
    path, _, trail = open_database(folder, audit_key(folder, None))
    assert verify(path, trail.key, trail.head).findings == []
    trail.close()
    reader = Reader(path)
    names = {counter.name for counter in reader.rows(Counter)}
    reader.close()
    return names


@pytest.mark.parametrize("anchor", ["newest", "older"])
async def test_what_was_acknowledged_survives_a_power_loss_at_any_moment(
    disk: Disk, tmp_path: Path, anchor: str
) -> None:
    (tmp_path / "running").mkdir()
    writer = Writer(tmp_path / "running")
    await writer.write(3)
    older = (writer.folder / "audit.head").read_bytes()
    for loss in range(12):
        writing = asyncio.create_task(writer.write(4))
        for _ in range(loss):
            await asyncio.sleep(0.002)
        after = tmp_path / f"after{loss}"
        after.mkdir()
        acknowledged = set(writer.acknowledged)
        disk.lose_power(writer.folder, after)
        for name in ("audit.key", "audit.head"):
            shutil.copy(writer.folder / name, after / name)
        if anchor == "older":  # it is synced once a second only
            (after / "audit.head").write_bytes(older)
        assert acknowledged <= found(after)
        await writing
    await writer.journal.close()
    assert len(writer.acknowledged) == 15 + 12 * 20


def test_a_power_loss_here_does_take_what_was_not_synced(disk: Disk, tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "service.db"))
    connection.pragma("journal_mode", "wal")
    connection.execute("CREATE TABLE t (a)")
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    connection.pragma("synchronous", "normal")
    lost = 0
    for number in range(20):
        connection.execute("INSERT INTO t VALUES (?)", (number,))
        after = tmp_path / f"after{number}"
        after.mkdir()
        disk.lose_power(tmp_path, after)
        with closing(apsw.Connection(str(after / "service.db"))) as left:
            lost += left.execute("SELECT count(*) FROM t").fetchone() != (number + 1,)
    connection.close()
    assert lost > 15


@pytest.mark.parametrize("trouble", ["full", "broken"])
async def test_a_disk_that_is_full_or_fails_refuses_aloud_and_keeps_what_it_acknowledged(
    disk: Disk, tmp_path: Path, trouble: str
) -> None:
    writer = Writer(tmp_path)
    await writer.write(3)
    setattr(disk, trouble, True)
    results = await asyncio.gather(*(writer.add() for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [StorageError] * 3
    assert len(writer.failures) == 1
    setattr(disk, trouble, False)
    with pytest.raises(StorageError):  # nothing after a failed commit can be promised
        await writer.add()
    await writer.journal.close()
    assert set(writer.acknowledged) == {f"n{number}" for number in range(15)}
    assert set(writer.acknowledged) <= found(tmp_path)


async def test_a_lock_of_another_process_is_waited_for_and_then_refused_aloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BUSY_MS", 400)
    writer = Writer(tmp_path)
    await writer.write(1)
    other = apsw.Connection(str(tmp_path / "service.db"))
    other.execute("BEGIN IMMEDIATE")
    waiting = writer.add()
    await asyncio.sleep(0.1)
    assert not waiting.done()
    other.execute("ROLLBACK")
    await waiting
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="locked"):
        await writer.add()
    other.close()
    await writer.journal.close()
    assert found(tmp_path) == set(writer.acknowledged) == {f"n{number}" for number in range(6)}


def test_what_deleted_rows_said_is_overwritten(vault: Any) -> None:
    changes = Changes()
    changes.keep(Counter(name="geheim", value=1))
    vault.keep(changes)
    changes = Changes()
    changes.removed.append((Counter, ("geheim",)))
    vault.keep(changes)
    assert connections.empty_log(vault.opened.path, 1.0)
    assert not [file for file in vault.folder.iterdir() if b"geheim" in file.read_bytes()]


def test_a_log_that_somebody_still_reads_is_not_emptied_and_that_is_told(vault: Any) -> None:
    changes = Changes()
    changes.keep(Counter(name="n", value=1))
    with closing(connections.reader(vault.opened.path)) as reading:
        reading.execute("BEGIN")
        assert reading.execute("SELECT count(*) FROM counter").fetchone() == (0,)
        vault.keep(changes)
        assert connections.empty_log(vault.opened.path, 0.3) is False
    assert connections.empty_log(vault.opened.path, 0.3) is True
