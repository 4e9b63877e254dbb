"""What each platform's API offers the service, and the line to it; a sending ends in an outcome, never in an error."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

import aiohttp

from reference_service.domain.changes import Call
from reference_service.domain.outbox import Answer
from reference_service.domain.records import Shop

Understand = Callable[[int, bytes], Answer]


class Granted(NamedTuple):
    """Tokens of a shop's account; `lasts_s` from now."""

    access_token: str
    refresh_token: str
    lasts_s: float


class PlatformError(Exception):
    """The platform could not be reached or refused; the text says which, `words` are the platform's own."""

    def __init__(self, text: str, words: str = "") -> None:
        super().__init__(text)
        self.words = words


class Api(Protocol):
    """A client of one platform, for all its shops."""

    async def authorize(self, shop: Shop, code: str) -> Granted:
        """Exchange an authorization code. Raises PlatformError."""
        ...

    async def refresh(self, shop: Shop) -> Granted:
        """Renew a shop's access token. Raises PlatformError."""
        ...

    async def send(self, shop: Shop, call: Call) -> Answer:
        """One attempt to send a reply."""
        ...

    async def recall(self, shop: Shop, call: Call) -> Answer:
        """One attempt to take a sent reply back; refused where the platform has no call for that."""
        ...


class Line:
    """POSTs to one platform. `session` belongs to the caller; `url` is the API's, without a path."""

    def __init__(self, session: aiohttp.ClientSession, url: str, timeout_s: float) -> None:
        self.url = url.rstrip("/")
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def send(
        self, path: str, query: Mapping[str, str], body: bytes, headers: Mapping[str, str], understand: Understand
    ) -> Answer:
        """The outcome of a call that must not be made twice: what was not sent is told from what was lost."""
        try:
            return understand(*await self._post(path, query, body, headers))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Answer("unsent", words=type(error).__name__)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            return Answer("lost", words=type(error).__name__)

    async def ask(
        self, path: str, query: Mapping[str, str], body: bytes | Mapping[str, str], headers: Mapping[str, str]
    ) -> bytes:
        """The answer of a call that may be made again. Raises PlatformError."""
        try:
            _, answer = await self._post(path, query, body, headers)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise PlatformError(f"the platform could not be reached: {type(error).__name__}") from error
        return answer

    async def _post(
        self, path: str, query: Mapping[str, str], body: bytes | Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        url = self.url + path
        async with self._session.post(
            url, params=query, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
        ) as response:
            return response.status, await response.read()


MakeApi = Callable[[Line], Api]
