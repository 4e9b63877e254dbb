"""What a platform tells of a shop, whichever platform it is; each platform's own form is read in `platforms/`."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

PlatformName = Literal["open-im", "doudian"]
OrderStep = Literal["created", "paid", "shipped", "finished", "cancelled"]
RefundStep = Literal["asked", "refused", "agreed", "done"]


Kind = Literal["text", "image", "video", "product_card", "order_card", "notice"]
KINDS: Final[dict[str, Kind]] = {  # the platforms' words for them
    "image": "image",
    "user_local_image": "image",
    "video": "video",
    "user_local_video": "video",
    "product_card": "product_card",
    "order_card": "order_card",
}


class Account(NamedTuple):
    """A shop's account on a platform, and the app it was told through: an event counts only for this shop's own app."""

    platform: PlatformName
    open_id: str
    app: str


class Written(NamedTuple):
    """A customer's message. `place` is the platform's number in the conversation."""

    account: Account
    conversation: str
    message: str
    customer: str
    nick: str
    kind: str
    text: str
    place: int | None
    ref: str = ""  # what a card shows: a product's or an order's id

    def sort(self) -> Kind:
        """The kind agents know it by; what they know none for reads as a text, which names it."""
        return KINDS.get(self.kind, "text")

    def words(self) -> str:
        """The text, or the kind of a message that has none, as agents see it in a list."""
        return self.text if self.kind == "text" else self.text or f"[{self.kind}]"


class Echoed(NamedTuple):
    """A message that was sent in the shop's name: proof for a reply, never a customer's message."""

    account: Account
    conversation: str
    message: str
    text: str


class Entered(NamedTuple):
    """A customer opened the chat. `entry` is the platform's id of that, "" where it has none."""

    account: Account
    conversation: str
    entry: str
    customer: str


class Recalled(NamedTuple):
    """A message was taken back; `conversation` is "" where the platform does not name it."""

    account: Account
    conversation: str
    message: str


class Read(NamedTuple):
    """The customer has read up to a place."""

    account: Account
    conversation: str
    place: int | None


class Rated(NamedTuple):
    """The customer has rated the newest visit, 1 to 5 stars; `rating` is the platform's id of that (R5.2)."""

    account: Account
    conversation: str
    rating: str
    stars: int


class Ordered(NamedTuple):
    """A step of an order, or of one of its refunds. Amounts are in fen.

    `message` names the push ("" where nothing does); `customer` is "" where the platform does not say whose order it
    is, and an amount None where it does not say how much.
    """

    account: Account
    message: str
    order: str
    customer: str = ""
    step: OrderStep | None = None
    amount: int | None = None
    case: str = ""
    refund: RefundStep | None = None
    refunded: int | None = None


Event = Written | Echoed | Entered | Recalled | Read | Rated | Ordered


class Pushed(NamedTuple):
    """What one request of a platform says, in its order, and the body it wants to hear.

    `ignored` names what was well-formed and of no interest; `unread` says why items could not be read.
    """

    events: Sequence[Event]
    answer: bytes
    ignored: Sequence[str] = ()
    unread: Sequence[str] = ()


class EventError(ValueError):
    """The body, or one item of it, is no event; the text says why."""


def rated_of(account: Account, conversation: str, rating: str, stars: int | str | None) -> Rated:
    """A rating, its stars a number or its digit. Raises EventError for no such stars, or without an id."""
    if str(stars) not in ("1", "2", "3", "4", "5") or not (rating and conversation):
        raise EventError("a rating needs a conversation, an id and 1 to 5 stars")
    return Rated(account, conversation, rating, int(stars or 0))


def place_of(index: int | str | None) -> int | None:
    """The platform's place of a message, a number or its digits; None where it is no 63-bit place."""
    if isinstance(index, str):
        index = int(index) if index.isascii() and index.isdecimal() and len(index) < 20 else None
    return index if index is not None and 0 <= index < 2**63 else None
