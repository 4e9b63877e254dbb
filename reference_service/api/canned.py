"""Canned responses: the shop's texts for its agents (R2.1)."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, read, signed_in, words
from reference_service.domain import canned
from reference_service.domain.shelves import shelf, take_away

Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class NewCannedResponse(msgspec.Struct):
    """As openapi.yaml says."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    tags: Annotated[list[Tag], msgspec.Meta(max_length=10)] = []


class CannedResponse(msgspec.Struct):
    """As openapi.yaml says."""

    id: str
    title: str
    text: str
    tags: list[str]
    by: str
    at: float


class CannedResponses(msgspec.Struct):
    """As openapi.yaml says."""

    items: list[CannedResponse]


async def list_canned(request: Request) -> Response:
    """All, or those with a tag, in order of creation."""
    engine, person = signed_in(request)
    tag = words(request, "tag", 32)
    every = sorted(shelf(floor_of(engine, person), canned.CannedResponse).values(), key=lambda one: one.number)
    items = [view(one) for one in every if not tag or tag in one.tag_list()]
    await engine.settled()
    return answer(CannedResponses(items))


async def add(request: Request) -> Response:
    """Add one that the shop's filter lets pass as it is."""
    engine, person = signed_in(request)
    new = await read(request, NewCannedResponse)
    floor, changes = floor_of(engine, person), engine.begin()
    made = canned.add(engine.world, floor, new.title, new.text, new.tags, person.id, changes)
    await engine.keep(changes)
    return answer(view(made), 201)


async def remove(request: Request) -> Response:
    """Take one away."""
    engine, person = signed_in(request)
    floor = floor_of(engine, person)
    found = shelf(floor, canned.CannedResponse).get(request.path_params["canned_id"])
    if found is None:
        raise Problem(404, "not_found")
    changes = engine.begin()
    take_away(floor, found, changes)
    await engine.keep(changes)
    return Response(status_code=204)


def view(one: canned.CannedResponse) -> CannedResponse:
    """A canned response as openapi.yaml shows one."""
    return CannedResponse(one.id, one.title, one.text, one.tag_list(), one.by, one.at)


ROUTES = (
    Route("/api/v1/canned-responses", list_canned),
    Route("/api/v1/canned-responses", add, methods=["POST"]),
    Route("/api/v1/canned-responses/{canned_id}", remove, methods=["DELETE"]),
)
