"""The limits of this process that are counted over time, each with its own buckets, and how often each was hit."""

import math
from collections import Counter

from reference_service.domain.rates import Buckets
from reference_service.settings import Settings


class Limits:
    """`hits` counts refusals by the limit's name; times are the clock's real seconds."""

    def __init__(self, settings: Settings) -> None:
        self.hits = Counter[str]()
        self._failures = {
            "login_failures": Buckets(settings.login_failures),
            "peer_failures": Buckets(settings.peer_failures),
        }

    def barred(self, login: str, peer: str, now: float) -> int:
        """For how many whole seconds nobody may try this login from there, because of what failed before; 0 for now."""
        waits = {
            "login_failures": self._failures["login_failures"].wait(login, now),
            "peer_failures": self._failures["peer_failures"].wait(peer, now),
        }
        self.hits.update(name for name, wait in waits.items() if wait > 0.0)
        return math.ceil(max(waits.values()))

    def failed(self, login: str, peer: str, now: float) -> None:
        """A password was wrong."""
        self._failures["login_failures"].take(login, now)
        self._failures["peer_failures"].take(peer, now)
