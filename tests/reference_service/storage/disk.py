"""A disk that can lose power, fill up or fail: SQLite's file system with a hand on it."""

import random
import threading
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


class Disk(apsw.VFS):
    """Until it is unregistered every new SQLite connection of this process uses it.

    What was written and not synced is lost with the power, or stays, sector by sector as chance has it. `full` and
    `broken` make writes and syncs fail. A file that was never synced is lost as a whole.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__("disk", "unix", makedefault=True)
        self.chance = random.Random(seed)
        self.lock = threading.Lock()
        self.synced: dict[str, bytes] = {}  # by path: what the platters have
        self.full = self.broken = False

    def xOpen(self, name: Any, flags: list[int]) -> "File":
        return File(self, name, flags)

    def lose_power(self, folder: Path, into: Path) -> None:
        """What is found in a folder after a power loss at this moment, as files of another; this process writes on."""
        with self.lock:
            for path, durable in self.synced.items():
                if Path(path).parent != folder or not Path(path).exists():
                    continue
                written = Path(path).read_bytes()
                size = max(len(durable), len(written))
                images = durable.ljust(size, b"\0"), written.ljust(size, b"\0")
                left = (self.chance.choice(images)[at : at + SECTOR] for at in range(0, size, SECTOR))
                (into / Path(path).name).write_bytes(b"".join(left))


class File(apsw.VFSFile):
    """One file of the disk."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        self._disk = disk
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)

    def xWrite(self, data: Any, offset: int) -> None:
        if self._disk.full:
            raise apsw.FullError("the disk is full")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        if self._disk.broken:
            raise apsw.IOError("the disk does not answer")
        super().xSync(flags)
        with self._disk.lock:
            self._disk.synced[self._path] = Path(self._path).read_bytes()

    def xLock(self, level: int) -> None:
        try:
            super().xLock(level)
        except apsw.IOError:  # a reader that closes last asks for a lock it cannot have; SQLite itself lets that pass
            raise apsw.BusyError("not for a reader") from None
