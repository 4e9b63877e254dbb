"""Backups beside the database, made while it is written to, known by their ids only (R6.4)."""

import hashlib
import os
import re
import secrets
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import apsw
import msgspec

from reference_service.storage import connections
from reference_service.storage.trail import newest

ID: Final = re.compile(r"b\d{8}T\d{6}-[0-9a-f]{6}")


class Backup(msgspec.Struct, frozen=True):
    """One backup; `number` and `hash` are its audit chain's head, `made_at` is Unix seconds."""

    id: str
    made_at: float
    bytes: int
    sha256: str
    number: int
    hash: str
    reason: str


class Backups:
    """The backups of one data folder: each a database file and a description."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "backups"
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for file in self._folder.iterdir():  # what a kill left half-made
            if not file.with_suffix(".json").exists():
                file.unlink()

    def all(self) -> list[Backup]:
        """Every backup, the newest last."""
        found = [msgspec.json.decode(file.read_bytes(), type=Backup) for file in self._folder.glob("*.json")]
        return sorted(found, key=lambda backup: (backup.made_at, backup.id))

    def file(self, name: str) -> Path | None:
        """The database file of a backup; None where there is none of this id."""
        path = self._folder / f"{name}.db"
        return path if ID.fullmatch(name) and path.with_suffix(".json").exists() else None

    def make(self, database: Path, reason: str, now: float) -> Backup:
        """Copy a database as it is at this moment, compact; its writer is not held up. Raises apsw.Error, OSError."""
        path = self._new()
        with closing(connections.writer(database)) as connection:
            connection.execute("VACUUM INTO ?", (str(path),))
        return self.describe(path, reason, now)

    def adopt(self, database: Path) -> Path:
        """Take a closed database among the backups by a second name, to be described once the first is gone."""
        path = self._new()
        os.link(database, path)
        return path

    def describe(self, path: Path, reason: str, now: float) -> Backup:
        """Finish a backup: from now on it is one. Raises apsw.Error, OSError."""
        path.chmod(0o600)
        with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
            head = newest(connection)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        made = Backup(path.stem, now, path.stat().st_size, digest, head.number, head.hash.hex(), reason)
        part = path.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(made))
        part.replace(path.with_suffix(".json"))
        sync(self._folder)
        return made

    def prune(self, older_than: float) -> int:
        """Delete the backups made before a moment, Unix seconds; how many went."""
        gone = [backup for backup in self.all() if backup.made_at < older_than]
        for backup in gone:
            for suffix in (".json", ".db"):
                (self._folder / backup.id).with_suffix(suffix).unlink()
        return len(gone)

    def _new(self) -> Path:
        return self._folder / f"b{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}.db"


def sync(folder: Path) -> None:
    """Let the names in a folder survive a power loss. Raises OSError."""
    opened = os.open(folder, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)
