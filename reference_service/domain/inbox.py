"""How much waits for its commit, and whether one more of a shop may: a noisy shop leaves room for others (LIMIT-1)."""

from collections import Counter
from collections.abc import Hashable


class Inbox:
    """Webhooks taken in and not yet durable, counted by their shop.

    One shop gets at most half of the room, and a few places of its own stand beside it: who has less than that waiting
    is never refused because of others. `refused` counts since somebody last emptied it (overload.py).
    """

    def __init__(self, limit: int) -> None:
        self.waiting = 0
        self.refused = Counter[Hashable]()
        self._limit = limit
        self._few = max(1, limit // 100)
        self._of: dict[Hashable, int] = {}

    def admits(self, shop: Hashable) -> bool:
        """Whether one more of this shop may wait; a refusal is counted."""
        mine = self._of.get(shop, 0)
        if mine < self._few or (self.waiting < self._limit and 2 * mine < self._limit):
            return True
        self.refused[shop] += 1
        return False

    def enter(self, shop: Hashable) -> None:
        """One more waits."""
        self.waiting += 1
        self._of[shop] = self._of.get(shop, 0) + 1

    def leave(self, shop: Hashable) -> None:
        """One is durable, or failed."""
        self.waiting -= 1
        self._of[shop] -= 1
        if not self._of[shop]:
            del self._of[shop]
