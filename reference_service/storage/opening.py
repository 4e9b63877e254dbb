"""From a data folder to an open database: tables, the key that seals, the audit key, and the chain with its anchor."""

import os
import secrets
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import apsw

from reference_service.domain.records import Record
from reference_service.storage import chain, connections, tables
from reference_service.storage.anchor import Anchor
from reference_service.storage.chain import START, Head
from reference_service.storage.digests import kept
from reference_service.storage.tables import AUDITED
from reference_service.storage.trail import Trail

ADOPTED_AT_ONCE: Final = 5000  # rows a link


class Unusable(Exception):
    """The data folder cannot be worked with as it is; the text says why, and what to do."""


class Opened(NamedTuple):
    """The database's file, the key that seals tokens and passwords, and the audit chain's writing end."""

    path: Path
    key: bytes
    trail: Trail


def open_database(folder: Path, audit_key: Path | None) -> Opened:
    """Make or open the database of a locked data folder. The audit key is in a file of its own, made where missing.

    Raises Unusable, apsw.Error, OSError.
    """
    path = folder / "service.db"
    connection = connections.writer(path)
    path.chmod(0o600)  # it holds platform tokens and the key that seals ours
    tables.prepare(connection)
    connection.execute("INSERT OR IGNORE INTO secret VALUES ('key', ?)", (secrets.token_bytes(32),))
    sealing = connection.execute("SELECT value FROM secret WHERE name = 'key'").fetchone()
    assert sealing is not None
    trail = _trail(connection, _key(audit_key or folder / "audit.key"), folder / "audit.head")
    connection.close()
    return Opened(path, bytes(sealing[0]), trail)


def newest(connection: apsw.Connection) -> Head:
    """The newest link of a database's chain."""
    found = connection.execute("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    return Head(*found) if found else START


def hash_at(connection: apsw.Connection, number: int) -> bytes | None:
    """The hash of one link; None where there is no such link."""
    found = connection.execute("SELECT hash FROM audit WHERE number = ?", (number,)).fetchone()
    return found[0] if found else None


def _key(path: Path) -> bytes:
    if not path.exists():
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(file, secrets.token_bytes(32))
        os.fsync(file)
        os.close(file)
    key = path.read_bytes()
    if not 32 <= len(key) <= 64:
        raise Unusable(f"{path} is no audit key: 32 to 64 bytes are wanted; put the right file back")
    return key


def _trail(connection: apsw.Connection, key: bytes, head_file: Path) -> Trail:
    anchor = Anchor(head_file, key)
    head, anchored = newest(connection), anchor.read()
    on_chain = hash_at(connection, anchored.number) if anchored else None
    trail = Trail(key, head, anchor, chain.begin_note(head, anchored, on_chain))
    if anchored is None and head == START:
        anchor.write(START)  # so that a kill within the first commit looks like what it is
    if head == START:
        _adopt(connection, trail)
    return trail


def _adopt(connection: apsw.Connection, trail: Trail) -> None:
    """Begin the chain with every row that is there: one that is older than the chain is as it is from now on."""
    links = []
    with connection:
        for record in AUDITED:
            rows = tables.scan(connection, record)
            while some := list(islice(rows, ADOPTED_AT_ONCE)):
                links.append(trail.append(connection, {record: _by_key(record, some)}))
                trail.head, trail.note = Head(links[-1].number, links[-1].hash), ""
    trail.committed(links[-1])


def _by_key(
    record: type[Record], rows: list[tuple[object, ...]]
) -> dict[tuple[object, ...], tuple[object, ...] | None]:
    return {tables.key_of(record)(row): kept(record, row) for row in rows}
