"""The dashboard: every figure of R5 and each agent's score, with their formulas' names (METRIC-1, SCORE-1)."""

import asyncio
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, signed_in
from reference_service.domain.figures import Figure, figures
from reference_service.domain.scores import AgentScore, score
from reference_service.storage import past

WEEK_S: Final = 7 * 86_400.0
LONGEST_S: Final = 400 * 86_400.0


class MetricsSummary(msgspec.Struct, rename={"from_": "from"}):
    """As openapi.yaml says."""

    from_: float
    until: float
    visits: int
    figures: list[Figure]
    agents: list[AgentScore]


async def summary(request: Request) -> Response:
    """Every figure of a period, by default the week until now; computed beside the event loop."""
    engine, person = signed_in(request)
    until = _moment(request, "until", engine.clock.now())
    since = _moment(request, "from", until - WEEK_S)
    if not since < until <= since + LONGEST_S:
        raise Problem(422, "malformed", "from must lie before until, 400 days at most")
    await engine.settled()
    whole = await asyncio.to_thread(past.read, engine.path, person.shop_id, since, until, engine.world.speed)
    rounds, speed = whole.past.all_rounds(), engine.world.speed
    scores = [
        score(agent, rounds, whole.past.ratings, whole.customer_of, whole.orders, speed)
        for agent in floor_of(engine, person).desks
    ]
    return answer(MetricsSummary(since, until, len(whole.past.visits), figures(whole.past), scores))


def _moment(request: Request, name: str, default: float) -> float:
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        moment = float(text)
    except ValueError:
        moment = -1.0
    if not (len(text) <= 32 and 0 <= moment <= 1e11):
        raise Problem(422, "malformed", f"{name} must be Unix seconds")
    return moment


ROUTES: Final[tuple[BaseRoute, ...]] = (Route("/api/v1/metrics/summary", summary),)
