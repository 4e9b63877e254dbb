"""What must happen at a moment: at most one entry for a kind and a key, the earliest first."""

import heapq
from typing import NamedTuple


class Due(NamedTuple):
    """`kind` names the feature's clock, `key` what it is set for (a conversation, a complaint)."""

    at: float
    kind: str
    key: str


class Agenda:
    """Setting a clock again moves it. Kept in memory: recovery sets the clocks anew from the rows."""

    def __init__(self) -> None:
        self._set: dict[tuple[str, str], float] = {}
        self._heap: list[Due] = []

    def set(self, kind: str, key: str, at: float) -> None:
        """Let it be due at this moment, Unix seconds."""
        self._set[kind, key] = at
        heapq.heappush(self._heap, Due(at, kind, key))

    def bring_forward(self, kind: str, key: str, at: float) -> None:
        """Let it be due at this moment, or as before where that is earlier: its feature then sets the next."""
        known = self._set.get((kind, key))
        if known is None or at < known:
            self.set(kind, key, at)

    def cancel(self, kind: str, key: str) -> None:
        """Nothing is due any more."""
        self._set.pop((kind, key), None)

    def when(self, kind: str, key: str) -> float | None:
        """When it is due."""
        return self._set.get((kind, key))

    def next(self, now: float) -> Due | None:
        """Take the earliest entry that is due by now; None when there is none."""
        while self._heap and self._heap[0].at <= now:
            due = heapq.heappop(self._heap)
            if self._set.get((due.kind, due.key)) == due.at:
                del self._set[due.kind, due.key]
                return due
        return None
