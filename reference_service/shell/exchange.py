"""A restore into the running service: verified beside the traffic, exchanged while nothing is under way (R6.4)."""

import asyncio
import time
from pathlib import Path
from typing import Final

from reference_service.domain import retention
from reference_service.shell.engine import Engine
from reference_service.shell.jobs import Busy
from reference_service.shell.logs import log
from reference_service.storage import restoring

RESTARTING: Final = 1012  # WebSocket: the service restarts
PATIENCE_S: Final = 10.0  # for requests and jobs under way
LOOK_S: Final = 0.02


async def restore(engine: Engine, source: Path) -> None:
    """Go on from a backup: everything after it is set aside. Raises Refused, and Busy where work does not end in time.

    Devices are disconnected and none may resume: the dispatch logs go on from older places.
    """
    vault, began = engine.vault, time.monotonic()
    copy = await asyncio.to_thread(restoring.prepare, vault.folder, source, vault.key)
    engine.ready = False  # whoever asks now is told to come again
    try:
        await _stillness(engine)
    except Busy:
        copy.unlink()
        engine.ready = True
        raise
    await engine.shut()
    try:
        await asyncio.to_thread(restoring.exchange, vault.folder, copy, vault.key, vault.backups, engine.clock.now())
    finally:
        await engine.open(resumable=False)  # the old database or the new one: what is in its place is whole
    log("restored", backup=source.stem, seconds=round(time.monotonic() - began, 3))
    engine.jobs.start(retention.JOB)  # a backup may hold what has been purged since


async def _stillness(engine: Engine) -> None:
    """Wait until this request is the only one, no other job is under way and no device connected. Raises Busy."""
    until = time.monotonic() + PATIENCE_S
    while engine.requests > 1 or engine.hub.all() or engine.jobs.others():
        for link in engine.hub.all():
            link.close(RESTARTING)
        if time.monotonic() > until:
            raise Busy("requests")
        await asyncio.sleep(LOOK_S)
