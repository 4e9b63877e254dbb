"""The database's version: an older one is brought forward step by step, a newer one is refused.

Tables and columns that are only missing need no step: tables.prepare makes them, the columns with their defaults. A
step is for what changes rows; it stands in the list for ever, and the audit chain hears of every row it writes.
"""

from collections.abc import Callable
from itertools import islice
from typing import Final

import apsw

from reference_service.domain.records import Record
from reference_service.domain.register import RECORDS
from reference_service.storage import tables
from reference_service.storage.chain import START, Link
from reference_service.storage.digests import kept
from reference_service.storage.tables import AUDITED
from reference_service.storage.trail import Trail
from reference_service.storage.writing import Key, Row

ADOPTED_AT_ONCE: Final = 5000  # rows a link

Step = Callable[[apsw.Connection, Trail], Link | None]  # inside a transaction; the last link it appended


class Unusable(Exception):
    """The data folder cannot be worked with as it is; the text says why, and what to do."""


def check(connection: apsw.Connection) -> None:
    """Refuse a database that a newer service wrote, before anything of it is touched. Raises Unusable."""
    version = connection.pragma("user_version")
    if version > len(STEPS):
        raise Unusable(f"the database has version {version}, this service knows up to {len(STEPS)}: {_ADVICE}")
    for record in AUDITED:
        known = tables.columns(record)
        there = [str(column[1]) for column in connection.execute(f"PRAGMA table_info({tables.table(record)})")]
        if unknown := [name for name in there if name not in known]:
            raise Unusable(f"this service does not know the column {unknown[0]} of {tables.table(record)}: {_ADVICE}")


def bring_forward(connection: apsw.Connection, trail: Trail) -> None:
    """Carry out the steps that a database has not seen, each in its own transaction. Raises apsw.Error, OSError."""
    for number in range(connection.pragma("user_version"), len(STEPS)):
        with connection:
            link = STEPS[number](connection, trail)
            connection.pragma("user_version", number + 1)
        if link is not None:
            trail.committed(link)


def rename_assigned(connection: apsw.Connection, _: Trail) -> None:
    """From the first version: tables get their rowid, and a conversation with an agent is open, no longer assigned."""
    statement = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%WITHOUT ROWID'"
    older = {str(name) for (name,) in connection.execute(statement)}
    for record in RECORDS:
        if (table := tables.table(record)) in older:
            connection.execute(f"ALTER TABLE {table} RENAME TO older")
            connection.execute(tables.create(record))
            for statement in tables.copy(record, "older"):
                connection.execute(statement)
    connection.execute("UPDATE conversation SET state = 'open' WHERE state = 'assigned'")


def begin_chain(connection: apsw.Connection, trail: Trail) -> Link | None:
    """Every row that is older than the audit chain is taken into it as it is."""
    link = None
    for record in AUDITED if trail.head == START else ():
        rows = tables.scan(connection, record)
        while some := list(islice(rows, ADOPTED_AT_ONCE)):
            link = trail.append(connection, {record: _by_key(record, some)})
            trail.head, trail.note = link.head, ""
    return link


def _by_key(record: type[Record], rows: list[Row]) -> dict[Key, Row | None]:
    return {tables.key_of(record)(row): kept(record, row) for row in rows}


_ADVICE: Final = "start the version that wrote it, or restore a backup"
STEPS: Final[tuple[Step, ...]] = (rename_assigned, begin_chain)
