"""Refusals as RFC 9457 problem documents with a stable code."""

import http
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from reference_service.domain.refusal import Code, Refusal
from reference_service.shell.logs import log, where

STATUS: Final[dict[Code, int]] = {
    "already_acknowledged": 409,
    "already_live": 409,
    "already_resolved": 409,
    "already_sent": 409,
    "bad_seq": 422,
    "bad_time": 422,
    "blocked": 422,
    "no_question": 422,
    "no_room": 409,
    "not_able": 409,
    "not_acknowledged": 409,
    "not_assignee": 409,
    "not_author": 409,
    "not_found": 404,
    "not_on_call": 409,
    "not_supported": 409,
    "number_changed": 409,
    "too_long": 422,
    "too_many": 409,
    "trial_running": 409,
    "validity": 422,
    "version_is_old": 409,
    "wrong_state": 409,
}


class Problem(Exception):
    """A refusal: HTTP status, the contract's code, and words for people."""

    def __init__(
        self, status: int, code: str, detail: str = "", retry_after_s: int | None = None, **more: object
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.more = more  # the document's own members beside those of every problem


def render(problem: Problem) -> Response:
    """The answer for a refusal."""
    document = {
        "type": "about:blank",
        "title": http.HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        **problem.more,
    }
    headers = {} if problem.retry_after_s is None else {"Retry-After": str(problem.retry_after_s)}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = msgspec.json.encode(document)
    return Response(body, problem.status, headers, media_type="application/problem+json")


async def on_problem(_: Request, error: Exception) -> Response:
    """Starlette's handler for Problem."""
    assert isinstance(error, Problem)
    return render(error)


async def on_http(request: Request, error: Exception) -> Response:
    """Starlette's handler for its own refusals: no such path, wrong method."""
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    answer = render(Problem(error.status_code, code))
    answer.headers.update(error.headers or {})
    if error.status_code == 405:
        answer.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return answer


def _methods(request: Request) -> set[str]:
    """What may be done to this path: Starlette names the methods of one of its routes only (RFC 9110, 10.2.1)."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    path = next(route.path for route in routes if route.matches(request.scope)[0] is not Match.NONE)
    return {method for route in routes if route.path == path for method in route.methods or ()}


async def on_refusal(_: Request, error: Exception) -> Response:
    """Starlette's handler for a command that the domain refused."""
    assert isinstance(error, Refusal)
    return render(Problem(STATUS[error.code], error.code, error.detail))


async def on_error(_: Request, error: Exception) -> Response:
    """Whatever nobody foresaw: logged by its type and place, answered without a word about it."""
    log("internal_error", what=where(error))
    return render(Problem(500, "internal_error"))


async def on_storage(_: Request, __: Exception) -> Response:
    """Starlette's handler for a failed commit: nothing was promised, the caller may try again."""
    return render(Problem(503, "storage_failed", retry_after_s=1))
