"""Profile open-im: open.douyin.com's private-message webhook; unknown fields are ignored, ids are opaque."""

import hashlib
from collections.abc import Mapping

import msgspec

from reference_service.domain.events import (
    Account,
    Echoed,
    Entered,
    Event,
    EventError,
    Pushed,
    Read,
    Recalled,
    Written,
    place_of,
    rated_of,
)
from reference_service.platforms.webhook import same

PATH = "/api/v1/douyin/im"
ACCEPTED = b"{}"


class User(msgspec.Struct):
    """One of the two people of a conversation."""

    open_id: str = ""
    nick_name: str = ""


class Content(msgspec.Struct):
    """What happened. Every field may be absent in one event or the other."""

    conversation_short_id: str = ""
    server_message_id: str = ""
    message_type: str = "text"
    text: str = ""
    index: int | str | None = None
    user_infos: list[User] = []
    challenge: int | str | None = None
    score: int | str | None = None


class Envelope(msgspec.Struct):
    """Who tells of what. `content` is left raw: an object in some events, that object as a JSON string in others."""

    event: str
    client_key: str = ""
    from_user_id: str = ""
    to_user_id: str = ""
    content: msgspec.Raw = msgspec.Raw(b"{}")


_envelope = msgspec.json.Decoder(Envelope)
_content = msgspec.json.Decoder(Content)
_string = msgspec.json.Decoder(str)
KNOWN = {
    "im_receive_msg",
    "im_send_msg",
    "im_enter_direct_msg",
    "im_recall_msg",
    "im_message_read",
    "verify_webhook",
    "golive_im_score",
}


def sign(secret: str, body: bytes) -> str:
    """X-Douyin-Signature: hex sha1(client_secret + raw body), 40 lower-case digits."""
    return hashlib.sha1(secret.encode() + body, usedforsecurity=False).hexdigest()


def genuine(apps: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
    """Whether any of the apps signed: the headers do not say which."""
    given, right = headers.get("x-douyin-signature", ""), False
    for secret in apps.values():
        right |= same(sign(secret, body), given)
    return right


def parse(headers: Mapping[str, str], body: bytes) -> Pushed:  # noqa: ARG001 - the protocol's signature
    """One event a request; a challenge is answered with itself. Content of an unknown event is not looked at."""
    try:
        envelope = _envelope.decode(body)
        if envelope.event not in KNOWN:
            return Pushed((), ACCEPTED, (envelope.event,))
        raw = bytes(envelope.content)
        content = _content.decode(_string.decode(raw) if raw.startswith(b'"') else raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EventError(str(error)) from None
    if envelope.event == "verify_webhook":
        if content.challenge is None:
            raise EventError("verify_webhook without challenge")
        return Pushed((), msgspec.json.encode({"challenge": content.challenge}))
    return Pushed((_event(envelope, content),), ACCEPTED)


def _event(envelope: Envelope, content: Content) -> Event:
    ours = envelope.from_user_id if envelope.event == "im_send_msg" else envelope.to_user_id
    account = Account("open-im", ours, envelope.client_key)
    conversation, message = content.conversation_short_id, content.server_message_id
    match envelope.event:
        case "im_send_msg":
            return Echoed(account, conversation, message, content.text)
        case "im_enter_direct_msg":
            return Entered(account, conversation, message, envelope.from_user_id)
        case "im_recall_msg":
            return Recalled(account, conversation, message)
        case "im_message_read":
            return Read(account, conversation, place_of(content.index))
        case "golive_im_score":  # this project's own: the platform has no public event for a rating
            return rated_of(account, conversation, message, content.score)
    if not (message and conversation):
        raise EventError("im_receive_msg without server_message_id or conversation_short_id")
    customer = envelope.from_user_id
    nick = next((user.nick_name for user in content.user_infos if user.open_id == customer), "")
    place = place_of(content.index)
    return Written(account, conversation, message, customer, nick, content.message_type, content.text, place)
