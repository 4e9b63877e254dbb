"""How the database is opened: by its one writer, by readers, and to empty its write-ahead log."""

import time
from contextlib import closing
from pathlib import Path
from typing import Final

import apsw

BUSY_MS: Final = 5000  # how long to wait for a lock that another process or a checkpoint holds
CHECKPOINT_PAGES: Final = 1000  # a checkpoint stops the writer, and the longer the more pages there are
AGAIN_S: Final = 0.2


def writer(path: Path) -> apsw.Connection:
    """A connection whose commits survive a power loss, and whose deleted and replaced values are overwritten."""
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(BUSY_MS)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")  # NORMAL may lose an acknowledged commit on power loss (GATEWAY-4)
    connection.pragma("secure_delete", "on")  # what is purged must not be readable in the file (RETAIN-1)
    connection.pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
    return connection


def reader(path: Path) -> apsw.Connection:
    """A connection that cannot write."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(BUSY_MS)
    return connection


def empty_log(path: Path, patience_s: float) -> bool:
    """Empty the write-ahead log, so that no older page is in it; False where somebody reads an older state too long.

    Most of it is brought into the database beside the writer; only the rest makes the writer wait, for a moment.
    """
    until = time.monotonic() + patience_s
    with closing(writer(path)) as connection:
        connection.set_busy_timeout(0)
        while True:
            try:
                connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
                connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            except apsw.BusyError:
                if time.monotonic() > until:
                    return False
                time.sleep(AGAIN_S)
            else:
                return True
