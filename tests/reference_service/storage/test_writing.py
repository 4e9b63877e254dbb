"""What a group of changes leaves in the tables; removing a shop takes all of it and nothing else (TESTDATA-1)."""

from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain.changes import Changes, Purge
from reference_service.domain.records import Conversation, Counter, Message, Record, Shop
from reference_service.domain.register import RECORDS
from reference_service.storage import tables
from reference_service.storage.journal import commit
from reference_service.storage.tables import KEPT_FOR_EVER
from reference_service.storage.writing import write


@pytest.fixture
def connection(tmp_path: Path) -> Any:
    connection = apsw.Connection(str(tmp_path / "service.db"))
    tables.prepare(connection)
    yield connection
    connection.close()


def row(record: type[Record], shop: str, number: int = 1) -> tuple[object, ...]:
    """A row of a shop: names tell whose it is, the rest is of no importance."""
    known: dict[str, object] = {
        "shop_id": shop,
        "id": shop if record is Shop else f"{record.__name__}-{shop}-{number}",
        "conversation_id": f"Conversation-{shop}-1",
        "agent_id": f"Person-{shop}-1",
    }
    fields = msgspec.structs.fields(record)
    return tuple(known.get(field.name, number if field.type is int else f"{shop} {field.name}") for field in fields)


def filled(connection: apsw.Connection, *shops: str) -> None:
    """Two rows of each shop in every table, as far as their keys differ."""
    changes = Changes()
    changes.rows += [(record, row(record, shop, number)) for shop in shops for record in RECORDS for number in (1, 2)]
    commit(connection, [changes])


def content(connection: apsw.Connection) -> dict[str, set[Any]]:
    return {record.__name__: set(tables.scan(connection, record)) for record in RECORDS}


def test_removing_a_shop_takes_all_its_rows_of_every_table_and_no_other(connection: apsw.Connection) -> None:
    filled(connection, "real")
    wanted = content(connection)
    assert {name for name, rows in wanted.items() if not rows} == set()
    filled(connection, "test")
    assert all(len(rows) > len(wanted[name]) for name, rows in content(connection).items())
    commit(connection, [Changes(removed_shops=["test"])])
    left = content(connection)
    for record in KEPT_FOR_EVER:
        assert left.pop(record.__name__) > wanted.pop(record.__name__)
    assert left == wanted


def test_what_is_kept_for_ever_is_hashes_and_numbers_only() -> None:
    assert {record.__name__: tables.columns(record) for record in KEPT_FOR_EVER} == {
        "Taken": ("id_hash", "body_hash"),
        "Conflict": ("id_hash", "body_hash", "at"),
        "Counter": ("name", "value"),
    }


def test_a_purge_takes_what_hangs_on_the_messages_and_the_last_one_all_that_hangs_on_the_conversation(
    connection: apsw.Connection,
) -> None:
    filled(connection, "a", "b")
    about = [record.__name__ for record in tables.OF_CONVERSATION]
    commit(connection, [Changes(purges=[Purge("Conversation-a-1", 1)])])
    left = content(connection)
    assert [values[1] for values in left["Message"] if values[0] == "Conversation-a-1"] == [2]
    assert {name for name, rows in left.items() if not rows} == set()
    commit(connection, [Changes(purges=[Purge("Conversation-a-1", None)])])
    left = content(connection)
    assert [values for name in about for values in left[name] if "Conversation-a-1" in values] == []
    assert len([values for values in left["Message"] if values[0] == "Conversation-b-1"]) == 2
    assert {values[0] for values in left["Conversation"]} == {
        "Conversation-a-2",
        "Conversation-b-1",
        "Conversation-b-2",
    }


CHANGES = st.lists(
    st.lists(st.tuples(st.sampled_from(["keep", "remove"]), st.sampled_from("xyz"), st.integers(0, 9)), max_size=4),
    max_size=8,
)


@given(group=CHANGES)
def test_a_group_leaves_what_its_commands_one_by_one_would(group: list[list[tuple[str, str, int]]]) -> None:
    all_changes, expected = [], {}
    for command in group:
        changes, touched = Changes(), set()
        for what, name, value in command:
            if name in touched:
                continue  # in one command a row is either kept or removed
            touched.add(name)
            if what == "keep":
                changes.keep(Counter(name=name, value=value))
            else:
                changes.removed.append((Counter, (name,)))
            expected[name] = value if what == "keep" else None
        all_changes.append(changes)
    connection = apsw.Connection("")
    connection.execute(tables.create(Counter))
    net = write(connection, all_changes)
    there = {name: value for name, value in expected.items() if value is not None}
    assert dict(tables.scan(connection, Counter)) == there
    told = {key[0]: values and values[1] for key, values in net.get(Counter, {}).items()}
    assert told == expected
    connection.close()


def test_what_follows_a_removal_in_a_group_stays(connection: apsw.Connection) -> None:
    filled(connection, "a")
    again = Changes()
    again.rows.append((Conversation, row(Conversation, "a")))
    again.rows.append((Message, row(Message, "a")))
    net = write(connection, [Changes(removed_shops=["a"]), again])
    left = content(connection)
    assert (len(left["Conversation"]), len(left["Message"]), left["Shop"]) == (1, 1, set())
    assert net[Shop] == {("a",): None}
    assert list(net[Message].values()).count(None) == 1
