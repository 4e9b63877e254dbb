"""One process a data folder: a lock that the kernel gives up with the process, however it ends."""

import fcntl
from pathlib import Path
from typing import IO


class DataInUse(Exception):
    """Another process works in this folder; the text says which folder."""


def lock(folder: Path) -> IO[bytes]:
    """Lock a data folder until the returned file is closed. Raises DataInUse."""
    held = (folder / "lock").open("ab")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise DataInUse(f"data folder {folder} is in use by another service; choose another with --data") from None
    return held
