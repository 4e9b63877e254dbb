"""The limits of this process that are counted over time, and how often each limit was hit (LIMIT-1)."""

import math
from collections import Counter

from reference_service.domain.rates import Buckets
from reference_service.settings import Settings


class Limits:
    """`hits` counts refusals by the limit's name; times are the clock's real seconds, waits whole ones."""

    def __init__(self, settings: Settings) -> None:
        self.hits = Counter[str]()
        self.unnamed = 0  # connections that have not said yet which device they are
        self._rates = {
            "login_failures": Buckets(settings.login_failures),
            "peer_failures": Buckets(settings.peer_failures),
            "peer_rate": Buckets(settings.peer_rate),
            "caller_rate": Buckets(settings.caller_rate),
            "shop_rate": Buckets(settings.shop_rate),
        }

    def take(self, limit: str, key: str, now: float) -> int:
        """Count one against a limit; 0, or the seconds after which it would be taken."""
        return self._told(limit, self._rates[limit].take(key, now))

    def wait(self, limit: str, key: str, now: float) -> int:
        """The seconds after which one would be taken; 0 for now."""
        return self._told(limit, self._rates[limit].wait(key, now))

    def _told(self, limit: str, wait: float) -> int:
        if wait > 0.0:
            self.hits[limit] += 1
        return math.ceil(wait)
