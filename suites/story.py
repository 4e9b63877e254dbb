"""What happened in a test, in order, in words: what a failure shows."""

from collections import deque
from time import monotonic
from typing import Final

KEPT: Final = 400
SHOWN: Final = 60


class Story:
    """Lines with their second since the test began. Nothing secret is told to it."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=KEPT)
        self._begun = monotonic()

    def begin(self) -> None:
        """A new test: an empty page."""
        self._lines.clear()
        self._begun = monotonic()

    def tell(self, who: str, what: str) -> None:
        """One more line."""
        self._lines.append(f"{monotonic() - self._begun:7.3f} s  {who:14} {what}")

    def text(self) -> str:
        """The newest lines, oldest first."""
        lines = list(self._lines)
        left_out = [f"… {len(lines) - SHOWN} lines before"] if len(lines) > SHOWN else []
        return "\n".join([*left_out, *lines[-SHOWN:]])
