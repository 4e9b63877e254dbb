"""The shop's bot: its setting, and fetching a person for what it has."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.conversations import thread_of, view
from reference_service.api.requests import answer, signed_in
from reference_service.api.settings import reads, replaces
from reference_service.domain import bot_visits
from reference_service.domain.bot import Bot
from reference_service.domain.reactions import settle


async def hand_over(request: Request) -> Response:
    """Give a conversation that the bot has to a person."""
    engine, person = signed_in(request)
    thread = thread_of(engine.world, person, request)
    changes = engine.begin()
    bot_visits.hand_over(engine.world, thread, "person", person.id, changes)
    settle(engine.world, changes)
    seen = view(thread)
    await engine.keep(changes)
    return answer(seen)


ROUTES = (
    Route("/api/v1/bot", reads(Bot)),
    Route("/api/v1/bot", replaces(Bot), methods=["PUT"]),
    Route("/api/v1/conversations/{conversation_id}/handoff", hand_over, methods=["POST"]),
)
