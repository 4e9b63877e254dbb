"""The calls a target makes to profile `doudian`: their parameters (section 2; the chat methods are golive's own)."""

from datetime import datetime, timedelta, timezone
from typing import Final

import msgspec

from simulators.douyin.untrusted import Malformed, decode
from targets.platform import OtherCall, Recall, Refusal, Reply, TokenCall

SEND: Final = "golive.im.sendMessage"
RECALL: Final = "golive.im.recallMessage"
TOKEN_METHODS: Final = ("token.create", "token.refresh")
SHANGHAI: Final = timezone(timedelta(hours=8))


class _Send(msgspec.Struct, frozen=True):
    conversation_id: str
    type: str
    content: str


class _Content(msgspec.Struct, frozen=True):
    content: str


class _Recall(msgspec.Struct, frozen=True):
    conversation_id: str
    message_id: str


class _Create(msgspec.Struct, frozen=True):
    grant_type: str = ""
    code: str = ""
    shop_id: str | int = ""


class _Refresh(msgspec.Struct, frozen=True):
    grant_type: str = ""
    refresh_token: str = ""


_sends, _recalls = msgspec.json.Decoder(_Send), msgspec.json.Decoder(_Recall)
_contents = msgspec.json.Decoder(_Content)
_creates, _refreshes = msgspec.json.Decoder(_Create), msgspec.json.Decoder(_Refresh)


def parse(method: str, param: bytes) -> Reply | Recall | TokenCall | OtherCall | Refusal:
    """What a method with these parameters (JSON) asks for."""
    try:
        match method:
            case "token.create":
                return _create(decode(_creates, param or b"{}"))
            case "token.refresh":
                return _refresh(decode(_refreshes, param or b"{}"))
            case "golive.im.sendMessage":
                return _send(decode(_sends, param))
            case "golive.im.recallMessage":
                call = decode(_recalls, param)
                return Recall(call.conversation_id, call.message_id)
    except Malformed as error:
        return Refusal("bad_parameter", str(error))
    return OtherCall(method)


def when(timestamp: str) -> float | None:
    """Seconds since 1970: from unix seconds, or `YYYY-MM-DD HH:MM:SS` of Shanghai; None where it is neither."""
    if timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12:
        return float(timestamp)
    try:
        return datetime.strptime(timestamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI).timestamp()
    except (ValueError, OverflowError):
        return None


def _send(call: _Send) -> Reply | Refusal:
    if call.type != "TEXT":
        return Refusal("no_capability", f"type {call.type!r} is not simulated")
    return Reply(call.conversation_id, "", "", decode(_contents, call.content).content)


def _create(call: _Create) -> TokenCall | Refusal:
    if call.grant_type == "authorization_self":
        return TokenCall("self", account=str(call.shop_id))
    if call.grant_type == "authorization_code":
        return TokenCall("code", code=call.code)
    return Refusal("grant_type", "grant_type must be authorization_self or authorization_code")


def _refresh(call: _Refresh) -> TokenCall | Refusal:
    if call.grant_type == "refresh_token":
        return TokenCall("refresh", refresh_token=call.refresh_token)
    return Refusal("grant_type", "grant_type must be refresh_token")
