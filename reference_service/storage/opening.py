"""From a data folder to an open database: its version, the keys, and the audit chain with its anchor."""

import os
import secrets
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import apsw

from reference_service.storage import chain, connections, migrations, tables
from reference_service.storage.anchor import Anchor
from reference_service.storage.chain import START
from reference_service.storage.migrations import Unusable
from reference_service.storage.trail import Trail, newest

KEY_SIZES = range(32, 65)


class Opened(NamedTuple):
    """The database's file, the key that seals tokens and passwords, and the audit chain's writing end."""

    path: Path
    key: bytes
    trail: Trail


def open_database(folder: Path, key: bytes) -> Opened:
    """Make or open the database of a locked data folder. Raises Unusable, apsw.Error, OSError."""
    path = folder / "service.db"
    with closing(connections.writer(path)) as connection:
        path.chmod(0o600)  # it holds platform tokens and the key that seals ours
        migrations.check(connection)
        tables.prepare(connection)
        connection.execute("INSERT OR IGNORE INTO secret VALUES ('key', ?)", (secrets.token_bytes(32),))
        sealing = connection.execute("SELECT value FROM secret WHERE name = 'key'").fetchone()
        assert sealing is not None
        trail = _trail(connection, key, folder / "audit.head")
        migrations.bring_forward(connection, trail)
    return Opened(path, bytes(sealing[0]), trail)


def audit_key(folder: Path, file: Path | None) -> bytes:
    """The audit key: in this file, or in one of the data folder that is made where missing. Raises Unusable."""
    path = file or folder / "audit.key"
    if not path.exists() and file is None:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(opened, secrets.token_bytes(KEY_SIZES[0]))
        os.fsync(opened)
        os.close(opened)
    key = path.read_bytes() if path.is_file() else b""
    if len(key) not in KEY_SIZES:
        raise Unusable(f"{path} is no audit key: a file of {KEY_SIZES[0]} to {KEY_SIZES[-1]} bytes is wanted")
    return key


def _trail(connection: apsw.Connection, key: bytes, head_file: Path) -> Trail:
    anchor = Anchor(head_file, key)
    link, anchored = newest(connection), anchor.read()
    on_chain = _hash_at(connection, anchored.number) if anchored else None
    trail = Trail(key, link.head, anchor, chain.begin_note(link, anchored, on_chain))
    if anchored is None and link.head == START:
        anchor.write(START)  # so that a kill within the first commit looks like what it is
    if anchored is not None and link.note == chain.restored_note(anchored):
        anchor.write(link.head)
    return trail


def _hash_at(connection: apsw.Connection, number: int) -> bytes | None:
    found = connection.execute("SELECT hash FROM audit WHERE number = ?", (number,)).fetchone()
    return found[0] if found else None
