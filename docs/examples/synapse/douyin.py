"""Douyin's side of the bridge (profile open-im): the webhook's signatures and events, the API's tokens and replies."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import aiohttp

BUSY = {28001005, 28001006, 28003018}  # busy, network, rate too high: the same again, later
EVENTS = {"verify_webhook", "im_receive_msg", "im_send_msg", "im_recall_msg"}  # those that mean something to us
EXPIRED = {28001003, 28001008}  # invalid and expired access token


class Pushed(NamedTuple):
    """One event of the webhook; fields that it does not have are empty."""

    event: str
    shop: str  # open_id
    customer: str  # open_id
    nick: str
    conversation: str
    message: str
    text: str
    source: str  # client_key of who sent it by the API
    challenge: Any


class Answered(NamedTuple):
    """What became of a call. `later`: nothing was done, ask again; `unknown`: it may have been done.

    `message` is the platform's id of what was sent.
    """

    outcome: Literal["ok", "failed", "later", "unknown"]
    why: str = ""
    message: str = ""


@dataclass
class App:
    """Our application on the platform."""

    client_key: str
    client_secret: str
    url: str  # of the platform's API


@dataclass
class Account:
    """A shop's account: its code is exchanged for a token that is refreshed when it has expired."""

    open_id: str
    code: str
    access: str = ""
    refresh: str = ""


def genuine(secret: str, body: bytes, given: str) -> bool:
    """Whether X-Douyin-Signature is that of the raw body."""
    wanted = hashlib.sha1(secret.encode() + body, usedforsecurity=False).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.encode())


def parse(body: bytes) -> Pushed:
    """What was pushed; `content` is an object in some events and a JSON string in others. Raises ValueError."""
    told = json.loads(body)
    if not isinstance(told, dict):
        raise ValueError("a push is a JSON object")
    if told.get("event") not in EVENTS:
        return Pushed(str(told.get("event")), *[""] * 8)
    content = told.get("content") or {}
    content = json.loads(content) if isinstance(content, str) else content
    ours, theirs = told.get("to_user_id", ""), told.get("from_user_id", "")
    if told.get("event") == "im_send_msg":
        ours, theirs = theirs, ours
    users = {user.get("open_id"): user.get("nick_name") for user in content.get("user_infos", ())}
    return Pushed(
        event=str(told.get("event", "")),
        shop=ours,
        customer=theirs,
        nick=users.get(theirs) or theirs,
        conversation=content.get("conversation_short_id", ""),
        message=content.get("server_message_id", ""),
        text=content.get("text", ""),
        source=content.get("source", ""),
        challenge=content.get("challenge"),
    )


async def send(
    http: aiohttp.ClientSession, app: App, account: Account, conversation: str, to: str, answers: str, text: str
) -> Answered:
    """Send one reply."""
    body = {
        "msg_id": answers,
        "conversation_id": conversation,
        "to_user_id": to,
        "content": {"msg_type": 1, "text": {"text": text}},
        "scene": "im_reply_msg",
    }
    return await _call(http, app, account, "/im/send/msg/", body)


async def recall(http: aiohttp.ClientSession, app: App, account: Account, conversation: str, message: str) -> Answered:
    """Take one reply back."""
    body = {"conversation_id": conversation, "conversation_type": 1, "msg_id": message}
    return await _call(http, app, account, "/im/recall/msg/", body)


async def _call(http: aiohttp.ClientSession, app: App, account: Account, path: str, body: object) -> Answered:
    """Errors stand inside an HTTP 200, in `extra` or in `data`."""
    if not account.access and (refused := await _token(http, app, account)):
        return refused
    url = app.url + path
    told = await _post(http, url, body, {"access-token": account.access}, {"open_id": account.open_id})
    if isinstance(told, Answered):
        return told
    code = told.get("extra", {}).get("error_code") or told.get("data", {}).get("error_code") or 0
    if code in EXPIRED:
        account.access = ""
    if code in BUSY | EXPIRED:
        return Answered("later", str(code))
    return Answered("failed", str(code)) if code else Answered("ok", message=told.get("msg_id", ""))


async def _token(http: aiohttp.ClientSession, app: App, account: Account) -> Answered | None:
    """Get an access token; None where the account has one now."""
    keys = {"client_key": app.client_key, "client_secret": app.client_secret}
    if account.refresh:
        path, grant = "refresh_token", {"grant_type": "refresh_token", "refresh_token": account.refresh}
    else:
        path, grant = "access_token", {"grant_type": "authorization_code", "code": account.code}
    told = await _post(http, f"{app.url}/oauth/{path}/", {**keys, **grant})
    if isinstance(told, Answered):
        return Answered("later", told.why)
    data = told.get("data", {})
    if data.get("error_code") or not data.get("access_token"):
        account.refresh = ""  # it may be what was wrong
        return Answered("later", f"no token: {data.get('error_code')}")
    account.access, account.refresh = data["access_token"], data["refresh_token"]
    return None


async def _post(
    http: aiohttp.ClientSession, url: str, body: object, headers: Any = None, query: Any = None
) -> dict[str, Any] | Answered:
    try:
        async with http.post(url, json=body, headers=headers, params=query) as answer:
            if answer.status != 200:
                return Answered("later" if answer.status in (429, 503) else "unknown", f"HTTP {answer.status}")
            told = await answer.json(content_type=None)
            return told if isinstance(told, dict) else Answered("unknown", "no JSON object")
    except aiohttp.ClientConnectorError as error:
        return Answered("later", repr(error))  # nobody heard it
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        return Answered("unknown", repr(error))
