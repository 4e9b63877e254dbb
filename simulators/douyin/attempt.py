"""One HTTP request to the target's webhook, and what became of it."""

from typing import Final, NamedTuple

import aiohttp
from yarl import URL

from targets.platform import Request, Response

MAX_ANSWER: Final = 64 * 1024  # bytes of an answer that are read
KEEPALIVE_S: Final = (
    2.0  # below the 5 s after which common servers close an idle connection, so no push meets a closing one
)


class Outcome(NamedTuple):
    """The answer, or why there is none: `cut`, `no connection`, `connection lost` or `no webhook`."""

    response: Response | None
    failure: str = ""


def session() -> aiohttp.ClientSession:
    """The client of all pushes; as many connections as there are requests at once."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        auto_decompress=False,
        trust_env=False,
    )


async def attempt(
    http: aiohttp.ClientSession, url: URL | None, request: Request, limit: aiohttp.ClientTimeout
) -> Outcome:
    """POST a request; connections that last longer than the limit are cut (4a: 5 s). Never raises."""
    if url is None:
        return Outcome(None, "no webhook")
    try:
        async with http.post(
            url, data=request.body, headers=request.headers, allow_redirects=False, timeout=limit
        ) as answer:
            return Outcome(Response(answer.status, await _body(answer.content)))
    except TimeoutError:
        return Outcome(None, "cut")
    except aiohttp.ClientConnectorError:
        return Outcome(None, "no connection")
    except (aiohttp.ClientError, OSError):
        return Outcome(None, "connection lost")


async def _body(content: aiohttp.StreamReader) -> bytes:
    body = b""
    while len(body) < MAX_ANSWER and (part := await content.readany()):
        body += part
    return body
