"""The audit chain: its head, and whether chain and data agree (AUDIT-1, R6.5)."""

import asyncio
import re
import threading
from functools import partial
from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.jobs import alone
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, engine_of, number
from reference_service.shell.engine import Engine
from reference_service.shell.logs import log
from reference_service.storage.chain import Head
from reference_service.storage.verifying import Report, verify

MOST = 2**53 - 1


class AuditHead(msgspec.Struct):
    """As openapi.yaml says."""

    number: int
    hash: str


class AuditFinding(msgspec.Struct):
    """As openapi.yaml says."""

    table: str
    key: str
    sin: Literal["changed", "replaced", "deleted", "inserted", "unreadable", "cut", "foreign"]


class AuditReport(msgspec.Struct):
    """As openapi.yaml says."""

    holds: bool
    head: AuditHead
    rows: int
    found: int
    findings: list[AuditFinding]
    asked: bool | None


async def head(request: Request) -> Response:
    """The newest link of the chain, to be kept elsewhere."""
    engine = engine_of(request)
    await engine.settled()
    newest = engine.trail.head
    return answer(AuditHead(newest.number, newest.hash.hex()))


async def check(request: Request) -> Response:
    """Verify everything, in a thread, while traffic goes on."""
    engine = engine_of(request)
    asked = _asked(request)
    report = await alone(engine, "audit", partial(_verify, engine, asked))
    if report.found:
        log("audit_broken", found=report.found, first=" ".join(report.findings[0]))
    findings = [AuditFinding(*finding) for finding in report.findings]
    newest = AuditHead(report.head.number, report.head.hash.hex())
    holds = report.found == 0 and report.asked is not False
    return answer(AuditReport(holds, newest, report.rows, report.found, findings, report.asked))


async def _verify(engine: Engine, asked: Head | None) -> Report:
    stop = threading.Event()
    try:
        trail = engine.trail
        return await asyncio.to_thread(verify, engine.path, trail.key, trail.head, asked, stop, trail.note)
    finally:
        stop.set()  # the service ends: the thread must not hold it up


def _asked(request: Request) -> Head | None:
    given = request.query_params.get("head")
    if given is None and "at" not in request.query_params:
        return None
    if given is None or not re.fullmatch("[0-9a-f]{64}", given):
        raise Problem(422, "malformed", "at and head belong together; head is 64 hex digits")
    return Head(number(request, "at", 0, 1, MOST), bytes.fromhex(given))


ROUTES = (
    Route("/api/v1/audit/head", head),
    Route("/api/v1/audit/verify", check),
)
