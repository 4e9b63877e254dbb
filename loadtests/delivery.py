"""Brings a finished stream from a host without the run's folder to the gateway, which has it."""

import logging
from pathlib import Path

import gevent

from simulators.douyin.door_client import DoorError, Doors

ATTEMPTS = 3
PAUSE_S = 1.0

_log = logging.getLogger("golive.history")


def deliver(path: Path, doors: Doors, run: str) -> bool:
    """Leave the stream at the gateway and remove the local copy; where that fails, say where the copy is."""
    why: OSError | None = None
    for attempt in range(ATTEMPTS):
        gevent.sleep(PAUSE_S * attempt)
        try:
            doors.leave(path.stem, path)
        except DoorError as error:
            why = error
        else:
            path.unlink()
            return True
    _log.error(
        "%s\nThe record of this host stays here: %s\n"
        "Bring it to golive's host by hand, and there:  golive gather runs/%s %s",
        why,
        path,
        run,
        path.name,
    )
    return False
