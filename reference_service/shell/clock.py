"""Unix seconds that never jump: the wall clock at start, moved on by the monotonic one."""

import time


class Clock:
    """Reads Unix seconds."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        """Unix seconds."""
        return self._offset + time.monotonic()
