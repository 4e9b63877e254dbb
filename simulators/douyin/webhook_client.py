"""Posts to the target's webhook over kept connections: the gateway's hottest path (measured in docs/gateway.md)."""

import asyncio
import errno
import socket
import ssl
from typing import Final, Literal, NamedTuple

from yarl import URL

from simulators.douyin.webhook_connection import ConnectionLost, Loss, WebhookConnection
from targets.platform import Request, Response

KEEPALIVE_S: Final = 2.0  # common servers close idle connections after 5 s: never meet one that is just closing


Cause = Literal["", "refused", "no such host", "certificate", "tls", "unreachable", Loss]


class Outcome(NamedTuple):
    """The answer, or why there is none: `cut`, `no connection`, `connection lost` or `no webhook`.

    `cause` says it more exactly, where that is known, and `words` are the system's own.
    """

    response: Response | None
    failure: str = ""
    cause: Cause = ""
    words: str = ""


class WebhookClient:
    """As many connections as there are requests at once; follows no redirect, uses no proxy.

    Certificates of https webhooks are judged by `trust`, None: by what the system trusts.
    """

    def __init__(self, limit_s: float, trust: ssl.SSLContext | None = None) -> None:
        self.limit_s = limit_s
        self._trust = trust or ssl.create_default_context()
        self._idle: dict[URL, list[WebhookConnection]] = {}

    async def post(self, url: URL | None, request: Request) -> Outcome:
        """POST a request; after `limit_s` seconds the connection is cut (4a: 5 s). Never raises but CancelledError."""
        if url is None:
            return Outcome(None, "no webhook")
        connection: WebhookConnection | None = None
        try:
            async with asyncio.timeout(self.limit_s):
                connection = self._reuse(url) or await self._connect(url)
                response = await connection.post(_bytes(url, request))
        except TimeoutError:
            return Outcome(None, "cut")
        except ConnectionLost as lost:
            return Outcome(None, "connection lost", lost.how)
        except OSError as error:
            return Outcome(None, "no connection", _cause(error), str(error))
        else:
            if connection.usable:
                self._idle.setdefault(url, []).append(connection)
                connection = None
            return Outcome(response)
        finally:
            if connection:
                connection.cut()

    def close(self) -> None:
        """End the idle connections."""
        for connections in self._idle.values():
            for connection in connections:
                connection.cut()
        self._idle.clear()

    def _reuse(self, url: URL) -> WebhookConnection | None:
        """The connection used last; where even that is too old, all are."""
        idle = self._idle.get(url, [])
        oldest = asyncio.get_running_loop().time() - KEEPALIVE_S
        while idle:
            connection = idle.pop()
            if connection.usable and connection.idle_since >= oldest:
                return connection
            connection.cut()
        return None

    async def _connect(self, url: URL) -> WebhookConnection:
        loop = asyncio.get_running_loop()
        tls = self._trust if url.scheme == "https" else None
        _, connection = await loop.create_connection(WebhookConnection, url.host or "", url.port or 80, ssl=tls)
        return connection


def _cause(error: OSError) -> Cause:
    if isinstance(error, socket.gaierror):
        return "no such host"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(error, ssl.SSLError | ConnectionResetError | BrokenPipeError):  # a reset of a handshake
        return "tls"
    # a name with several addresses gives one error that quotes them all
    refused = error.errno == errno.ECONNREFUSED or f"[Errno {errno.ECONNREFUSED}]" in str(error)
    return "refused" if refused else "unreachable"


def _bytes(url: URL, request: Request) -> bytes:
    headers = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    head = (
        f"POST {url.raw_path_qs} HTTP/1.1\r\nHost: {url.host_port_subcomponent}\r\nUser-Agent: golive\r\n"
        f"Content-Length: {len(request.body)}\r\n{headers}\r\n"
    )
    return head.encode("latin-1") + request.body
