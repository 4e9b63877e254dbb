"""Replies on their way to the platform: one at a time a conversation, each by a task that waits for its fate.

The platform's send call has no key that would make it safe to repeat: after a lost answer only the echo tells, and
what neither told is in doubt, and sent once more.
"""

import asyncio
from typing import Any, Final, NamedTuple

import aiohttp
import msgspec

from tests.second.state import Message, Shop

BUSY: Final = (28001005, 28001006, 28003018)
EXPIRED: Final = (28001003, 28001008)
CALL_S: Final = 5.0
ECHO_S: Final = 10.0
ATTEMPTS: Final = 12


class Answer(NamedTuple):
    """ok | busy | expired | refused | lost; `told` is the platform's id, or the reason."""

    outcome: str
    told: str = ""


class PlatformFailed(Exception):
    """No token could be had; the text says why."""


class Platform:
    """The open-im API of the platform, for all shops."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url, self._http = url.rstrip("/"), http
        self._at_once = asyncio.Semaphore(64)

    async def authorize(self, shop: Shop, **proof: str) -> None:
        """Get the shop's tokens by `code`, or by `refresh_token`. Raises PlatformFailed."""
        grant, path = ("authorization_code", "access") if "code" in proof else ("refresh_token", "refresh")
        form = {"client_key": shop.client_key, "client_secret": shop.client_secret, "grant_type": grant, **proof}
        _, body = await self._post(f"/oauth/{path}_token/", {}, {}, form)
        data = body.get("data", {}) if isinstance(body, dict) else {}
        if data.get("error_code") or not data.get("access_token"):
            raise PlatformFailed(f"no token: {data.get('error_code')} {data.get('description', '')}")
        shop.access_token, shop.refresh_token = data["access_token"], data["refresh_token"]

    async def call(self, shop: Shop, path: str, body: dict[str, Any]) -> Answer:
        """One call in the shop's name."""
        headers = {"access-token": shop.access_token, "Content-Type": "application/json"}
        async with self._at_once:
            status, told = await self._post(path, {"open_id": shop.open_id}, headers, msgspec.json.encode(body))
        if status in (0, 429):
            return Answer("busy" if status else str(told), "HTTP 429" if status else str(told))
        if status >= 500 or not isinstance(told, dict):
            return Answer("lost" if status >= 500 or status == 200 else "refused", f"HTTP {status}")
        inner = told.get("extra", {}) if told.get("extra", {}).get("error_code") else told.get("data", {})
        code, words = inner.get("error_code", 0), f"{inner.get('error_code', 0)} {inner.get('description', '')}"
        if not code and status == 200:
            return Answer("ok", told.get("msg_id", ""))
        return Answer("busy" if code in BUSY else "expired" if code in EXPIRED else "refused", words.strip())

    async def _post(self, path: str, query: Any, headers: Any, data: Any) -> tuple[int, Any]:
        """Status and decoded answer; 0 and `busy` where nothing was sent, 0 and `lost` where that is not known."""
        timeout = aiohttp.ClientTimeout(total=CALL_S)
        try:
            async with self._http.post(
                self._url + path, params=query, headers=headers, data=data, timeout=timeout
            ) as got:
                body = await got.read()
        except aiohttp.InvalidURL:
            return 404, None  # the service was started without a platform
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return 0, "busy"
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0, "lost"
        try:
            return got.status, msgspec.json.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return got.status, None


def put(message: Message) -> None:
    """Let a reply go behind those of its conversation; one that is `sent` goes to be taken back."""
    conversation = message.conversation
    message.step = "queued"
    conversation.outbox.append(message)
    if conversation.worker is None:
        conversation.worker = asyncio.create_task(_work(message))


def echoed(message: Message, platform_id: str) -> None:
    """The platform tells that a reply on its way has arrived."""
    if message.echo is not None and not message.echo.done():
        message.echo.set_result(platform_id)


def tell(message: Message, t: str, d: dict[str, Any]) -> None:
    """Its writer is told, and whoever has the conversation now."""
    for person in dict.fromkeys((message.agent, message.conversation.agent)):
        if person is not None:
            person.tell(t, d)


def take_back(message: Message) -> None:
    """It is recalled, on whichever side."""
    message.status, message.shown = "recalled", None
    tell(message, "message.recalled", message.gone())


async def _work(message: Message) -> None:
    conversation = message.conversation
    while conversation.outbox:
        message = conversation.outbox[0]
        message.step = "calling"
        await (_recall if message.status in ("sent", "recalled") else _send)(message)
        message.step = ""
        conversation.outbox.popleft()
    conversation.worker = None


async def _send(message: Message) -> None:
    conversation = message.conversation
    message.echo = asyncio.get_running_loop().create_future()
    body = {
        "msg_id": conversation.answering, "conversation_id": conversation.platform_id,
        "to_user_id": conversation.customer, "scene": "im_reply_msg",
        "content": {"msg_type": 1, "text": {"text": message.shown}},
    }  # fmt: skip
    for attempt in range(ATTEMPTS):
        answer = await conversation.shop.platform.call(conversation.shop, "/im/send/msg/", body)
        if answer.outcome == "expired":
            await _renew(conversation.shop)
        if answer.outcome not in ("ok", "refused") and not message.echo.done():
            pause = ECHO_S if answer.outcome == "lost" else min(0.25 * 2**attempt, 5.0)
            await asyncio.wait([message.echo], timeout=pause)
        if message.echo.done() or answer.outcome == "ok":
            _settle(message, "sent", message.echo.result() if message.echo.done() else answer.told)
            return
        if answer.outcome == "refused":
            break
        if answer.outcome == "lost" and message.status == "in_doubt":
            return
        if answer.outcome == "lost":
            message.status = "in_doubt"
            tell(message, "message.updated", message.fate("the platform's answer and echo were both lost"))
    _settle(message, "failed", None, answer.told)


async def _recall(message: Message) -> None:
    conversation = message.conversation
    body = {"conversation_id": conversation.platform_id, "conversation_type": 1, "msg_id": message.platform_id}
    for attempt in range(ATTEMPTS):
        if message.status == "recalled":  # the platform told of it first
            return
        answer = await conversation.shop.platform.call(conversation.shop, "/im/recall/msg/", body)
        if answer.outcome in ("ok", "refused"):
            break
        if answer.outcome == "expired":
            await _renew(conversation.shop)
        await asyncio.sleep(min(0.25 * 2**attempt, 5.0))
    if answer.outcome == "ok" and message.status == "sent":
        take_back(message)
    elif message.status == "sent":
        tell(message, "message.updated", message.fate(f"not recalled: {answer.told}"))


async def _renew(shop: Shop) -> None:
    before = shop.access_token
    async with shop.renewing:
        if shop.access_token == before:
            try:
                await shop.platform.authorize(shop, refresh_token=shop.refresh_token)
            except PlatformFailed:
                return  # the next attempt is refused again, and at last the reply fails aloud


def _settle(message: Message, status: str, platform_id: str | None, reason: str = "") -> None:
    message.status = status
    if platform_id:
        message.platform_id = platform_id
        message.conversation.own.add(platform_id)
    tell(message, "message.updated", message.fate(reason))
