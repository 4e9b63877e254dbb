"""POST /api/v1/douyin/im: whose bytes these are, and what they say."""

import hashlib
import hmac
from typing import Any, Final

import msgspec

from tests.second import talk
from tests.second.document import Malformed
from tests.second.state import Json, Shop, World

KNOWN: Final = ("im_receive_msg", "im_send_msg", "im_recall_msg", "im_message_read", "im_enter_direct_msg")
TEXTS: Final = ("conversation_short_id", "server_message_id", "message_type", "text")


def genuine(world: World, given: str, body: bytes) -> bool:
    """Whether the app of one of the shops signed exactly these bytes (GATEWAY-1)."""
    right = False
    for secret in {shop.client_secret for shop in world.shops.values()}:
        signature = hashlib.sha1(secret.encode() + body, usedforsecurity=False).hexdigest()
        right |= hmac.compare_digest(signature.encode(), given.encode("utf-8", "replace"))
    return right


def take(world: World, envelope: Json) -> Json:
    """Do what a genuine event asks for; the answer's body. Raises Malformed."""
    event = envelope["event"]
    if event == "verify_webhook":
        challenge = _content(envelope).get("challenge")
        if not isinstance(challenge, int | str) or isinstance(challenge, bool):
            raise Malformed("verify_webhook without challenge")
        return {"challenge": challenge}
    if event in KNOWN:
        content = _content(envelope)
        ours = str(envelope.get("from_user_id" if event == "im_send_msg" else "to_user_id", ""))
        if event == "im_receive_msg" and not (content["server_message_id"] and content["conversation_short_id"]):
            raise Malformed("im_receive_msg without server_message_id or conversation_short_id")
        shop = next((each for each in world.shops.values() if each.open_id == ours), None)
        if shop is not None and shop.client_key == envelope.get("client_key", ""):
            _happened(world, shop, event, str(envelope.get("from_user_id", "")), content)
    return {}


def _happened(world: World, shop: Shop, event: str, customer: str, content: Json) -> None:
    conversation, message = content["conversation_short_id"], content["server_message_id"]
    match event:
        case "im_receive_msg":
            talk.take(world, shop, customer, _nick(content, customer), content)
        case "im_send_msg":
            talk.echo(shop, conversation, message, content["text"])
        case "im_recall_msg":
            talk.recalled(shop, message)
        case "im_message_read":
            talk.customer_read(shop, conversation, content["index"])


def _content(envelope: Json) -> Json:
    """The content, an object or that object as a JSON string. Raises Malformed."""
    content: Any = envelope.get("content", {})
    if isinstance(content, str):
        try:
            content = msgspec.json.decode(content)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise Malformed(f"content: {error}") from None
    if not isinstance(content, dict):
        raise Malformed("content: no object")
    texts = {name: content.get(name, "text" if name == "message_type" else "") for name in TEXTS}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise Malformed(f"content/{name}: no string")
    return content | texts | {"index": _index(content.get("index"))}


def _index(given: Any) -> int | None:
    if isinstance(given, str):
        given = int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else None
    if given is not None and (not isinstance(given, int) or isinstance(given, bool)):
        raise Malformed("content/index: no whole number")
    return given if given is not None and 0 <= given < 2**63 else None


def _nick(content: Json, customer: str) -> str:
    users = content.get("user_infos", [])
    if not isinstance(users, list) or not all(isinstance(user, dict) for user in users):
        raise Malformed("content/user_infos: no list of people")
    return next((str(user.get("nick_name", "")) for user in users if user.get("open_id") == customer), "")
