"""Backups and restores (R6.4): a caller names backups by their ids, never by a path."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.jobs import alone
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, engine_of, read
from reference_service.shell.exchange import restore
from reference_service.shell.night import BACKUP
from reference_service.storage import backups
from reference_service.storage.restoring import Refused


class Backup(msgspec.Struct):
    """As openapi.yaml says."""

    id: str
    made_at: float
    bytes: int
    sha256: str
    number: int
    hash: str
    reason: str


class Backups(msgspec.Struct):
    """As openapi.yaml says."""

    items: list[Backup]


class Restore(msgspec.Struct):
    """As openapi.yaml says."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


async def make(request: Request) -> Response:
    """Make a backup while the service goes on."""
    return answer(_shown(await alone(engine_of(request), BACKUP)), 201)


async def listed(request: Request) -> Response:
    """Every backup, the newest last."""
    return answer(Backups([_shown(backup) for backup in engine_of(request).vault.backups.all()]))


async def bring_back(request: Request) -> Response:
    """Exchange the database for a backup; nothing is changed where it is refused."""
    engine = engine_of(request)
    wanted = await read(request, Restore)
    source = engine.vault.backups.file(wanted.id)
    if source is None:
        raise Problem(404, "not_found")
    try:
        await alone(engine, "restore", lambda: restore(engine, source))
    except Refused as refused:
        raise Problem(422, "unusable_backup", str(refused)) from None
    return Response(status_code=204)


def _shown(backup: backups.Backup) -> Backup:
    return Backup(*msgspec.structs.astuple(backup))


ROUTES = (
    Route("/api/v1/backups", listed),
    Route("/api/v1/backups", make, methods=["POST"]),
    Route("/api/v1/backups/restore", bring_back, methods=["POST"]),
)
