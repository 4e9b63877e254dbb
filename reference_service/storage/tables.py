"""The tables, derived from the records: fields are columns, and many rows of a table are written by one statement.

Each SQLite call gives up the interpreter lock and must get it back, so a call for each row would wait for the event
loop as many times. The tables keep their rowid: measured, WITHOUT ROWID made commits of 20 messages 2-3 times dearer.
"""

from functools import cache
from typing import Final, TypeVar

import apsw
import msgspec

from reference_service.domain.records import Record
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
    named = ", ".join(f'"{column}"' for column in columns(record))
    key = ", ".join(f'"{column}"' for column in record.KEY)
    return f"CREATE TABLE IF NOT EXISTS {table(record)} ({named}, PRIMARY KEY ({key}))"


@cache
def replace(record: type[msgspec.Struct], rows: int) -> str:
    """The statement that writes this many rows, their values one after the other."""
    row = f"({', '.join('?' * len(columns(record)))})"
    return f"INSERT OR REPLACE INTO {table(record)} VALUES {', '.join([row] * rows)}"


@cache
def delete(record: type[Record]) -> str:
    """The statement that deletes one row by its key."""
    key = " AND ".join(f'"{column}" = ?' for column in record.KEY)
    return f"DELETE FROM {table(record)} WHERE {key}"


REMOVE_SHOP: Final = (
    "DELETE FROM message WHERE conversation_id IN (SELECT id FROM conversation WHERE shop_id = ?1)",
    "DELETE FROM told WHERE conversation_id IN (SELECT id FROM conversation WHERE shop_id = ?1)",
    "DELETE FROM logged WHERE agent_id IN (SELECT id FROM person WHERE shop_id = ?1)",
    *(f"DELETE FROM {table(record)} WHERE shop_id = ?1" for record in RECORDS if "shop_id" in columns(record)),
    "DELETE FROM shop WHERE id = ?1",
)


def prepare(connection: apsw.Connection) -> None:
    """Set the journal mode and make what tables and columns are missing."""
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")  # NORMAL may lose an acknowledged commit on power loss (GATEWAY-4)
    connection.pragma("wal_autocheckpoint", 4000)
    for record in RECORDS:
        connection.execute(create(record))
        for statement in missing(connection, record):
            connection.execute(statement)
    connection.execute("CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")


def missing(connection: apsw.Connection, record: type[msgspec.Struct]) -> list[str]:
    """The statements that give an older table the columns it has not: new fields stand last and have a default."""
    there = {str(column[1]) for column in connection.execute(f"PRAGMA table_info({table(record)})")}
    added = [field for field in msgspec.structs.fields(record) if field.name not in there]
    alter = f"ALTER TABLE {table(record)} ADD COLUMN"
    return [f'{alter} "{field.name}" DEFAULT {_literal(field.default)}' for field in added]


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def array(rows: bytes, record: type[R]) -> list[R]:
    """Records of a JSON array of rows."""
    return msgspec.json.decode(rows, type=list[record], strict=False)  # type: ignore[valid-type]
