"""One JSON line an event on stdout; never a text somebody wrote, a name, a password or a token.

JSON escapes line ends, so no fact can look like a line of its own.
"""

import logging
import re
import sys
import time
import traceback
from pathlib import Path

import msgspec

LONGEST = 300  # characters of a fact
LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}  # those that JSON leaves as they are


def log(event: str, **facts: str | float | bool | None) -> None:
    """Write one line: the event's name, Unix seconds, and facts about it."""
    short = {name: fact[:LONGEST] if isinstance(fact, str) else fact for name, fact in facts.items()}
    line = msgspec.json.encode({"t": round(time.time(), 3), "event": event, **short})
    sys.stdout.write(line.decode().translate(LINE_ENDS) + "\n")
    sys.stdout.flush()


def without_values(reason: str) -> str:
    """Why an input was refused, without what stood in it: a validator's words quote the value."""
    return re.sub(r"'.*'", "'...'", reason, flags=re.DOTALL)


def where(error: BaseException) -> str:
    """The type of an error and the place it was raised at; not its words, which may quote anything."""
    steps = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(steps[-1].filename).name}:{steps[-1].lineno}" if steps else ""
    return type(error).__name__ + place


class Lines(logging.Handler):
    """What libraries log, as such lines: who, how bad and where, and the format of the words without their values."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        words = str(record.msg) if record.name.startswith("uvicorn") and not record.args else ""
        what = where(error) if error else None
        log("library", name=record.name, level=record.levelname, words=words.strip(), error=what)


def capture() -> None:
    """Let everything that libraries log from a warning on become such a line."""
    root = logging.getLogger()
    root.handlers[:] = [Lines(logging.WARNING)]
    root.setLevel(logging.WARNING)
