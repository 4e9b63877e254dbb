"""Profile open-im: calls to open.douyin.com's API, tokens and /im/send/msg/."""

from typing import Final

import msgspec

from reference_service.domain.changes import Call
from reference_service.domain.outbox import Answer
from reference_service.domain.records import Shop
from reference_service.platforms.api import Granted, Line, PlatformError

# developer.open-douyin.com, status codes
BUSY: Final = frozenset({28001005, 28001006, 28003018})  # busy, network, rate too high
EXPIRED: Final = frozenset({28001003, 28001008})  # invalid and expired access token


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


_sent = msgspec.json.Decoder(_Sent)
_encode = msgspec.json.Encoder().encode


class OpenIm:
    """platforms.api.Api."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def authorize(self, shop: Shop, code: str) -> Granted:
        """Exchange an authorization code. Raises PlatformError."""
        form = {"client_key": shop.client_key, "client_secret": shop.client_secret, "code": code}
        return await self._token("/oauth/access_token/", form | {"grant_type": "authorization_code"})

    async def refresh(self, shop: Shop) -> Granted:
        """Renew an access token. Raises PlatformError."""
        form = {"client_key": shop.client_key, "refresh_token": shop.refresh_token, "grant_type": "refresh_token"}
        return await self._token("/oauth/refresh_token/", form)

    async def send(self, shop: Shop, call: Call) -> Answer:
        """Answer the customer's newest message."""
        body = _encode(
            {
                "msg_id": call.answers,
                "conversation_id": call.platform_conversation,
                "to_user_id": call.customer,
                "scene": "im_reply_msg",
                "content": {"msg_type": 1, "text": {"text": call.text}},
            }
        )
        headers = {"access-token": shop.access_token, "Content-Type": "application/json"}
        return await self._line.send("/im/send/msg/", {"open_id": shop.open_id}, body, headers, understand)

    async def recall(self, shop: Shop, call: Call) -> Answer:
        """Take a sent message back: /im/recall/msg/."""
        body = _encode({"conversation_id": call.platform_conversation, "conversation_type": 1, "msg_id": call.recalls})
        headers = {"access-token": shop.access_token, "Content-Type": "application/json"}
        return await self._line.send("/im/recall/msg/", {"open_id": shop.open_id}, body, headers, understand)

    async def _token(self, path: str, form: dict[str, str]) -> Granted:
        told = await self._line.ask(path, {}, form, {})
        try:
            token = msgspec.json.decode(told, type=_TokenAnswer).data
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise PlatformError("the platform's token answer is not understood", str(error)) from error
        if token.error_code or not token.access_token:
            raise PlatformError(f"the platform refused: {token.error_code}", token.description)
        return Granted(token.access_token, token.refresh_token, token.expires_in)


def understand(status: int, body: bytes) -> Answer:
    """The outcome of an answer: errors come inside HTTP 200, in `extra` or in `data`; both must be looked at."""
    if status == 429:
        return Answer("busy", code=28003018, words="HTTP 429")
    if status >= 500:
        return Answer("lost", words=f"HTTP {status}")
    try:
        sent = _sent.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Answer("lost" if status == 200 else "refused", code=status, words=f"HTTP {status} with a strange body")
    inner = sent.extra if sent.extra.error_code else sent.data
    if not inner.error_code and status == 200:
        return Answer("ok", platform_id=sent.msg_id)
    if inner.error_code in BUSY:
        return Answer("busy", code=inner.error_code, words=inner.description)
    expired = inner.error_code in EXPIRED
    return Answer("expired" if expired else "refused", code=inner.error_code or status, words=inner.description)
