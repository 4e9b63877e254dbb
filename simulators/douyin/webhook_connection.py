"""One HTTP/1.1 connection to the target's webhook, one request at a time; llhttp parses what comes back."""

import asyncio
from typing import Final, Literal, cast

import httptools

from targets.platform import Response

MAX_ANSWER: Final = 64 * 1024  # bytes of an answer, headers counted; a longer one is no answer

Loss = Literal["closed", "no http", "too long"]


class ConnectionLost(Exception):
    """There is no whole answer: the connection ended before, what came is not HTTP, or there is no end of it."""

    def __init__(self, how: Loss) -> None:
        super().__init__(how)
        self.how: Loss = how


class WebhookConnection(asyncio.Protocol):
    """`usable` says whether another request may be sent over it; `idle_since` is the loop's time of the last answer."""

    def __init__(self) -> None:
        self.usable = True
        self.idle_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[Response] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._size = 0  # bytes of the answer so far
        self._body = b""
        self._headed = False  # the headers of the answer awaited are whole
        self._until_end = True  # they announced no length: the body lasts until the connection ends

    def post(self, request: bytes) -> asyncio.Future[Response]:
        """Write a request; its answer, or ConnectionLost."""
        self._answer = self._loop.create_future()
        self._size = 0
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
        self._size += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._give_up("no http")
        if self._size > MAX_ANSWER and self._answer:  # the parser itself would take headers without end
            self._give_up("too long")
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self.usable = False
        if exc is None and self._headed and self._until_end:
            self._settle(Response(self._parser.get_status_code(), self._body))
        self._fail("closed")

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

    def _give_up(self, how: Loss) -> None:
        self._fail(how)
        self.cut()

    def _fail(self, how: Loss) -> None:
        answer, self._answer = self._answer, None
        if answer and not answer.done():
            answer.set_exception(ConnectionLost(how))
