"""Who may call what: one table, and the gate in front of every route that keeps it (AUTH-1)."""

from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from reference_service.api.problems import Problem
from reference_service.api.requests import bearer, engine_of, identify, limit, operator, peer_of, signed_in

Who = Literal["anyone", "platform", "operator", "admin", "supervisor", "agent"]

ANYONE: Final[tuple[Who, ...]] = ("anyone",)
PLATFORM: Final[tuple[Who, ...]] = ("platform",)  # whoever signs with the secret of a shop's app
OPERATOR: Final[tuple[Who, ...]] = ("operator",)
ADMIN: Final[tuple[Who, ...]] = ("admin",)
LEADS: Final[tuple[Who, ...]] = ("admin", "supervisor")
DESKS: Final[tuple[Who, ...]] = ("agent", "supervisor")  # who has a dispatch log and devices
PEOPLE: Final[tuple[Who, ...]] = ("admin", "agent", "supervisor")

ACCESS: Final[dict[str, tuple[Who, ...]]] = {  # as `x-roles` in openapi.yaml
    # platform
    "POST /api/v1/douyin/im": PLATFORM,
    "POST /api/v1/douyin/doudian": PLATFORM,
    # operator
    "POST /api/v1/shops": OPERATOR,
    "DELETE /api/v1/shops/{shop_id}": OPERATOR,
    "DELETE /api/v1/test-data": OPERATOR,
    "POST /api/v1/test-hooks/clock": OPERATOR,
    "POST /api/v1/test-hooks/business-speed": OPERATOR,
    "POST /api/v1/test-hooks/reset": OPERATOR,
    # auth
    "POST /api/v1/auth/login": ANYONE,
    "POST /api/v1/auth/refresh": ANYONE,
    "POST /api/v1/auth/rotate": PEOPLE,
    # team
    "GET /api/v1/agents": PEOPLE,
    "POST /api/v1/agents": ADMIN,
    "POST /api/v1/agents/{agent_id}/availability": PEOPLE,
    "POST /api/v1/agents/{agent_id}/rotate": ADMIN,
    # conversations
    "GET /api/v1/conversations": PEOPLE,
    "GET /api/v1/conversations/{conversation_id}": PEOPLE,
    "GET /api/v1/conversations/{conversation_id}/messages": PEOPLE,
    "POST /api/v1/conversations/{conversation_id}/messages": DESKS,
    "POST /api/v1/conversations/{conversation_id}/resolve": PEOPLE,
    "PATCH /api/v1/conversations/{conversation_id}/messages/{seq}": DESKS,
    "POST /api/v1/conversations/{conversation_id}/recall": DESKS,
    "PATCH /api/v1/conversations/{conversation_id}": PEOPLE,
    "POST /api/v1/conversations/{conversation_id}/assign": LEADS,
    "POST /api/v1/conversations/{conversation_id}/transfer": PEOPLE,
    "POST /api/v1/conversations/{conversation_id}/snooze": PEOPLE,
    "POST /api/v1/conversations/{conversation_id}/reopen": PEOPLE,
    "POST /api/v1/conversations/{conversation_id}/read": DESKS,
    "POST /api/v1/conversations/{conversation_id}/typing": DESKS,
    "GET /api/v1/conversations/{conversation_id}/events": PEOPLE,
    "GET /api/v1/conversations/{conversation_id}/replay": PEOPLE,
    "GET /api/v1/sync": DESKS,
    "GET /api/v1/sync/heads": PEOPLE,
    # filter
    "GET /api/v1/sensitive-words": PEOPLE,
    "PUT /api/v1/sensitive-words": ADMIN,
    "POST /api/v1/sensitive-words/check": PEOPLE,
    # shop
    "POST /api/v1/csat": LEADS,
    "GET /api/v1/shop": PEOPLE,
    "PATCH /api/v1/shop": ADMIN,
    "GET /api/v1/shops/{shop_id}/qualification": OPERATOR,
    "POST /api/v1/shops/{shop_id}/qualification": OPERATOR,
    "POST /api/v1/shops/{shop_id}/certificates/{category}": OPERATOR,
    "GET /api/v1/readiness": PEOPLE,
    "GET /api/v1/trial": PEOPLE,
    "POST /api/v1/trial": ADMIN,
    "POST /api/v1/go-live": ADMIN,
    "GET /api/v1/on-call": PEOPLE,
    "PUT /api/v1/on-call": ADMIN,
    "GET /api/v1/incidents": PEOPLE,
    "POST /api/v1/incidents": PEOPLE,
    "GET /api/v1/incidents/{incident_id}": PEOPLE,
    "POST /api/v1/incidents/{incident_id}/ack": PEOPLE,
    "POST /api/v1/incidents/{incident_id}/resolve": PEOPLE,
    "GET /api/v1/emergency-scripts": PEOPLE,
    "POST /api/v1/emergency-scripts/{script_id}/activate": LEADS,
    "POST /api/v1/emergency-scripts/{script_id}/deactivate": LEADS,
    "GET /api/v1/canned-responses": PEOPLE,
    "POST /api/v1/canned-responses": LEADS,
    "DELETE /api/v1/canned-responses/{canned_id}": LEADS,
    "GET /api/v1/complaint-path": PEOPLE,
    "PUT /api/v1/complaint-path": ADMIN,
    "GET /api/v1/complaints": PEOPLE,
    "POST /api/v1/complaints": PEOPLE,
    "GET /api/v1/complaints/{complaint_id}": PEOPLE,
    "GET /api/v1/complaints/{complaint_id}/notes": PEOPLE,
    "POST /api/v1/complaints/{complaint_id}/notes": PEOPLE,
    "POST /api/v1/complaints/{complaint_id}/close": PEOPLE,
    # duty
    "GET /api/v1/business-hours": PEOPLE,
    "PUT /api/v1/business-hours": ADMIN,
    "GET /api/v1/big-sale": PEOPLE,
    "PUT /api/v1/big-sale": ADMIN,
    "GET /api/v1/auto-replies": PEOPLE,
    "PUT /api/v1/auto-replies": ADMIN,
    "GET /api/v1/response-tiers": PEOPLE,
    "PUT /api/v1/response-tiers": ADMIN,
    "GET /api/v1/unread-reminders": PEOPLE,
    "PUT /api/v1/unread-reminders": ADMIN,
    "GET /api/v1/auto-close": PEOPLE,
    "PUT /api/v1/auto-close": ADMIN,
    # knowledge
    "GET /api/v1/knowledge": PEOPLE,
    "POST /api/v1/knowledge": LEADS,
    "GET /api/v1/knowledge/search": PEOPLE,
    "GET /api/v1/knowledge/{article_id}": PEOPLE,
    "PATCH /api/v1/knowledge/{article_id}": LEADS,
    "DELETE /api/v1/knowledge/{article_id}": LEADS,
    # figures
    "GET /api/v1/metrics/summary": LEADS,
    # keeping
    "GET /api/v1/audit/head": OPERATOR,
    "GET /api/v1/audit/verify": OPERATOR,
    "POST /api/v1/exports": ADMIN,
    "GET /api/v1/backups": OPERATOR,
    "POST /api/v1/backups": OPERATOR,
    "POST /api/v1/backups/restore": OPERATOR,
    "GET /api/v1/retention": LEADS,
    "PUT /api/v1/retention": ADMIN,
    "POST /api/v1/retention/run": OPERATOR,
    "GET /api/v1/conversations/{conversation_id}/legal-hold": LEADS,
    "PUT /api/v1/conversations/{conversation_id}/legal-hold": ADMIN,
    # customers, routing, staff
    "GET /api/v1/customers": LEADS,
    "GET /api/v1/customers/{open_id}": PEOPLE,
    "PATCH /api/v1/customers/{open_id}": PEOPLE,
    "POST /api/v1/customers/{open_id}/orders": ADMIN,
    "GET /api/v1/coupon-templates": LEADS,
    "PUT /api/v1/coupon-templates": ADMIN,
    "GET /api/v1/routing-rules": LEADS,
    "PUT /api/v1/routing-rules": ADMIN,
    "POST /api/v1/routing/preview": LEADS,
    "GET /api/v1/queues": PEOPLE,
    "PATCH /api/v1/agents/{agent_id}": ADMIN,
    "GET /api/v1/agents/{agent_id}/training": PEOPLE,
    "POST /api/v1/agents/{agent_id}/training": ADMIN,
    "GET /api/v1/agents/{agent_id}/shifts": PEOPLE,
    "PUT /api/v1/agents/{agent_id}/shifts": ADMIN,
    "GET /api/v1/agents/{agent_id}/load": PEOPLE,
    "GET /api/v1/knowledge/top-questions": LEADS,
    "POST /api/v1/knowledge/promote-question": LEADS,
    "GET /api/v1/bot": LEADS,
    "PUT /api/v1/bot": ADMIN,
    "GET /api/v1/external-bot": ADMIN,
    "PUT /api/v1/external-bot": ADMIN,
    "POST /api/v1/conversations/{conversation_id}/handoff": LEADS,
    # outbound events
    "GET /api/v1/webhooks": ADMIN,
    "POST /api/v1/webhooks": ADMIN,
    "DELETE /api/v1/webhooks/{webhook_id}": ADMIN,
    "GET /api/v1/webhooks/{webhook_id}/dead-letters": ADMIN,
    "POST /api/v1/webhooks/{webhook_id}/redeliver": ADMIN,
    # service
    "GET /healthz": ANYONE,
    "GET /readyz": ANYONE,
    "GET /version": ANYONE,
    "GET /metrics": OPERATOR,
    "GET /openapi.yaml": ANYONE,
    "GET /asyncapi.yaml": ANYONE,
    "GET /console": ANYONE,
    "GET /console/{file}": ANYONE,
}


