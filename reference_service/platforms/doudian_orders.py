"""Profile doudian: trade and after-sale items of a push, as steps of orders.

Tags and fields are the platform's (pay_amount of tag 101 and refund_amount of 206 in fen). No push of the platform
names the buyer: `golive_im_user_id` is our gateway's own field; without it the order waits for somebody who knows.
"""

from typing import Final

import msgspec

from reference_service.domain.events import Account, Ordered, OrderStep, RefundStep

Id = int | str  # ids exceed 2^53 and must never become a float

TRADE: Final[dict[str, OrderStep]] = {
    "100": "created",
    "101": "paid",
    "102": "shipped",
    "103": "finished",
    "106": "cancelled",
}
AFTERSALE: Final[dict[str, RefundStep]] = {
    "200": "asked",
    "201": "agreed",  # to a refund
    "202": "agreed",  # to a return
    "204": "refused",  # a refund
    "205": "refused",  # a return
    "206": "done",
}
TAGS: Final = frozenset({*TRADE, *AFTERSALE})


class _Item(msgspec.Struct):
    msg_id: Id = ""
    msgId: Id = ""  # in samples made from the platform's documents


class _Data(msgspec.Struct):
    shop_id: Id
    p_id: Id
    pay_amount: int | None = None
    aftersale_id: Id = ""
    refund_amount: int | None = None
    golive_im_user_id: Id = ""


_item = msgspec.json.Decoder(_Item)
_data = msgspec.json.Decoder(_Data)


def step(app: str, tag: str, item: bytes, data: bytes) -> Ordered:
    """One item, its data unwrapped already. Raises msgspec.MsgspecError where it names no shop or order."""
    named, told = _item.decode(item), _data.decode(data)
    if told.p_id in ("", 0):
        raise msgspec.ValidationError(f"tag {tag} without p_id")
    return Ordered(
        account=Account("doudian", str(told.shop_id), app),
        message=str(named.msg_id or named.msgId),
        order=str(told.p_id),
        customer=str(told.golive_im_user_id),
        step=TRADE.get(tag),
        amount=_fen(told.pay_amount) if tag == "101" else None,
        case=str(told.aftersale_id) if tag in AFTERSALE else "",
        refund=AFTERSALE.get(tag),
        refunded=_fen(told.refund_amount) if tag == "206" else None,
    )


def _fen(amount: int | None) -> int | None:
    return amount if amount is not None and 0 <= amount < 10**12 else None
