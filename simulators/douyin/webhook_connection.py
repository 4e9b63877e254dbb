"""One HTTP/1.1 connection to the target's webhook, one request at a time; llhttp parses what comes back."""

import asyncio
from typing import Final, cast

import httptools

from targets.platform import Response

MAX_ANSWER: Final = 64 * 1024  # bytes of an answer's body; a longer one is no answer


class ConnectionLost(Exception):
    """The connection ended, or brought something that is not HTTP, before the answer was whole."""


class WebhookConnection(asyncio.Protocol):
    """`usable` says whether another request may be sent over it; `idle_since` is the loop's time of the last answer."""

    def __init__(self) -> None:
        self.usable = True
        self.idle_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[Response] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body = b""
        self._headed = False  # the headers of the answer awaited are whole
        self._until_end = True  # they announced no length: the body lasts until the connection ends

    def post(self, request: bytes) -> asyncio.Future[Response]:
        """Write a request; its answer, or ConnectionLost."""
        self._answer = self._loop.create_future()
        self._transport.write(request)
        return self._answer

    def cut(self) -> None:
        """End the connection at once."""
        self.usable = False
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if self._answer is None:  # nothing was asked
            return self.cut()
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(ConnectionLost(str(error)))
            self.cut()
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self.usable = False
        if exc is None and self._headed and self._until_end:
            self._settle(Response(self._parser.get_status_code(), self._body))
        self._fail(ConnectionLost("closed"))

    def on_message_begin(self) -> None:
        """Called by the parser."""
        self._body, self._headed, self._until_end = b"", False, True
        if self._answer is None:  # a second answer to one request: never to be taken for the next one's
            self.cut()

    def on_header(self, name: bytes, value: bytes) -> None:  # noqa: ARG002 - the parser's signature
        """Called by the parser."""
        if name.lower() in (b"content-length", b"transfer-encoding"):
            self._until_end = False

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._headed = True

    def on_body(self, part: bytes) -> None:
        """Called by the parser."""
        self._body += part
        if len(self._body) > MAX_ANSWER:
            self._fail(ConnectionLost("the answer is too long"))
            self.cut()

    def on_message_complete(self) -> None:
        """Called by the parser."""
        status = self._parser.get_status_code()
        if status >= 200:  # 1xx only announces the answer
            self.usable = self.usable and self._parser.should_keep_alive()
            self._settle(Response(status, self._body))

    def _settle(self, response: Response) -> None:
        answer, self._answer = self._answer, None
        if answer and not answer.done():
            self.idle_since = self._loop.time()
            answer.set_result(response)

    def _fail(self, why: ConnectionLost) -> None:
        answer, self._answer = self._answer, None
        if answer and not answer.done():
            answer.set_exception(why)
