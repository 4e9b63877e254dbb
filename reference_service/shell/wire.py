"""HTTP of one connection, with a head of bounded size, and head and body in bounded time (LIMIT-1).

uvicorn bounds neither: a caller could send an endless header, or hold a connection open by a byte a minute.
"""

import asyncio
import http
from collections.abc import Iterable
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Wire(HttpToolsProtocol):
    """`MAX_HEAD` counts the request line and the headers, in bytes."""

    MAX_HEAD = 32 * 1024
    LINGER_S = 1.0  # how long a refused caller may go on sending: closing at once would cost it the answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self.began: float | None = self.loop.time()  # when the request on its way began; None between two
        self.refused = False
        self._begun = 0  # requests so far
        self._between = True  # no request is on its way
        self._head: int | None = 0  # bytes of the unfinished head; None while none is on its way

    def data_received(self, data: bytes) -> None:
        if self.refused:
            return
        between, begun = self._between, self._begun
        super().data_received(data)
        # Where requests come one behind the other, only what is surely of this head counts.
        if self._head is not None and self._begun - begun <= between:
            self._head += len(data)
            if self._head > self.MAX_HEAD:
                self.refuse(431, "head_too_large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head, self._between = 0, False
        self._begun += 1
        self.began = self.loop.time()

    def on_headers_complete(self) -> None:
        self._head = None
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size <= self.MAX_HEAD:
            super().on_headers_complete()
            return
        app, self.app = self.app, _too_large  # the next cycle only
        super().on_headers_complete()
        self.app = app

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.began, self._between = None, True

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words; the code says as much
        self.refuse(400, "not_http")

    def refuse(self, status: int, code: str) -> None:
        """Answer what cannot become a request any more, and close; where an answer has begun already, only close."""
        answered = self.cycle is None or self.cycle.response_complete
        if answered if self._head is not None else not self.cycle.response_started:
            head, body = refusal(status, code)
            line = f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}\r\n".encode()
            self.transport.write(b"%s%s\r\n\r\n%s" % (line, b"\r\n".join(b"%s: %s" % pair for pair in head), body))
            self.transport.write_eof()
        self.refused, self.began = True, None
        self.loop.call_later(self.LINGER_S, self.transport.close)


def refusal(status: int, code: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body of a problem document, for where no application answers."""
    document = {"type": "about:blank", "title": http.HTTPStatus(status).phrase, "status": status, "code": code}
    body = msgspec.json.encode(document)
    length = str(len(body)).encode()
    head = {b"content-type": b"application/problem+json", b"content-length": length, b"connection": b"close"}
    return list(head.items()), body


def close_slow(connections: Iterable[Any], now: float, limit_s: float) -> int:
    """Refuse the requests that have been on their way for too long; how many."""
    slow = [one for one in connections if isinstance(one, Wire) and one.began is not None and now - one.began > limit_s]
    for wire in slow:
        wire.refuse(408, "too_slow")
    return len(slow)


async def _too_large(_: Any, __: Any, send: Any) -> None:
    head, body = refusal(431, "head_too_large")
    await send({"type": "http.response.start", "status": 431, "headers": head})
    await send({"type": "http.response.body", "body": body})
