"""The gateway's log: our own failures in full, trouble with connections sparingly, strangers' mistakes not at all."""

import logging
import sys
from time import monotonic
from typing import Final

from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError

THEIRS: Final = (HttpProcessingError, RequestPayloadError, ConnectionError)

EVERY_S: Final = 10.0


class SparingLog:
    """Lines on stderr; the same kind of trouble comes by the thousand, so each is told once in ten seconds."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def tell(self, what: str) -> None:
        """Print a line, unless it was printed in the last ten seconds."""
        now = monotonic()
        if now >= self._told.get(what, 0.0) + EVERY_S:
            self._told[what] = now
            print(what, file=sys.stderr, flush=True)


def quiet() -> logging.Logger:
    """A logger for aiohttp's server: whoever sends what is malformed is answered 400, and must not fill a disk."""
    logger = logging.getLogger("simulators.douyin.server")
    if not logger.filters:
        logger.addFilter(_ours)
    return logger


def _ours(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], THEIRS))
