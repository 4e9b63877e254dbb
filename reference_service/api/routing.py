"""The shop's rules of routing, what they would decide, and who waits (ROUTE-3, ROUTE-4)."""

from itertools import islice
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.requests import answer, floor_of, number, read, signed_in
from reference_service.api.settings import reads, replaces
from reference_service.domain import queueing, routing, waiting
from reference_service.domain.configuring import setting
from reference_service.domain.grades import Grade, Profile
from reference_service.domain.queueing import TIERS, Tier
from reference_service.domain.records import Priority
from reference_service.domain.routing_rules import RoutingRules

AgentId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class RoutingProfile(msgspec.Struct):
    """As openapi.yaml says."""

    grade: Grade = "new"
    high_spender: bool = False
    tags: Annotated[list[Tag], msgspec.Meta(max_length=20)] = []
    last_agent_id: AgentId | None = None
    dedicated_agent_id: AgentId | None = None
    priority: Priority = "normal"


class PassedRule(msgspec.Struct):
    """As openapi.yaml says."""

    rule: str
    why: routing.Why
    detail: str


class RoutingDecision(msgspec.Struct):
    """As openapi.yaml says."""

    rule: str
    agent_id: str | None
    passed: list[PassedRule]
    tier: Tier


class QueueTier(msgspec.Struct):
    """As openapi.yaml says."""

    tier: Tier
    waiting: int
    longest_wait_s: float


class QueuePlace(msgspec.Struct):
    """As openapi.yaml says."""

    position: Annotated[int, msgspec.Meta(ge=1)]
    conversation_id: str
    tier: Tier
    waits_since: float
    wait_s: float
    rises_at: float | None


class Queues(msgspec.Struct):
    """As openapi.yaml says."""

    waiting: int
    tiers: list[QueueTier]
    places: list[QueuePlace]


async def preview(request: Request) -> Response:
    """What the rules decide now for a profile, and why not earlier ones."""
    engine, person = signed_in(request)
    asked = await read(request, RoutingProfile)
    floor = floor_of(engine, person)
    profile = Profile(asked.grade, asked.high_spender, tuple(asked.tags), asked.last_agent_id, asked.dedicated_agent_id)
    decision = routing.decide(setting(floor, RoutingRules).rules, profile, list(routing.ready(floor)))
    seen = RoutingDecision(
        decision.rule,
        decision.desk.person.id if decision.desk else None,
        [PassedRule(*passed) for passed in decision.passed],
        TIERS[queueing.begins(profile, asked.priority)],
    )
    await engine.settled()
    return answer(seen)


async def queues(request: Request) -> Response:
    """The tiers, and the first places of all."""
    engine, person = signed_in(request)
    limit = number(request, "limit", 100, 1, 1000)
    floor, now = floor_of(engine, person), engine.clock.now()
    queue = floor.queue
    tiers = {tier: QueueTier(tier, 0, 0.0) for tier in TIERS}
    for thread in queue:
        tier = tiers[TIERS[queue.tier(thread)]]
        tier.waiting += 1
        tier.longest_wait_s = max(tier.longest_wait_s, now - thread.conversation.waits_since)
    places = [
        QueuePlace(
            position,
            thread.conversation.id,
            TIERS[queue.tier(thread)],
            thread.conversation.waits_since,
            max(0.0, now - thread.conversation.waits_since),
            waiting.standing(floor, thread, now).rises_at,
        )
        for position, thread in enumerate(islice(queue, limit), 1)
    ]
    seen = Queues(len(queue), list(tiers.values()), places)
    await engine.settled()
    return answer(seen)


ROUTES = (
    Route("/api/v1/routing-rules", reads(RoutingRules)),
    Route("/api/v1/routing-rules", replaces(RoutingRules), methods=["PUT"]),
    Route("/api/v1/routing/preview", preview, methods=["POST"]),
    Route("/api/v1/queues", queues),
)
