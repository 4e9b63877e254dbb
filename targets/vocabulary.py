"""What an adapter is told and tells: plain values, without a connection."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple


class Version(NamedTuple):
    """The target as it named itself."""

    name: str
    version: str


class Shop(NamedTuple):
    """A shop the target has or lent. `webhook_url` is where the platform pushes its messages."""

    id: str  # the harness's id (ShopSpec.id)
    target_id: str
    webhook_url: str


class Agent(NamedTuple):
    """A person who can sign in. `secret` is a password or token; it is never written to a history."""

    id: str
    shop: Shop
    capacity: int
    secret: str


class Event(NamedTuple):
    """What an agent's device was told. `platform_id` is set for a customer's message where the target keeps it."""

    # message | withheld | assigned | released | reply_failed | in_doubt | tier | complaint | csat | recalled | edited
    # | read (seq: up to there; of a customer, the platform's place) | unread (a reminder; seq: of the first) | other
    kind: str
    conversation: str  # the target's id
    sender: Literal["customer", "agent", "bot", "system"]
    target_id: str = ""
    platform_id: str | None = None
    client_id: str | None = None
    text: str | None = None
    seq: int | None = None
    note: str = ""
    raw: bytes = b""


class Closed(NamedTuple):
    """The device's connection ended; `resumable` says whether its cursor is still worth trying."""

    code: int
    reason: str
    resumable: bool = True


class Sent(NamedTuple):
    """The target's answer to a reply. `unknown`: a timeout or a lost connection, it may have happened.

    A failure with code `overloaded` asks for the same again, later.
    """

    outcome: Literal["ok", "failed", "unknown"]
    target_id: str = ""
    code: str = ""


class Leftover(NamedTuple):
    """Test data an adapter could not remove."""

    what: str
    where: str


class Profile(NamedTuple):
    """A customer the shop knows before they come: how often they bought, and for how much in all (fen)."""

    account: str  # on the platform
    orders: int
    spent: int


class Held(NamedTuple):
    """A conversation on an agent's screen: its newest seq, the customer's unread messages, the seq read up to."""

    conversation: str
    seq: int
    unread: int
    read_to: int


class Snapshot(NamedTuple):
    """What a fresh device of an agent shows, conversation by conversation."""

    held: tuple[Held, ...]


class Read(NamedTuple):
    """Everything up to this seq is read."""

    conversation: str
    seq: int


class Recall(NamedTuple):
    """Take one's own message back; what comes of it at the platform is told later."""

    conversation: str
    message_id: str  # the target's


class Edit(NamedTuple):
    """Put another text in the place of one's own message."""

    conversation: str
    message_id: str
    text: str


class Transfer(NamedTuple):
    """Hand a conversation to a colleague."""

    conversation: str
    to: Agent


Action = Read | Recall | Edit | Transfer
Verdict = Literal["pass", "mask", "block", "review"]


class Hit(NamedTuple):
    """A listed word in a text: offsets in code points, the end exclusive."""

    start: int
    end: int
    word: str


class FilterVerdict(NamedTuple):
    """What the filter would do with a text, and what the other side would see (None: nothing)."""

    action: Verdict
    text: str | None
    hits: tuple[Hit, ...]


class WordRule(NamedTuple):
    """A listed word with its action each way, and the further spellings that are asked for.

    What a system has nothing for is left out: such disguises are then measured as it finds them (docs/adapter.md).
    """

    word: str
    to_customer: Verdict = "block"
    to_agent: Verdict = "mask"
    aliases: tuple[str, ...] = ()
    pinyin: bool = False  # also in pinyin: weixin
    initials: bool = False  # also by the initials of its pinyin: wx


class Words(NamedTuple):
    """The shop's whole word list from now on; `allow` are clean phrases that a listed word stands in."""

    rules: tuple[WordRule, ...]
    allow: tuple[str, ...] = ()


WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALWAYS: Final = ("00:00", "24:00")


class Hours(NamedTuple):
    """The shop's whole week from now on, "HH:MM" in Asia/Shanghai; `days` differ from it, None is closed.

    `off_text` answers outside the hours, "" where nothing does.
    """

    opens: str = "09:00"
    closes: str = "22:00"
    days: Mapping[str, tuple[str, str] | None] = {}
    off_text: str = ""

    def week(self) -> dict[str, tuple[str, str] | None]:
        """Each day of WEEK with its span."""
        return dict.fromkeys(WEEK, (self.opens, self.closes)) | dict(self.days)


Change = Words | Hours
