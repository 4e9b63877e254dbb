"""The service about itself: health, version, and the contract it keeps."""

from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from reference_service import VERSION
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, engine_of, operator
from reference_service.shell import exposition

CONTRACT = Path(__file__).parents[2] / "contract"


async def healthz(_: Request) -> Response:
    """The process lives."""
    return answer({"status": "ok"})


async def readyz(request: Request) -> Response:
    """It has recovered and takes traffic; not so from the moment it was told to stop."""
    if engine_of(request).stopping:
        raise Problem(503, "stopping", retry_after_s=1)
    return answer({"status": "ok"})


async def version(_: Request) -> Response:
    """Name and version."""
    return answer({"name": "golive reference service", "version": VERSION})


async def openapi(_: Request) -> Response:
    """The HTTP half of the contract."""
    return _document("openapi.yaml")


async def asyncapi(_: Request) -> Response:
    """The WebSocket half of the contract."""
    return _document("asyncapi.yaml")


async def metrics(request: Request) -> Response:
    """The process in figures, for Prometheus; nothing in them names a shop or a person."""
    engine = operator(request)
    return Response(exposition.text(engine), media_type=CONTENT_TYPE_LATEST)


def _document(name: str) -> Response:
    return Response((CONTRACT / name).read_bytes(), media_type="application/yaml")
