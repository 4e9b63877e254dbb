"""Unix seconds that never jump by themselves: the wall clock at start, moved on by the monotonic one."""

import time


class Clock:
    """Two readings: `now` is the business's time, which a test may move ahead; `real` never leaves the world's."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()
        self._ahead = 0.0

    def now(self) -> float:
        """Unix seconds of the business."""
        return self.real() + self._ahead

    def real(self) -> float:
        """Unix seconds; of tokens, heartbeats and calls, whatever the business's time is."""
        return self._offset + time.monotonic()

    def jump(self, seconds: float) -> None:
        """Move the business's time ahead."""
        self._ahead += seconds
