"""What is kept durably: one struct is one table's row, its fields the columns, in order."""

from typing import ClassVar, Literal

import msgspec

from reference_service.domain.events import Kind, PlatformName

State = Literal["bot", "queued", "open", "snoozed", "resolved"]
Sender = Literal["customer", "agent", "bot", "system"]
Role = Literal["admin", "supervisor", "agent"]
Availability = Literal["online", "away", "offline"]
Level = Literal["trainee", "regular", "senior", "dedicated"]
Priority = Literal["normal", "high", "urgent"]


class Record(msgspec.Struct, array_like=True, kw_only=True):
    """A row: its table has the struct's name in lower case; new fields stand last and have a default.

    A record with `shop_id` goes when its shop is removed.
    """

    KEY: ClassVar[tuple[str, ...]] = ("id",)


class Shop(Record, kw_only=True):
    """A shop and its account on the platform. `token_until` is Unix seconds."""

    id: str
    name: str
    open_id: str
    client_key: str
    client_secret: str
    capacity: int
    test: bool
    access_token: str = ""
    refresh_token: str = ""
    token_until: float = 0.0
    platform: PlatformName = "open-im"  # the last column: older databases have none


class Person(Record, kw_only=True):
    """An administrator, supervisor or agent of one shop."""

    id: str
    shop_id: str
    role: Role
    login: str
    seal: str  # of the password
    name: str
    level: Level = "regular"
    capacity: int = 15
    certified: bool = False
    availability: Availability = "online"
    epoch: int = 0  # rises when every token given out so far must end
    disabled: bool = False  # may not sign in
    swept: int = 0  # the newest s that was purged from the dispatch log: its numbers go on after it
    spare: bool = False  # of the pool for big sales: otherwise the rules give them nothing
    shifts: str = ""  # JSON text (shifts.py), "" without any


class Conversation(Record, kw_only=True):
    """One customer's talk with one shop; a visit lasts from its (re)opening to its resolution."""

    id: str
    number: int
    shop_id: str
    platform_id: str
    customer: str  # open_id
    nick: str
    state: State
    agent_id: str | None
    opened_at: float
    waits_since: float
    visit_from: int  # the visit's first seq
    version: int = 0  # rises with every change of state, agent, priority or tags
    priority: Priority = "normal"
    tags: str = "[]"  # JSON text
    last_agent_id: str = ""  # who had it before
    snoozed_until: float = 0.0
    legal_hold: bool = False
    purged_to: int = 0  # the newest seq that was purged (retention.py)
    kept_from: float = 0.0  # when the oldest kept message was created; 0: when the conversation was opened
    read_to: int = 0  # the seq up to which its agents have read
    customer_read: int = -1  # the platform's place up to which its customer has read; -1: none known
    assigned_at: float = 0.0  # to its agent
    seen_at: float = 0.0  # when the customer read replies that a reminder waited for


class Message(Record, kw_only=True, gc=False):
    """One message. `shown` is the text anybody but the auditor may see; None where blocked or recalled."""

    KEY: ClassVar[tuple[str, ...]] = ("conversation_id", "seq")

    conversation_id: str
    seq: int
    sender: Sender
    agent_id: str | None
    platform_id: str | None
    client_msg_id: str | None
    text: str
    shown: str | None
    masked: bool
    index: int | None
    late: bool
    status: Literal["received", "pending", "sent", "failed", "in_doubt", "recalled"]
    created_at: float
    step: Literal["", "queued", "calling", "echo", "waiting"] = ""  # a reply's place in the outbox
    attempt: int = 0
    due: float = 0.0
    kind: Kind = "text"
    scene: str = ""  # of an automatic message: the auto-reply scene, "faq" or "bot"; "" otherwise
    private: bool = False  # a note among agents: it never leaves the service
    edited: bool = False
    ref: str = ""  # what it shows, where it is no text: a product's, an order's, a picture's id or address
    first_text: str = ""  # what stood there before it was edited

    @property
    def id(self) -> str:
        """Unique in the service; opaque to everybody else."""
        return f"{self.conversation_id}-{self.seq}"


class Told(Record, kw_only=True):
    """Up to which seq an agent who no longer holds a conversation was told of it."""

    KEY: ClassVar[tuple[str, ...]] = ("conversation_id", "agent_id")

    conversation_id: str
    agent_id: str
    seq: int


class Logged(Record, kw_only=True):
    """One event of an agent's dispatch log; `d` is its payload as JSON text."""

    KEY: ClassVar[tuple[str, ...]] = ("agent_id", "s")

    agent_id: str
    s: int
    t: str
    d: str


class Taken(Record, kw_only=True):
    """A platform message id that was handled, for ever, as hashes only (GATEWAY-6)."""

    KEY: ClassVar[tuple[str, ...]] = ("id_hash",)

    id_hash: str
    body_hash: str


class Conflict(Record, kw_only=True):
    """The same platform message id came again with another body."""

    KEY: ClassVar[tuple[str, ...]] = ("id_hash", "body_hash")

    id_hash: str
    body_hash: str
    at: float


class WordList(Record, kw_only=True):
    """A shop's sensitive words, as JSON text of the API's shape."""

    KEY: ClassVar[tuple[str, ...]] = ("shop_id",)

    shop_id: str
    version: int
    words: str
    allow: str
    contacts: str = "{}"


class Counter(Record, kw_only=True):
    """The last number given out, so that an id is never given twice, removed or not."""

    KEY: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    value: int


class Setting(Record, kw_only=True):
    """One of a shop's settings (domain/configuring.py), as JSON text; `version` rises with every change."""

    KEY: ClassVar[tuple[str, ...]] = ("shop_id", "name")

    shop_id: str
    name: str
    version: int
    value: str
