"""Every path of the contract and who answers it."""

from starlette.routing import BaseRoute, Route, WebSocketRoute

from reference_service.api import (
    about,
    audit,
    auth,
    complaints,
    console,
    conversations,
    csat,
    customers,
    duty,
    handing,
    history,
    hooks,
    knowledge,
    operator,
    socket,
    team,
    webhook,
    words,
)
from reference_service.platforms import WEBHOOKS

BASE = "/api/v1"
SOCKET = f"{BASE}/ws"
HOOKS = {hook.PATH: webhook.receiver(hook) for hook in WEBHOOKS.values()}
ROUTES: list[BaseRoute] = [
    *(Route(path, hook, methods=["POST"]) for path, hook in HOOKS.items()),
    WebSocketRoute(SOCKET, socket.connect),
    Route(f"{BASE}/sync", conversations.sync),
    Route(f"{BASE}/conversations", conversations.list_conversations),
    Route(f"{BASE}/conversations/{{conversation_id}}", conversations.get_conversation),
    Route(f"{BASE}/conversations/{{conversation_id}}/messages", conversations.list_messages),
    Route(f"{BASE}/conversations/{{conversation_id}}/messages", conversations.reply, methods=["POST"]),
    Route(f"{BASE}/conversations/{{conversation_id}}/resolve", conversations.resolve, methods=["POST"]),
    *handing.ROUTES,
    *history.ROUTES,
    Route(f"{BASE}/auth/login", auth.login, methods=["POST"]),
    Route(f"{BASE}/auth/refresh", auth.refresh, methods=["POST"]),
    Route(f"{BASE}/auth/rotate", auth.rotate, methods=["POST"]),
    Route(f"{BASE}/agents", team.list_agents),
    Route(f"{BASE}/agents", team.create_agent, methods=["POST"]),
    Route(f"{BASE}/agents/{{agent_id}}/availability", team.set_availability, methods=["POST"]),
    Route(f"{BASE}/agents/{{agent_id}}/rotate", team.rotate_agent, methods=["POST"]),
    *customers.ROUTES,
    Route(f"{BASE}/sensitive-words", words.get_words),
    Route(f"{BASE}/sensitive-words", words.put_words, methods=["PUT"]),
    Route(f"{BASE}/sensitive-words/check", words.check_words, methods=["POST"]),
    *csat.ROUTES,
    *complaints.ROUTES,
    *duty.ROUTES,
    *knowledge.ROUTES,
    Route(f"{BASE}/shops", operator.create_shop, methods=["POST"]),
    Route(f"{BASE}/shops/{{shop_id}}", operator.delete_shop, methods=["DELETE"]),
    Route(f"{BASE}/test-data", operator.delete_test_data, methods=["DELETE"]),
    *audit.ROUTES,
    Route(f"{BASE}/test-hooks/reset", hooks.reset, methods=["POST"]),
    Route(f"{BASE}/test-hooks/clock", hooks.jump, methods=["POST"]),
    Route(f"{BASE}/test-hooks/business-speed", hooks.set_speed, methods=["POST"]),
    Route("/healthz", about.healthz),
    Route("/readyz", about.readyz),
    Route("/version", about.version),
    Route("/openapi.yaml", about.openapi),
    Route("/asyncapi.yaml", about.asyncapi),
    *console.ROUTES,
]
