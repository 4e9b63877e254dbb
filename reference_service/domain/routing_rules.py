"""A shop's rules of routing, as data (R7.1)."""

from typing import Annotated

import msgspec


class RoutingRules(msgspec.Struct):
    """As openapi.yaml says. Money is in fen."""

    high_spender_fen: Annotated[int, msgspec.Meta(ge=1, le=10**12)] = 100_000
