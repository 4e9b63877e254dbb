"""What each platform's webhook module offers: whose bytes these are, and what they say. Pure."""

import hmac
from collections.abc import Mapping
from typing import Protocol

from reference_service.domain.events import Pushed


class Webhook(Protocol):
    """`apps` maps each app key to its secret; header names are lower-case."""

    @property
    def PATH(self) -> str:
        """Where the platform pushes to."""
        ...

    def genuine(self, apps: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
        """Whether one of our apps' secrets signed these raw bytes (GATEWAY-1); compares in constant time."""
        ...

    def parse(self, headers: Mapping[str, str], body: bytes) -> Pushed:
        """Read a genuine body. Raises EventError where none of it can be read."""
        ...


def same(right: str, given: str) -> bool:
    """Whether a signature is the right one, in constant time."""
    return hmac.compare_digest(right.encode(), given.encode("latin-1", "replace"))
