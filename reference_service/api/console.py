"""The agent console: a few static files for a browser; what it does goes through the contract like anybody's client."""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from reference_service.api.problems import Problem

FOLDER: Final = Path(__file__).parents[1] / "console"
TYPES: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
FILES: Final = {path.name: path for path in FOLDER.iterdir() if path.suffix in TYPES}
HEADERS: Final = {
    # only its own files and its own service: a text that slipped through as markup could load and run nothing
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


async def page(_: Request) -> Response:
    """Lead to the page; relative links need its folder."""
    return RedirectResponse("console/index.html", headers=HEADERS)


async def file(request: Request) -> Response:
    """One of the console's files, by name; nothing else is reached."""
    path = FILES.get(request.path_params["file"])
    if path is None:
        raise Problem(404, "not_found")
    return Response(path.read_bytes(), headers=HEADERS, media_type=TYPES[path.suffix])


ROUTES: Final = [Route("/console", page), Route("/console/{file}", file)]
