"""The changes of a group as rows in the tables: of what a row became in between, only the last is written."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final, TypeAlias

import apsw

from reference_service.domain.changes import Changes, Purge
from reference_service.domain.records import Record
from reference_service.storage import tables

ROWS_AT_ONCE: Final = 32

Key: TypeAlias = tuple[Any, ...]
Row: TypeAlias = tuple[Any, ...]
Net: TypeAlias = dict[
    type[Record], dict[Key, Row | None]
]  # by table and key: the row as it is now, None where it was removed


def write(connection: apsw.Connection, group: Sequence[Changes]) -> Net:
    """Write a group inside a transaction; what it changed. Raises apsw.Error."""
    net, pending = Net(), Net()
    for changes in group:
        for record, row in changes.rows:
            pending.setdefault(record, {})[tables.key_of(record)(row)] = row
        for record, key in changes.removed:
            pending.setdefault(record, {})[key] = None
        if changes.purges or changes.removed_shops:
            _flush(connection, pending, net)
            for purge in changes.purges:
                _purge(connection, purge, net)
            for shop_id in changes.removed_shops:
                _remove(connection, tables.OF_SHOP, (shop_id,), net)
    _flush(connection, pending, net)
    return net


def _flush(connection: apsw.Connection, pending: Net, net: Net) -> None:
    for record, rows in pending.items():
        _some(connection, tables.replace, record, [row for row in rows.values() if row is not None])
        _some(connection, tables.delete, record, [key for key, row in rows.items() if row is None])
        if record in net:
            net[record].update(rows)
        else:
            net[record] = rows
    pending.clear()


def _some(connection: apsw.Connection, statement: Any, record: type[Record], rows: list[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        connection.execute(statement(record, len(some)), tuple(chain.from_iterable(some)))


def _purge(connection: apsw.Connection, purge: Purge, net: Net) -> None:
    if purge.upto is None:
        _remove(connection, tables.OF_CONVERSATION, (purge.conversation_id,), net)
    else:
        _remove(connection, tables.OF_MESSAGES, (purge.conversation_id, purge.upto), net)


def _remove(connection: apsw.Connection, where: Mapping[type[Record], str], values: Row, net: Net) -> None:
    for record, condition in where.items():
        gone = connection.execute(tables.delete_where(record, condition), values).fetchall()
        if gone:
            net.setdefault(record, {}).update((key, None) for key in gone)
