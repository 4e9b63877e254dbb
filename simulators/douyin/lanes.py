"""Queues of pushes, one lane a conversation: inside a lane one after the other, across lanes so many at once.

add ──▶ ready ──take──▶ flying ──finish──▶ gone; the lane's next is ready
          ▲               │ rest
          └────wake──── resting        (waits for a retry, or is held back: takes no place among the flying)
"""

from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

L = TypeVar("L", bound=Hashable)
P = TypeVar("P")


class Lanes(Generic[L, P]):
    """Pure bookkeeping; a lane exists only while it has something in it. `waiting` counts all not yet finished."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.flying = 0
        self.waiting = 0
        self._lanes: dict[L, deque[P]] = {}
        self._ready: deque[L] = deque()

    def add(self, lane: L, item: P) -> None:
        """Put an item at the end of its lane."""
        self.waiting += 1
        queue = self._lanes.get(lane)
        if queue is None:
            self._lanes[lane] = deque((item,))
            self._ready.append(lane)
        else:
            queue.append(item)

    def take(self) -> tuple[L, P] | None:
        """The next item that may fly now, or None; end its flight with `finish` or `rest`."""
        if not self._ready or self.flying >= self.at_once:
            return None
        lane = self._ready.popleft()
        self.flying += 1
        return lane, self._lanes[lane][0]

    def finish(self, lane: L) -> None:
        """The lane's flying item is settled."""
        self.flying -= 1
        self.waiting -= 1
        queue = self._lanes[lane]
        queue.popleft()
        if queue:
            self._ready.append(lane)
        else:
            del self._lanes[lane]

    def rest(self) -> None:
        """A flying item stays the first of its lane, which waits for `wake`."""
        self.flying -= 1

    def wake(self, lane: L) -> None:
        """The lane's first item may fly again."""
        self._ready.append(lane)
