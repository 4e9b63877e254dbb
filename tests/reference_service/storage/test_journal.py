"""Group commit: effects only after the commit, in order, and never after a failure."""

import asyncio
from pathlib import Path
from typing import Any

import apsw
import pytest

from reference_service.domain.changes import Changes
from reference_service.domain.records import Counter
from reference_service.domain.register import RECORDS
from reference_service.storage import tables
from reference_service.storage.journal import Journal, StorageError
from reference_service.storage.reader import Reader


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "service.db"
    connection = apsw.Connection(str(path))
    tables.prepare(connection)
    connection.close()
    return path


def unexpected(error: Exception) -> None:
    raise error


def counting(name: str, value: int) -> Changes:
    changes = Changes()
    changes.keep(Counter(name=name, value=value))
    return changes


async def test_effects_come_out_only_when_another_connection_can_read_the_rows(database: Path) -> None:
    reader, seen = Reader(database), []
    journal = Journal(database, lambda _: seen.append(len(reader.rows(Counter))), unexpected)
    waits = [journal.add(counting(f"n{number}", number)) for number in range(50)]
    assert seen == []
    await asyncio.gather(*waits)
    assert len(seen) == 50
    assert all(rows > place for place, rows in enumerate(seen))
    await journal.close()
    reader.close()


async def test_effects_come_out_in_the_order_of_the_commands_with_and_without_rows(database: Path) -> None:
    out: list[Changes] = []
    journal = Journal(database, out.append, unexpected)
    given = [counting("n", 1), Changes(), counting("n", 2), Changes(), Changes()]
    first = [journal.add(changes) for changes in given[:2]]
    await first[0]
    await asyncio.gather(*first[1:], *(journal.add(changes) for changes in given[2:]))
    assert [id(changes) for changes in out] == [id(changes) for changes in given]
    await journal.close()


async def test_what_arrives_during_a_commit_shares_the_next_one(database: Path) -> None:
    journal = Journal(database, lambda _: None, unexpected)
    await asyncio.gather(*(journal.add(counting("n", number)) for number in range(200)))
    await journal.close()
    reader = Reader(database)
    assert [counter.value for counter in reader.rows(Counter)] == [199]
    reader.close()


async def test_rows_are_those_of_the_moment_of_the_command(database: Path) -> None:
    journal = Journal(database, lambda _: None, unexpected)
    record, changes = Counter(name="n", value=1), Changes()
    changes.keep(record)
    record.value = 2
    await journal.add(changes)
    await journal.close()
    reader = Reader(database)
    assert [counter.value for counter in reader.rows(Counter)] == [1]
    reader.close()


async def test_a_failed_commit_releases_nothing_and_is_told_to_everybody(database: Path) -> None:
    connection = apsw.Connection(str(database))
    connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON counter WHEN NEW.value = 13 BEGIN SELECT RAISE(FAIL, 'disk full'); END"
    )
    connection.close()
    out: list[Changes] = []
    failures: list[Exception] = []
    journal = Journal(database, out.append, failures.append)
    await journal.add(counting("fine", 1))
    doomed = [journal.add(counting("good company", 2)), journal.add(counting("bad", 13))]
    results = await asyncio.gather(*doomed, return_exceptions=True)
    assert [type(result) for result in results] == [StorageError, StorageError]
    assert (len(out), len(failures)) == (1, 1)
    with pytest.raises(StorageError, match="disk full"):
        await journal.add(counting("later", 3))
    await journal.close()
    reader = Reader(database)
    assert [counter.name for counter in reader.rows(Counter)] == ["fine"]
    reader.close()


async def test_a_shop_removed_in_a_group_does_not_take_what_came_after_it(database: Path, stage: Any) -> None:
    stage.write("c1", "m1")
    removal = Changes(removed_shops=["s1"])
    again = Changes()
    again.keep(stage.floor.shop)
    journal = Journal(database, lambda _: None, unexpected)
    await asyncio.gather(*(journal.add(changes) for changes in (*stage.all, removal, again)))
    await journal.close()
    reader = Reader(database)
    counts = {record.__name__: len(reader.rows(record)) for record in RECORDS}
    reader.close()
    assert {name: count for name, count in counts.items() if count} == {"Shop": 1, "Taken": 1, "Counter": 2}
