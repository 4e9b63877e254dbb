"""Queues of pushes, one lane a conversation: inside a lane one after the other, across lanes so many at once.

add ──▶ ready ──take──▶ flying ──finish──▶ gone; the lane's next is ready
                         │   ▲
                       rest resume
                         ▼   │
                        resting        (waits for a retry, or is held back: takes no place among the flying)
"""

from collections import deque
from collections.abc import Callable, Hashable
from itertools import islice
from typing import Generic, TypeVar

L = TypeVar("L", bound=Hashable)
P = TypeVar("P")


class Lanes(Generic[L, P]):
    """Pure bookkeeping; a lane exists only while it has something in it. `waiting` counts all not yet finished.

    `flying` counts lanes, of which several may fly together.
    """

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

    def take_more(self, lane: L, room: int, fits: Callable[[P], bool]) -> list[tuple[L, list[P]]]:
        """Up to `room` items that fly with the first of `lane`: what fits behind it, then of the lanes next ready."""
        taken: list[tuple[L, list[P]]] = []
        own = self._fitting(lane, 1, room, fits)
        taken.append((lane, own))
        room -= len(own)
        while room > 0 and self._ready and fits(self._lanes[self._ready[0]][0]):
            other = self._ready.popleft()
            self.flying += 1
            items = self._fitting(other, 0, room, fits)
            taken.append((other, items))
            room -= len(items)
        return taken

    def finish(self, lane: L, count: int = 1) -> None:
        """The lane's flying items are settled."""
        self.flying -= 1
        self.waiting -= count
        queue = self._lanes[lane]
        for _ in range(count):
            queue.popleft()
        if queue:
            self._ready.append(lane)
        else:
            del self._lanes[lane]

    def rest(self, lanes: int = 1) -> None:
        """What flies stays the first of its lanes, which wait for `resume`."""
        self.flying -= lanes

    def resume(self, lanes: int = 1) -> bool:
        """Whether what rested flies again: False where too many fly."""
        if self.flying >= self.at_once:
            return False
        self.flying += lanes
        return True

    @property
    def ready(self) -> bool:
        """Whether something waits for nothing but a place."""
        return bool(self._ready)

    def _fitting(self, lane: L, start: int, room: int, fits: Callable[[P], bool]) -> list[P]:
        items: list[P] = []
        for item in islice(self._lanes[lane], start, start + room):
            if not fits(item):
                break
            items.append(item)
        return items
