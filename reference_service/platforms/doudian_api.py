"""Profile doudian: signed calls to the shop platform's open API, tokens and our own golive.im.sendMessage.

The platform has no public method for chat: the methods that begin with `golive.` are our own.
"""

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Final

import msgspec

from reference_service.domain.changes import Call
from reference_service.domain.outbox import Answer
from reference_service.domain.records import Shop
from reference_service.platforms.api import Granted, Line, PlatformError

SEND: Final = "golive.im.sendMessage"
SUCCESS: Final = 10000
BUSY: Final = frozenset({20000, 60000})  # dop.service-error; isv.traffic-limited
TIMED_OUT: Final = 20001  # inside the platform: it may have happened
EXPIRED: Final = frozenset({"isv.access-token-expired", "isv.access-token-no-existed"})
HEADERS: Final = {"Content-Type": "application/json", "x-open-no-old-err-code": "1"}


class _Data(msgspec.Struct):
    message_id: int | str = ""
    access_token: str = ""
    refresh_token: str = ""
    expires_in: float = 0.0


class _Answer(msgspec.Struct):
    code: int
    msg: str = ""
    sub_code: str = ""
    sub_msg: str = ""
    data: _Data | None = None

    def words(self) -> str:
        return f"{self.sub_code or self.msg} {self.sub_msg}".strip()


_answer = msgspec.json.Decoder(_Answer)
_canonical = msgspec.json.Encoder(order="sorted").encode


def canonical(param: object) -> bytes:
    """param_json: keys sorted at every depth, compact, nothing escaped that JSON lets stand; empty is `{}`."""
    return _canonical(param)


def sign(app_key: str, secret: str, method: str, param_json: bytes, timestamp: str) -> str:
    """The call's hmac-sha256 signature, 64 hex digits; access token and sign method are not part of it."""
    said = b"".join(
        (
            f"{secret}app_key{app_key}method{method}param_json".encode(),
            param_json,
            f"timestamp{timestamp}v2{secret}".encode(),
        )
    )
    return hmac.digest(secret.encode(), said, hashlib.sha256).hex()


def query(shop: Shop, method: str, param_json: bytes, timestamp: int) -> dict[str, str]:
    """The signed query of a call; a shop without a token calls without one. `timestamp` is Unix seconds."""
    asked = {
        "method": method,
        "app_key": shop.client_key,
        "timestamp": str(timestamp),
        "v": "2",
        "sign_method": "hmac-sha256",
        "sign": sign(shop.client_key, shop.client_secret, method, param_json, str(timestamp)),
    }
    if shop.access_token and not method.startswith("token."):
        asked["access_token"] = shop.access_token
    return asked


class Doudian:
    """platforms.api.Api."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def authorize(self, shop: Shop, code: str) -> Granted:
        """Exchange an authorization code. Raises PlatformError."""
        return await self._token(shop, "token.create", {"grant_type": "authorization_code", "code": code})

    async def refresh(self, shop: Shop) -> Granted:
        """Renew a shop's access token. Raises PlatformError."""
        asked = {"grant_type": "refresh_token", "refresh_token": shop.refresh_token}
        return await self._token(shop, "token.refresh", asked)

    async def send(self, shop: Shop, call: Call) -> Answer:
        """Write into the customer's conversation."""
        content = canonical({"content": call.text}).decode()
        body = canonical({"conversation_id": call.platform_conversation, "type": "TEXT", "content": content})
        return await self._line.send(_path(SEND), query(shop, SEND, body, int(time.time())), body, HEADERS, understand)

    async def recall(self, shop: Shop, call: Call) -> Answer:  # noqa: ARG002 - platforms.api.Api's signature
        """The platform has no call for that."""
        return Answer("refused", words="not supported")

    async def _token(self, shop: Shop, method: str, asked: Mapping[str, str]) -> Granted:
        body = canonical(asked)
        told = await self._line.ask(_path(method), query(shop, method, body, int(time.time())), body, HEADERS)
        try:
            answer = _answer.decode(told)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise PlatformError("the platform's token answer is not understood", str(error)) from error
        if answer.code != SUCCESS or answer.data is None or not answer.data.access_token:
            raise PlatformError(f"the platform refused: {answer.code}", answer.words())
        return Granted(answer.data.access_token, answer.data.refresh_token, answer.data.expires_in)


def understand(status: int, body: bytes) -> Answer:
    """The outcome of an answer: `code` inside HTTP 200 decides; what is strange may have happened."""
    try:
        told = _answer.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        told = None
    if status != 200 or told is None or told.code == TIMED_OUT:
        return Answer("busy" if status == 429 else "lost", code=status, words=f"HTTP {status}")
    if told.code == SUCCESS:
        sent = str(told.data.message_id) if told.data else ""
        return Answer("ok", sent) if sent else Answer("lost", code=told.code, words="no message_id")
    if told.code in BUSY:
        return Answer("busy", code=told.code, words=told.words())
    return Answer("expired" if told.sub_code in EXPIRED else "refused", code=told.code, words=told.words())


def _path(method: str) -> str:
    return "/" + method.replace(".", "/")
