"""The calls a target makes to profile `open-im`, parsed (douyin-protocol.md 4c)."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from history.run import App
from simulators.douyin.untrusted import Malformed, decode
from targets.platform import Recall, Refusal, Reply, TokenCall

TEXT: Final = 1  # msg_type; the others (image, card, …) are not simulated


class _Text(msgspec.Struct, frozen=True):
    text: str


class _Content(msgspec.Struct, frozen=True):
    msg_type: int
    text: _Text | None = None


class _SendCall(msgspec.Struct, frozen=True):
    msg_id: str
    conversation_id: str
    to_user_id: str
    content: _Content | None = None
    content_list: tuple[_Content, ...] = ()
    scene: str = "im_reply_msg"


class _RecallCall(msgspec.Struct, frozen=True):
    conversation_id: str
    msg_id: str
    conversation_type: int = 1


class _TokenFields(msgspec.Struct, frozen=True):
    client_key: str = ""
    client_secret: str = ""
    grant_type: str = ""
    code: str = ""
    refresh_token: str = ""


_sends = msgspec.json.Decoder(_SendCall)
_recalls = msgspec.json.Decoder(_RecallCall)
_tokens = msgspec.json.Decoder(_TokenFields)


def parse_send(body: bytes) -> Reply | Refusal:
    """The reply in a body of /im/send/msg/."""
    try:
        call = decode(_sends, body)
    except Malformed as error:
        return Refusal("bad_parameter", str(error))
    if call.scene != "im_reply_msg":
        return Refusal("no_capability", f"scene {call.scene!r} is not simulated")
    contents = call.content_list or ((call.content,) if call.content else ())
    if len(contents) != 1 or contents[0].msg_type != TEXT or contents[0].text is None:
        return Refusal("bad_parameter", "content must be one text: {msg_type: 1, text: {text}}")
    if not call.msg_id or not call.to_user_id:
        return Refusal("missing_parameter", "msg_id and to_user_id must not be empty")
    return Reply(call.conversation_id, call.to_user_id, call.msg_id, contents[0].text.text)


def parse_recall(body: bytes) -> Recall | Refusal:
    """The recall in a body of /im/recall/msg/."""
    try:
        call = decode(_recalls, body)
    except Malformed as error:
        return Refusal("bad_parameter", str(error))
    return Recall(call.conversation_id, call.msg_id)


def parse_token(content_type: str, body: bytes, app: App) -> TokenCall | Refusal:
    """The token call in a body of /oauth/…; both forms are in use among clients: a JSON object and a form."""
    try:
        fields = _token_fields(content_type, body)
    except ValueError as error:
        return Refusal("bad_parameter", str(error))
    # Public clients renew without the secret: the refresh token is secret enough. A wrong one is wrong all the same.
    needed = fields.client_secret or fields.grant_type != "refresh_token"
    if fields.client_key != app.client_key or (needed and fields.client_secret != app.client_secret):
        return Refusal("app", "client_key or client_secret is wrong")
    if fields.grant_type == "authorization_code":
        return TokenCall("code", code=fields.code)
    if fields.grant_type == "refresh_token":
        return TokenCall("refresh", refresh_token=fields.refresh_token)
    return Refusal("grant_type", "grant_type must be authorization_code or refresh_token")


def _token_fields(content_type: str, body: bytes) -> _TokenFields:
    if content_type.partition(";")[0].strip().lower() == "application/json":
        return decode(_tokens, body)
    fields: Mapping[str, str] = dict(parse_qsl(body.decode()))
    return _TokenFields(**{name: fields.get(name, "") for name in _TokenFields.__struct_fields__})
