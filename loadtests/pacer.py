"""Never more messages a second than allowed, whatever has piled up: each message gets a place in time. Pure."""


class Pacer:
    """Hands out places, evenly apart, none in the past: what is late is never caught up in a burst."""

    def __init__(self) -> None:
        self._free = 0.0  # when the next place is

    def wait_s(self, now: float, per_s: float) -> float:
        """Seconds from `now` to a place of one's own, at most `per_s` places a second; 0 = no limit."""
        if per_s <= 0:
            return 0.0
        place = max(now, self._free)
        self._free = place + 1.0 / per_s
        return place - now
