"""What is done every night, one after the other: the purge, then a backup, then old backups go (R6.4)."""

import asyncio
import contextlib
from typing import Final

from reference_service.domain import retention
from reference_service.shell.clock import Clock
from reference_service.shell.jobs import Busy, Jobs
from reference_service.shell.logs import log
from reference_service.storage.backups import Backup
from reference_service.storage.vault import Vault

BACKUP: Final = "backup"


class Night:
    """`keep_days` is how long backups are kept; with 0 none is made at night, and none is deleted."""

    def __init__(self, vault: Vault, clock: Clock, jobs: Jobs, keep_days: int) -> None:
        self._vault, self._clock, self._jobs, self._keep_days = vault, clock, jobs, keep_days
        jobs.offer(BACKUP, self.backup)
        jobs.offer(retention.NIGHT, self.run)

    async def run(self) -> None:
        """The purge stands first, so that the night's backup has nothing of what was purged. Raises StorageError."""
        with contextlib.suppress(Busy):
            await self._jobs.run(retention.JOB)
        if self._keep_days:
            with contextlib.suppress(Busy):
                await self._jobs.run(BACKUP)
            oldest = self._clock.now() - self._keep_days * retention.DAY_S
            log("backups_deleted", backups=await asyncio.to_thread(self._vault.backups.prune, oldest))

    async def backup(self) -> Backup:
        """Make a backup now, in a thread. Raises apsw.Error, OSError."""
        vault = self._vault
        made = await asyncio.to_thread(vault.backups.make, vault.database, "made", self._clock.now())
        log("backup_made", id=made.id, bytes=made.bytes, number=made.number)
        return made
