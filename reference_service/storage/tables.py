"""The tables, derived from the records: fields are columns, and many rows of a table are written by one statement.

Each SQLite call gives up the interpreter lock and must get it back, so a call for each row would wait for the event
loop as many times. The tables keep their rowid: measured, WITHOUT ROWID made commits of 20 messages 2-3 times dearer.
"""

from collections.abc import Callable, Container
from functools import cache
from operator import itemgetter
from typing import Any, Final, TypeVar

import apsw
import msgspec

from reference_service.domain.complaint import ComplaintNote
from reference_service.domain.records import Conflict, Conversation, Counter, Person, Record, Shop, Taken
from reference_service.domain.register import RECORDS

R = TypeVar("R", bound=msgspec.Struct)


def columns(record: type[msgspec.Struct]) -> tuple[str, ...]:
    """The column names of a record's table, in the order of its fields."""
    return record.__struct_fields__


def table(record: type[msgspec.Struct]) -> str:
    """The name of a record's table."""
    return record.__name__.lower()


def create(record: type[Record]) -> str:
    """The statement that makes a record's table."""
    return f"CREATE TABLE IF NOT EXISTS {table(record)} ({_named(columns(record))}, PRIMARY KEY ({_named(record.KEY)}))"


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


@cache
def key_of(record: type[Record]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """What picks the key out of a row."""
    places = [columns(record).index(name) for name in record.KEY]
    if places == list(range(len(places))):
        return itemgetter(slice(0, len(places)))
    return itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)


@cache
def replace(record: type[msgspec.Struct], rows: int) -> str:
    """The statement that writes this many rows, their values one after the other."""
    row = f"({', '.join('?' * len(columns(record)))})"
    return f"INSERT OR REPLACE INTO {table(record)} ({_named(columns(record))}) VALUES {', '.join([row] * rows)}"


@cache
def delete(record: type[Record], rows: int) -> str:
    """The statement that deletes this many rows by their keys, one after the other."""
    key = f"({', '.join('?' * len(record.KEY))})"
    return f"DELETE FROM {table(record)} WHERE ({_named(record.KEY)}) IN (VALUES {', '.join([key] * rows)})"


def _of_shop(record: type[Record]) -> str:
    if "shop_id" in columns(record):
        return "shop_id = ?1"
    if "conversation_id" in columns(record):
        return "conversation_id IN (SELECT id FROM conversation WHERE shop_id = ?1)"
    if "agent_id" in columns(record):
        return "agent_id IN (SELECT id FROM person WHERE shop_id = ?1)"
    raise TypeError(f"whose is a {record.__name__}? It needs a shop_id, or a place in KEPT_FOR_EVER")


KEPT_FOR_EVER: Final = (Taken, Conflict, Counter)  # hashes of handled ids, and numbers that are never given twice
# By table, what belongs to a shop; what is found by other rows stands before them.
OF_SHOP: Final[dict[type[Record], str]] = {
    **{record: _of_shop(record) for record in RECORDS if record not in (Shop, Person, Conversation, *KEPT_FOR_EVER)},
    Conversation: "shop_id = ?1",
    Person: "shop_id = ?1",
    Shop: "id = ?1",
}
# What hangs on a conversation, and what on its messages up to a seq.
OF_CONVERSATION: Final[dict[type[Record], str]] = {
    ComplaintNote: "complaint_id IN (SELECT id FROM complaint WHERE conversation_id = ?1)",
    **{record: "conversation_id = ?1" for record in RECORDS if "conversation_id" in columns(record)},
    Conversation: "id = ?1",
}
OF_MESSAGES: Final[dict[type[Record], str]] = {
    record: "conversation_id = ?1 AND seq <= ?2"
    for record in RECORDS
    if record.KEY[0] == "conversation_id" and "seq" in columns(record)
}


@cache
def delete_where(record: type[Record], condition: str) -> str:
    """The statement that deletes rows of a table and tells their keys."""
    return f"DELETE FROM {table(record)} WHERE {condition} RETURNING {_named(record.KEY)}"


class Secret(Record, kw_only=True):
    """The key that seals tokens and passwords; made once, never read by recovery."""

    KEY = ("name",)

    name: str
    value: bytes


AUDITED: Final[tuple[type[Record], ...]] = (*RECORDS, Secret)


def prepare(connection: apsw.Connection) -> None:
    """Make what tables and columns are missing."""
    for record in RECORDS:
        connection.execute(create(record))
        for statement in missing(connection, record):
            connection.execute(statement)
    connection.execute("CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")
    connection.execute("CREATE TABLE IF NOT EXISTS audit (number INTEGER PRIMARY KEY, at, note, body, hash)")


@cache
def _fields(record: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(record)


def scan(connection: apsw.Connection, record: type[Record], there: Container[str] | None = None) -> apsw.Cursor:
    """Every row of a table as it is stored; where only some columns are there, with the defaults of the others."""
    asked = [
        f'"{field.name}"' if there is None or field.name in there else _literal(field.default)
        for field in _fields(record)
    ]
    return connection.execute(f"SELECT {', '.join(asked)} FROM {table(record)}")


def select(connection: apsw.Connection, record: type[Record], where: str, values: tuple[Any, ...]) -> apsw.Cursor:
    """Some rows of a table as they are stored; `where` may also order."""
    return connection.execute(f"SELECT {_named(columns(record))} FROM {table(record)} WHERE {where}", values)


def copy(record: type[Record], source: str) -> tuple[str, str]:
    """The statements that move all rows from another table with the same columns."""
    named = _named(columns(record))
    return f"INSERT INTO {table(record)} ({named}) SELECT {named} FROM {source}", f"DROP TABLE {source}"


def missing(connection: apsw.Connection, record: type[msgspec.Struct]) -> list[str]:
    """The statements that give an older table the columns it has not: new fields stand last and have a default."""
    there = {str(column[1]) for column in connection.execute(f"PRAGMA table_info({table(record)})")}
    added = [field for field in _fields(record) if field.name not in there]
    alter = f"ALTER TABLE {table(record)} ADD COLUMN"
    return [f'{alter} "{field.name}" DEFAULT {_literal(field.default)}' for field in added]


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    return f"'{value}'" if isinstance(value, str) else str(value)


def array(rows: bytes, record: type[R]) -> list[R]:
    """Records of a JSON array of rows."""
    return msgspec.json.decode(rows, type=list[record], strict=False)  # type: ignore[valid-type]
