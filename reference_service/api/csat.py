"""A customer's rating that reached the shop another way than by its platform (R5.2)."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, read, signed_in
from reference_service.domain import ratings

Stars = Annotated[int, msgspec.Meta(ge=1, le=5)]


class NewRating(msgspec.Struct):
    """As openapi.yaml says."""

    conversation_id: Annotated[str, msgspec.Meta(max_length=64)]
    stars: Stars


class Rating(msgspec.Struct):
    """As openapi.yaml says."""

    conversation_id: str
    visit_from: int
    stars: Stars
    satisfied: bool
    agent_id: str | None
    at: float


async def rate(request: Request) -> Response:
    """Take the rating of a conversation's newest visit; nobody rates themselves, so agents may not."""
    engine, person = signed_in(request)
    new = await read(request, NewRating)
    thread = engine.world.threads.get(new.conversation_id)
    if thread is None or thread.conversation.shop_id != person.shop_id:
        raise Problem(404, "not_found")
    changes = engine.begin()
    rating = ratings.rate(engine.world, thread, new.stars, changes)
    if rating is None:
        raise Problem(409, "already_rated")
    await engine.keep(changes)
    return answer(view(rating), 201)


def view(rating: ratings.Rating) -> Rating:
    """A rating as openapi.yaml shows one."""
    return Rating(rating.conversation_id, rating.visit_from, rating.stars, rating.satisfied, rating.agent_id, rating.at)


ROUTES = (Route("/api/v1/csat", rate, methods=["POST"]),)
