"""What one item of a Doudian push says: real trade and after-sale tags, and chat tags of golive's own.

No public chat tag of Doudian exists (douyin-protocol.md section 0). The chat payload is modelled on TikTok Shop's
customer-service webhooks (types 13 and 14, section 3b); its tags are numbered so that nobody takes them for real ones.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from targets.platform import Happening, Message, OrderStep

OWN_TAGS: Final[dict[Happening, int]] = {
    "enter": 90013,
    "receive": 90014,
    "echo": 90014,
    "recall": 90015,
    "read": 90016,
    "rated": 90017,
}
ORDER_TAGS: Final[dict[OrderStep, int]] = {
    "created": 100,
    "paid": 101,
    "shipped": 102,
    "finished": 103,
    "cancelled": 106,
    "refund_asked": 200,
    "refund_agreed": 201,
    "refund_refused": 204,
    "refund_done": 206,
}
ORDER_STATUS: Final[dict[OrderStep, int]] = {"created": 1, "paid": 2, "shipped": 3, "cancelled": 4, "finished": 5}
UNHEARD_TAG: Final = 90099
_encode = msgspec.json.Encoder().encode


def tag(message: Message, chat: Mapping[Happening, int] = OWN_TAGS) -> int:
    """The tag of an item; `chat` has those of chat events."""
    if message.order:
        return ORDER_TAGS[message.order.step]
    return chat.get(message.event, UNHEARD_TAG)


def msg_id(message: Message, number: int) -> str:
    """`<digits>::<tag>:<unix s>:<digits>` [D]; names the event, the same at every attempt."""
    what = message.server_message_id or f"{message.conversation}{message.place:06d}"
    return f"{what}::{number}:{message.created_ms // 1000}:{message.shop_open_id}"


def data(message: Message) -> dict[str, Any]:
    """The data of an item, before it becomes a JSON string or object."""
    shop = int(message.shop_open_id)
    if message.order:
        return _order(message, shop)
    said: dict[str, Any] = {"shop_id": shop, "conversation_id": message.conversation}
    match message.event:
        case "receive" | "echo":
            return said | _text(message)
        case "enter":
            buyer = {"im_user_id": message.customer_open_id, "nickname": message.nickname}
            return said | {"create_time": message.created_ms // 1000, "buyer": buyer}
        case "recall":
            return said | {"message_id": message.server_message_id}
        case "read":
            return said | {"index": str(message.place)}
        case "rated":
            return said | {"rating_id": message.server_message_id, "stars": message.place}
    return said


def _text(message: Message) -> dict[str, Any]:
    if message.event == "echo":
        sender = {"im_user_id": message.shop_open_id, "role": "CUSTOMER_SERVICE", "nickname": ""}
    else:
        sender = {"im_user_id": message.customer_open_id, "role": "BUYER", "nickname": message.nickname}
    return {
        "message_id": message.server_message_id,
        "index": str(message.place),
        "type": "TEXT",
        "content": _encode({"content": message.text}).decode(),
        "create_time": message.created_ms // 1000,
        "is_visible": True,
        "sender": sender,
    }


def _order(message: Message, shop: int) -> dict[str, Any]:
    order = message.order
    assert order is not None
    said: dict[str, Any] = {
        "p_id": order.id,
        "s_ids": [order.id],
        "shop_id": shop,
        "order_status": ORDER_STATUS.get(order.step, 3),
        "order_type": 0,
        "create_time": message.created_ms // 1000,
        "biz": 2,
        "golive_im_user_id": message.customer_open_id,  # ours: whose order it is
    }
    return said | ({"aftersale_id": order.aftersale} if order.aftersale else {})
