"""A shop's data as a file to take away (R6.4)."""

from collections.abc import AsyncIterator
from typing import Literal

import msgspec
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from reference_service.api.problems import Problem
from reference_service.api.requests import engine_of, read, signed_in
from reference_service.shell.engine import Engine
from reference_service.shell.jobs import Busy
from reference_service.storage.archive import archive


class Export(msgspec.Struct):
    """As openapi.yaml says."""

    format: Literal["jsonl", "csv"] = "jsonl"


async def export(request: Request) -> Response:
    """A zip file, sent while it is made."""
    _, person = signed_in(request)
    wanted = await read(request, Export)
    engine = engine_of(request)
    await engine.settled()
    pieces = _pieces(engine, person.shop_id, wanted)
    try:
        first = await anext(pieces)
    except Busy:
        raise Problem(409, "already_running") from None
    named = {"Content-Disposition": f'attachment; filename="{person.shop_id}.zip"'}
    return StreamingResponse(_all(first, pieces), media_type="application/zip", headers=named)


async def _pieces(engine: Engine, shop_id: str, wanted: Export) -> AsyncIterator[bytes]:
    with engine.jobs.claim(f"export {shop_id}"):
        async for piece in iterate_in_threadpool(archive(engine.path, shop_id, wanted.format, engine.clock.now())):
            yield piece


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


ROUTES = (Route("/api/v1/exports", export, methods=["POST"]),)
