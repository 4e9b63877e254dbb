"""Who may use the harness's own doors, `/_golive/…`, and how long a body may take on the other ones."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

KEY_HEADER: Final = "X-Golive-Key"
OPEN: Final = "/_golive/health"  # says only how much is on its way
_WHY: Final = f"the header {KEY_HEADER} must carry the run's key (it stands in the run's run.json)"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def doors(key: str, body_s: float) -> Middleware:
    """An aiohttp middleware: 401 at a harness's door without the run's key, 408 for a body later than `body_s` s.

    An empty key fits nothing: a run without one has no such doors.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        path = resource.canonical if resource else ""  # the door that would open, however its path was written
        if path.startswith("/_golive/"):
            if path != OPEN and not fits(key, request.headers.get(KEY_HEADER, "")):
                return web.Response(
                    status=401, body=msgspec.json.encode({"ok": False, "why": _WHY}), content_type="application/json"
                )
        elif request.body_exists:
            try:
                async with asyncio.timeout(body_s):
                    await request.read()  # aiohttp keeps it for the handler
            except TimeoutError:
                raise web.HTTPRequestTimeout(text=f"the body took longer than {body_s:g} s\n") from None
        return await handler(request)

    return guard


def fits(key: str, given: str) -> bool:
    """Whether a key was given, and is the one; takes equally long for every wrong one."""
    return bool(key) and hmac.compare_digest(key.encode(), given.encode("utf-8", "surrogateescape"))
