"""An older database is brought forward with everything in it; a newer one is left alone."""

from pathlib import Path
from typing import Any

import apsw
import pytest

from reference_service.domain.register import RECORDS
from reference_service.storage import tables
from reference_service.storage.migrations import STEPS, Unusable
from reference_service.storage.opening import audit_key, open_database
from reference_service.storage.reader import Reader
from reference_service.storage.recovery import recover
from reference_service.storage.verifying import verify

FIRST = Path(__file__).with_name("first_version.sql")


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A data folder of the first version."""
    apsw.Connection(str(tmp_path / "service.db")).execute(FIRST.read_text(encoding="utf-8"))
    return tmp_path


def rows(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every record's table."""
    with apsw.Connection(str(folder / "service.db")) as connection:
        names = {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        there = [record for record in RECORDS if tables.table(record) in names]
        return {r.__name__: connection.execute(f"SELECT * FROM {tables.table(r)}").fetchall() for r in there}


def test_the_first_versions_database_opens_with_everything_in_it(first: Path) -> None:
    before = rows(first)
    _, key, trail = open_database(first, audit_key(first, None))
    trail.close()
    after = rows(first)
    assert {name: len(kept) for name, kept in after.items() if kept} == {n: len(k) for n, k in before.items() if k}
    assert {name for name, kept in before.items() if kept} == {
        "Shop", "Person", "Conversation", "Message", "Logged", "Taken", "WordList", "Counter", "Told",
    }  # fmt: skip
    states = {row[0]: row[6] for row in after["Conversation"]}
    assert states == {"cv1": "resolved", "cv2": "open", "cv3": "open"}
    for name, kept in before.items():
        if name != "Conversation":
            assert sorted(row[: len(kept[0])] for row in after[name]) == sorted(kept) if kept else True
    assert len(key) == 32

    reader = Reader(first / "service.db")
    world, _ = recover(reader, 1_800_000_000.0, 10.0)
    reader.close()
    assert [message.text for message in world.threads["cv2"].visit] == ["在吗", "又一句"]
    desk = world.desk("a2")
    assert desk is not None
    assert (sorted(desk.held), desk.s, list(desk.sent)) == (["cv2", "cv3"], 12, ["k1"])


def test_its_rows_are_in_the_audit_chain_from_then_on(first: Path) -> None:
    path, _, trail = open_database(first, audit_key(first, None))
    assert verify(path, trail.key, trail.head).findings == []
    apsw.Connection(str(path)).execute("UPDATE message SET text = '改' WHERE conversation_id = 'cv1' AND seq = 1")
    assert [(one.table, one.sin) for one in verify(path, trail.key, trail.head).findings] == [("message", "changed")]
    trail.close()


def test_steps_are_carried_out_once(first: Path) -> None:
    heads = []
    for _ in range(3):
        _, _, trail = open_database(first, audit_key(first, None))
        heads.append(trail.head)
        trail.close()
    assert heads[0].number > 5
    assert heads == [heads[0]] * 3
    assert apsw.Connection(str(first / "service.db")).pragma("user_version") == len(STEPS)


def test_a_migrated_database_has_the_tables_of_a_new_one(first: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    fresh = tmp_path_factory.mktemp("fresh")
    shapes = []
    for folder in (first, fresh):
        open_database(folder, audit_key(folder, None)).trail.close()
        with apsw.Connection(str(folder / "service.db")) as connection:
            columns = "SELECT t.name, c.name, c.pk FROM sqlite_schema t, pragma_table_info(t.name) c"
            shapes.append(sorted(map(str, connection.execute(f"{columns} WHERE t.type = 'table'"))))
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) > 5 * len(RECORDS)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("PRAGMA user_version = 99", f"the database has version 99, this service knows up to {len(STEPS)}: "),
        ("ALTER TABLE message ADD COLUMN tomorrow", "this service does not know the column tomorrow of message: "),
    ],
)
def test_a_newer_database_is_refused_and_not_touched(first: Path, change: str, words: str) -> None:
    apsw.Connection(str(first / "service.db")).execute(change)
    before = rows(first)
    with pytest.raises(Unusable, match=words + "start the version that wrote it, or restore a backup"):
        open_database(first, audit_key(first, None))
    assert rows(first) == before


@pytest.mark.parametrize("size", [0, 31, 65])
def test_a_key_file_of_another_size_is_refused(tmp_path: Path, size: int) -> None:
    (tmp_path / "audit.key").write_bytes(bytes(size))
    with pytest.raises(Unusable, match="is no audit key"):
        audit_key(tmp_path, None)


def test_a_key_file_that_is_named_and_not_there_is_refused_not_made(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="is no audit key"):
        audit_key(tmp_path, tmp_path / "elsewhere")
    assert list(tmp_path.iterdir()) == []
