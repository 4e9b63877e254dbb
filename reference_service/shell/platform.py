"""Calls to open.douyin.com's API: tokens and /im/send/msg/; each sending ends in an outcome, never in an error."""

from typing import NamedTuple

import aiohttp
import msgspec

from reference_service.domain.changes import Call
from reference_service.domain.outbox import Answer


class Granted(NamedTuple):
    """Tokens of a shop's account; `lasts_s` from now."""

    access_token: str
    refresh_token: str
    lasts_s: float


class PlatformError(Exception):
    """The platform could not be reached or refused; the text says which."""


class _Inner(msgspec.Struct):
    error_code: int = 0
    description: str = ""


class _Sent(msgspec.Struct):
    extra: _Inner = msgspec.field(default_factory=_Inner)
    data: _Inner = msgspec.field(default_factory=_Inner)
    msg_id: str = ""


class _Token(msgspec.Struct):
    error_code: int = 0
    description: str = ""
    access_token: str = ""
    refresh_token: str = ""
    expires_in: float = 0.0


class _TokenAnswer(msgspec.Struct):
    data: _Token


class Platform:
    """A client of one platform. `session` belongs to the caller."""

    def __init__(self, session: aiohttp.ClientSession, url: str, timeout_s: float) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def authorize(self, client_key: str, client_secret: str, code: str) -> Granted:
        """Exchange an authorization code. Raises PlatformError."""
        return await self._token(
            "/oauth/access_token/",
            {
                "client_key": client_key,
                "client_secret": client_secret,
                "code": code,
                "grant_type": "authorization_code",
            },
        )

    async def refresh(self, client_key: str, refresh_token: str) -> Granted:
        """Renew an access token. Raises PlatformError."""
        form = {"client_key": client_key, "refresh_token": refresh_token, "grant_type": "refresh_token"}
        return await self._token("/oauth/refresh_token/", form)

    async def send(self, open_id: str, access_token: str, call: Call) -> Answer:
        """One attempt to send a reply."""
        body = msgspec.json.encode(
            {
                "msg_id": call.answers,
                "conversation_id": call.platform_conversation,
                "to_user_id": call.customer,
                "scene": "im_reply_msg",
                "content": {"msg_type": 1, "text": {"text": call.text}},
            }
        )
        headers = {"access-token": access_token, "Content-Type": "application/json"}
        try:
            async with self._session.post(
                f"{self._url}/im/send/msg/",
                params={"open_id": open_id},
                data=body,
                headers=headers,
                timeout=self._timeout,
            ) as response:
                return understand(response.status, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Answer("unsent", words=type(error).__name__)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            return Answer("lost", words=type(error).__name__)

    async def _token(self, path: str, form: dict[str, str]) -> Granted:
        try:
            async with self._session.post(self._url + path, data=form, timeout=self._timeout) as response:
                answer = msgspec.json.decode(await response.read(), type=_TokenAnswer).data
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise PlatformError(f"the platform could not be reached: {type(error).__name__}") from error
        except msgspec.MsgspecError as error:
            raise PlatformError(f"the platform's token answer is not understood: {error}") from error
        if answer.error_code or not answer.access_token:
            raise PlatformError(f"the platform refused: {answer.error_code} {answer.description}")
        return Granted(answer.access_token, answer.refresh_token, answer.expires_in)


def understand(status: int, body: bytes) -> Answer:
    """The outcome of an answer: errors come inside HTTP 200, in `extra` or in `data`; both must be looked at."""
    if status == 429:
        return Answer("refused", code=28003018, words="HTTP 429")
    if status >= 500:
        return Answer("lost", words=f"HTTP {status}")
    try:
        sent = msgspec.json.decode(body, type=_Sent)
    except msgspec.MsgspecError:
        return Answer("lost" if status == 200 else "refused", code=status, words=f"HTTP {status} with a strange body")
    inner = sent.extra if sent.extra.error_code else sent.data
    if inner.error_code or status != 200:
        return Answer("refused", code=inner.error_code or status, words=inner.description)
    return Answer("ok", platform_id=sent.msg_id)
