"""A backup in the database's place: verified first, then exchanged in one step, and told of in the audit chain (R6.4).

    copy -> verify -> [the service stops] -> the copy's chain gets the link `restored: N HASH` -> the old database goes
    among the backups -> rename -> [the service opens what is there now]

N and HASH are what was anchored: by that link a start tells a restore from a chain that was cut. A kill at any moment
leaves either the old database or the new one.
"""

import shutil
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import apsw

from reference_service.storage import chain, connections, migrations
from reference_service.storage.anchor import Anchor
from reference_service.storage.backups import Backups, sync
from reference_service.storage.chain import START
from reference_service.storage.digests import Digests
from reference_service.storage.migrations import Unusable
from reference_service.storage.trail import insert, newest
from reference_service.storage.verifying import verify

COPY: Final = "restore.part"


class Refused(Exception):
    """The file is no whole backup of this service; the text says why. Nothing was changed."""


def prepare(folder: Path, source: Path, key: bytes) -> Path:
    """Copy a backup beside the database and verify the copy. Raises Refused."""
    copy = folder / COPY
    try:
        shutil.copyfile(source, copy)
        copy.chmod(0o600)
        _examine(copy, key)
    except (apsw.Error, OSError, Unusable) as error:
        copy.unlink(missing_ok=True)
        raise Refused(f"{source.name} cannot be restored: {error}") from None
    return copy


def exchange(folder: Path, copy: Path, key: bytes, backups: Backups, now: float) -> None:
    """Put a prepared copy in the place of a database that nobody has open. Raises apsw.Error, OSError."""
    anchor = Anchor(folder / "audit.head", key)
    anchored = anchor.read()
    if anchored is None:
        anchor.write(anchored := START)
    anchor.close()
    with closing(connections.writer(copy)) as connection:
        note = chain.restored_note(anchored)
        insert(connection, chain.link(key, newest(connection).head, time.time(), note, Digests(key).body({})))
        connection.pragma("journal_mode", "delete")
    current = folder / "service.db"
    aside = None
    if current.exists():
        with closing(connections.writer(current)) as connection:
            connection.pragma("journal_mode", "delete")  # so that all of it is in the one file
        aside = backups.adopt(current)
    copy.replace(current)
    sync(folder)
    if aside:
        backups.describe(aside, "before a restore", now)


def _examine(copy: Path, key: bytes) -> None:
    with closing(connections.writer(copy)) as connection:
        connection.pragma("journal_mode", "delete")
        migrations.check(connection)
    report = verify(copy, key, START)
    if report.head == START:
        raise Unusable("it has no audit chain")
    if report.found:
        first = report.findings[0]
        where = f"{report.found} findings, the first: {first.table} {first.key} {first.sin}"
        raise Unusable(f"its audit chain does not hold with this service's audit key ({where})")
