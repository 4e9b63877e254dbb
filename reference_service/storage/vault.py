"""A data folder's backups and its audit key: what outlives an exchange of the database."""

import shutil
from pathlib import Path

from reference_service.storage import restoring
from reference_service.storage.backups import Backups
from reference_service.storage.restoring import COPY
from reference_service.storage.verifying import SCRATCH


class Vault:
    """One locked data folder."""

    def __init__(self, folder: Path, key: bytes) -> None:
        for left in (*folder.glob(f"{SCRATCH}*"), *folder.glob(COPY)):  # by a kill
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        self.folder = folder
        self.key = key
        self.backups = Backups(folder)

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.folder / "service.db"

    def restore(self, source: Path, now: float) -> None:
        """Put a backup in the place of a database that nobody has open. Raises Refused, apsw.Error, OSError."""
        copy = restoring.prepare(self.folder, source, self.key)
        restoring.exchange(self.folder, copy, self.key, self.backups, now)
