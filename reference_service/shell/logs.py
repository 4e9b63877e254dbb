"""One JSON line an event on stdout; never a message's text, a password or a token."""

import sys
import time

import msgspec


def log(event: str, **facts: str | float | bool | None) -> None:
    """Write one line: the event's name, Unix seconds, and facts about it."""
    line = msgspec.json.encode({"t": round(time.time(), 3), "event": event, **facts})
    sys.stdout.write(line.decode() + "\n")
    sys.stdout.flush()
