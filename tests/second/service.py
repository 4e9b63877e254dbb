"""The application: every operation of the served document becomes a route that keeps its roles and shapes."""

import http
import secrets
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import aiohttp
import msgspec
from aiohttp import web

from tests.second import webhook
from tests.second.devices import Devices
from tests.second.document import Malformed, Operation, document
from tests.second.doors import Call, Doors, Said
from tests.second.hours import BadPlan
from tests.second.outbox import Platform, PlatformFailed
from tests.second.state import Person, Refused, World
from tests.second.words import Unusable

MAX_BODY: Final = 256 * 1024
MAX_WORDS: Final = 4 * 1024 * 1024
STATUS: Final = {
    "blocked": 422, "too_long": 422, "bad_seq": 422, "malformed": 422, "unusable_word": 422, "not_found": 404,
    "wrong_role": 403, "wrong_login": 401, "token_needed": 401, "operator_key_needed": 401, "bad_signature": 401,
    "platform_failed": 502, "too_large": 413,
}  # fmt: skip
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Service:
    """One service; `app` is to be run. Without a gateway's URL every reply fails."""

    def __init__(self, gateway: str, operator_key: str, window_s: float = 30.0) -> None:
        self.world = World()
        self._gateway, self._key = gateway, operator_key
        offered = (name for name in vars(Doors) if not name.startswith("_"))
        self._document = document(frozenset({*offered, "openapi", "asyncapi"}))
        self.devices = Devices(self.world, self._document, window_s)
        self.app = web.Application(middlewares=[problems], client_max_size=MAX_WORDS)
        self.app.cleanup_ctx.append(self._open)

    async def _open(self, app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as client:
            doors = Doors(self.world, self.devices, Platform(self._gateway, client))
            self._route(app, doors)
            app.router.add_get("/api/v1/ws", self.devices.connect)
            yield
            for conversation in self.world.conversations.values():
                if conversation.worker is not None:
                    conversation.worker.cancel()

    def _route(self, app: web.Application, doors: Doors) -> None:
        texts = {"openapi": self._document.text, "asyncapi": self._document.asyncapi}
        for operation in self._document.operations():
            if operation.id in texts:
                handler = _document(texts[operation.id])
            else:
                handler = self._gate(operation, getattr(doors, operation.id))
            app.router.add_route(operation.method, operation.path, handler)

    def _gate(self, operation: Operation, door: Callable[[Call], Awaitable[Any]]) -> Handler:
        most = MAX_WORDS if operation.id == "putSensitiveWords" else MAX_BODY

        async def handle(request: web.Request) -> web.StreamResponse:
            person: Any = self._caller(request, operation)
            raw = await request.read()
            if len(raw) > most:
                raise Refused("too_large", f"at most {most} bytes")
            if "platform" in operation.roles:
                self.admit(request, raw)
            query = operation.asked(request.query)
            body = operation.body(raw) if operation.shape else None
            told = await door(Call(request, person, dict(request.match_info), query, body))
            status, content = told if isinstance(told, Said) else (operation.success, told)
            if content is None:
                return web.Response(status=status)
            return web.Response(body=msgspec.json.encode(content), status=status, content_type="application/json")

        return handle

    def admit(self, request: web.Request, raw: bytes) -> None:
        """A push must be signed by an app we know. Raises Refused."""
        if not webhook.genuine(self.world, request.headers.get("X-Douyin-Signature", ""), raw):
            raise Refused("bad_signature")

    def _caller(self, request: web.Request, operation: Operation) -> Person | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else ""
        if operation.roles[0] in ("anyone", "platform"):
            return None
        if operation.roles[0] == "operator":
            if not secrets.compare_digest(token.encode("utf-8", "replace"), self._key.encode()):
                raise Refused("operator_key_needed")
            return None
        known = self.world.person(token)
        if known is None:
            raise Refused("token_needed", "sign in again")
        if known[0].role not in operation.roles:
            raise Refused("wrong_role", f"only for {', '.join(operation.roles)}")
        return known[0]


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal is a problem document with a stable code (RFC 9457)."""
    try:
        return await handler(request)
    except Refused as refused:
        return problem(STATUS.get(refused.code, 409), refused.code, refused.where)
    except (Malformed, BadPlan) as error:
        return problem(422, "malformed", str(error))
    except Unusable as error:
        return problem(422, "unusable_word", str(error))
    except PlatformFailed as error:
        return problem(502, "platform_failed", str(error))
    except web.HTTPException as error:
        codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
        answer = problem(error.status, codes.get(error.status, "http_error"), "")
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except Exception:
        traceback.print_exc(file=sys.stderr)
        return problem(500, "internal_error", "")


def problem(status: int, code: str, detail: str) -> web.Response:
    """A refusal."""
    told = {
        "type": "about:blank", "title": http.HTTPStatus(status).phrase, "status": status, "code": code,
        "detail": detail,
    }  # fmt: skip
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    body = msgspec.json.encode(told)
    return web.Response(body=body, status=status, headers=headers, content_type="application/problem+json")


def _document(text: str) -> Handler:
    async def handle(_: web.Request) -> web.StreamResponse:
        return web.Response(body=text.encode(), content_type="application/yaml")

    return handle
