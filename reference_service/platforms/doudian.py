"""Profile doudian: the shop platform's message push (消息推送), a signed array of tagged items.

Envelope, signature, probe and the tags of orders (doudian_orders.py) are the platform's. It has no public tag for chat:
CHAT below is our own, modelled on TikTok Shop's customer-service webhooks.
"""

import hashlib
import hmac
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
from reference_service.platforms import doudian_orders
from reference_service.platforms.webhook import same

PATH = "/api/v1/douyin/doudian"
SUCCESS = b'{"code":0,"msg":"success"}'
CARDS = ("PRODUCT_CARD", "ORDER_CARD")
PROBE = "0"  # its data is a bare time stamp, not JSON
ENTERED, MESSAGE, RECALLED, READ, RATED = CHAT = ("90013", "90014", "90015", "90016", "90017")
OWN_ROLES = frozenset({"SHOP", "CUSTOMER_SERVICE", "ROBOT"})

Id = int | str  # ids exceed 2^53 and must never become a float


class Item(msgspec.Struct):
    """One item of a push. Tags come as strings or numbers, `data` as an object or as that object in a JSON string."""

    tag: Id
    msg_id: Id = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")


class Sender(msgspec.Struct):
    """Who wrote."""

    im_user_id: Id = ""
    role: str = "BUYER"
    nickname: str = ""


class Chat(msgspec.Struct):
    """The data of our own chat tags; every field may be absent in one or the other."""

    shop_id: Id
    conversation_id: Id = ""
    message_id: Id = ""
    index: int | str | None = None
    type: str = "TEXT"
    content: msgspec.Raw = msgspec.Raw(b"{}")
    is_visible: bool = True
    sender: Sender = msgspec.field(default_factory=Sender)
    buyer: Sender = msgspec.field(default_factory=Sender)  # of an entry
    rating_id: Id = ""
    stars: int | str | None = None


class Words(msgspec.Struct):
    """The content of a message: of type TEXT its words, of a card what it shows."""

    content: str = ""
    product_id: Id = ""
    order_id: Id = ""


_batch = msgspec.json.Decoder(list[msgspec.Raw])
_item = msgspec.json.Decoder(Item)
_chat = msgspec.json.Decoder(Chat)
_words = msgspec.json.Decoder(Words)
_string = msgspec.json.Decoder(str)
_UNREADABLE = (msgspec.MsgspecError, EventError, UnicodeDecodeError, RecursionError)


def sign(app_key: str, secret: str, body: bytes, method: str) -> str:
    """event-sign of app_key + raw body + app_secret: `md5` is its digest (32 hex), `hmac-sha256` is keyed (64 hex)."""
    said = b"".join((app_key.encode(), body, secret.encode()))
    if method == "md5":
        return hashlib.md5(said, usedforsecurity=False).hexdigest()
    return hmac.digest(secret.encode(), said, hashlib.sha256).hex()


def genuine(apps: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the app that `app-id` names signed; no header says how, so the length of the digest does."""
    app_key, given = headers.get("app-id", ""), headers.get("event-sign", "")
    secret = apps.get(app_key)
    method = {32: "md5", 64: "hmac-sha256"}.get(len(given))
    return secret is not None and method is not None and same(sign(app_key, secret, body, method), given)


def parse(headers: Mapping[str, str], body: bytes) -> Pushed:
    """Every item that can be read; one that cannot costs nobody else. EventError only where there is no array."""
    try:
        batch = _batch.decode(body)
    except _UNREADABLE as error:
        raise EventError(str(error)) from None
    app, events, ignored, unread = headers.get("app-id", ""), list[Event](), list[str](), list[str]()
    for item in batch:
        try:
            tag, found = _read(app, item)
        except _UNREADABLE as error:
            unread.append(str(error))
        else:
            if found is None:
                ignored.append(tag)
            else:
                events.append(found)
    return Pushed(events, SUCCESS, ignored, unread)


def _read(app: str, raw: msgspec.Raw) -> tuple[str, Event | None]:
    item = _item.decode(raw)
    tag = str(item.tag)
    if tag in doudian_orders.TAGS:
        return tag, doudian_orders.step(app, tag, raw, _unwrapped(item.data))
    if tag not in CHAT:
        return tag, None
    chat = _chat.decode(_unwrapped(item.data))
    account = Account("doudian", str(chat.shop_id), app)
    if tag == ENTERED:  # nothing in its data names it: the event's id does
        return tag, Entered(account, str(chat.conversation_id), str(item.msg_id), str(chat.buyer.im_user_id))
    return tag, _event(tag, account, chat)


def _event(tag: str, account: Account, chat: Chat) -> Event | None:
    conversation, message, place = str(chat.conversation_id), str(chat.message_id), place_of(chat.index)
    if tag == READ:
        return Read(account, conversation, place)
    if tag == RATED:
        return rated_of(account, conversation, str(chat.rating_id), chat.stars)
    if not message:
        raise msgspec.ValidationError(f"tag {tag} without message_id")
    if tag == RECALLED:
        return Recalled(account, conversation, message)
    content = _words.decode(_unwrapped(chat.content)) if chat.type in ("TEXT", *CARDS) else Words()
    text, ref = content.content, str(content.product_id or content.order_id)
    if chat.sender.role in OWN_ROLES:
        return Echoed(account, conversation, message, text)
    if chat.sender.role != "BUYER" or not chat.is_visible:
        return None  # the platform's own notices
    if not conversation:
        raise msgspec.ValidationError(f"tag {tag} without conversation_id")
    customer = str(chat.sender.im_user_id)
    return Written(account, conversation, message, customer, chat.sender.nickname, chat.type.lower(), text, place, ref)


def _unwrapped(raw: msgspec.Raw) -> bytes:
    data = bytes(raw)
    return _string.decode(data).encode() if data.startswith(b'"') else data