def guarded(route: BaseRoute) -> BaseRoute:
    """The route behind its row of the table. Raises KeyError for a route that has none: nothing opens by oversight."""
    if not isinstance(route, Route):
        return route  # the WebSocket: its first frame is its gate
    handler = route.endpoint
    path = route.path.replace(":path}", "}")  # of an id that may hold slashes
    allowed = {method: ACCESS[f"{method} {path}"] for method in (route.methods or set()) - {"HEAD"}}
    allowed["HEAD"] = allowed.get("GET", ())

    async def gate(request: Request) -> Response:
        enter(request, allowed[request.method])
        answer: Response = await handler(request)
        return answer

    return Route(route.path, gate, methods=sorted(allowed.keys() - {"HEAD"}), name=route.name)


def enter(request: Request, who: tuple[Who, ...]) -> None:
    """Let a caller in. Raises Problem 401 without a valid key or token, 403 for another role, 429 for too many."""
    if who == OPERATOR:
        operator(request)
    elif who == ANYONE and request.url.path.startswith("/api/"):
        limit(engine_of(request), "peer_rate", peer_of(request))
    elif who not in (ANYONE, PLATFORM):
        _sign_in(request, who)
        engine, person = signed_in(request)
        limit(engine, "caller_rate", person.id)
        limit(engine, "shop_rate", person.shop_id)


def _sign_in(request: Request, who: tuple[Who, ...]) -> None:
    known = identify(engine_of(request), bearer(request))
    if known is None:
        raise Problem(401, "token_needed", "sign in again")
    person, _ = known
    request.scope["person"], request.scope["epoch"] = person, person.epoch
    if person.role not in who:
        raise Problem(403, "wrong_role", f"only for {' and '.join(who)}")
