"""An agent's score: response speed, satisfaction and conversion, from what really happened (R8.2, SCORE-1); pure.

score = 40 x speed + 40 x satisfaction + 20 x conversion, 0 to 100; None where one of them has nothing to rest on

speed         1 for a mean wait of 30 s and less, 0 from 3 min on, in a straight line between (business seconds)
satisfaction  the agent's ratings of 4 and 5 stars / all of the agent's
conversion    customers the agent replied to who began an order within 24 h of the first such reply / all such customers
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from reference_service.domain.ratings import Rating
from reference_service.domain.response_times import Round, mean

WEIGHTS: Final = {"speed": 40.0, "satisfaction": 40.0, "conversion": 20.0}
BEST_S, WORST_S = 30.0, 180.0
CONVERTS_S: Final = 86_400.0


class AgentScore(msgspec.Struct, frozen=True):
    """One agent's; shares are 0 to 1, None of nothing. `served` are customers, `ordered` those of them who bought."""

    agent_id: str
    rounds: int
    response_s: float | None
    ratings: int
    satisfaction: float | None
    served: int
    ordered: int
    conversion: float | None
    score: float | None


def speed_points(response_s: float) -> float:
    """1 at BEST_S and below, 0 at WORST_S and above."""
    return min(1.0, max(0.0, (WORST_S - response_s) / (WORST_S - BEST_S)))


def score(
    agent_id: str,
    rounds: Iterable[Round],
    ratings: Iterable[Rating],
    customer_of: Mapping[str, str],
    orders: Mapping[str, Sequence[float]],
    speed: float,
) -> AgentScore:
    """An agent's score over a period's rounds and ratings.

    `customer_of` names the customer of each conversation, `orders` when each customer began an order (Unix seconds).
    """
    mine = [one for one in rounds if one.agent_id == agent_id]
    stars = [rating.satisfied for rating in ratings if rating.agent_id == agent_id]
    waited = mean([one.wait_s for one in mine])
    response_s = None if waited is None else waited * speed
    satisfaction = sum(stars) / len(stars) if stars else None
    first: dict[str, float] = {}
    for one in mine:
        customer = customer_of[one.conversation_id]
        first[customer] = min(first.get(customer, float("inf")), one.answered or 0.0)
    ordered = sum(
        any(at <= placed < at + CONVERTS_S for placed in orders.get(customer, ())) for customer, at in first.items()
    )
    conversion = ordered / len(first) if first else None
    whole = None
    if response_s is not None and satisfaction is not None and conversion is not None:
        parts = {"speed": speed_points(response_s), "satisfaction": satisfaction, "conversion": conversion}
        whole = sum(WEIGHTS[name] * part for name, part in parts.items())
    return AgentScore(agent_id, len(mine), response_s, len(stars), satisfaction, len(first), ordered, conversion, whole)
