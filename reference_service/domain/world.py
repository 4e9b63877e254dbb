"""The whole state in memory, rebuilt from the tables at start; commands change it, nothing else does."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from reference_service.domain.agenda import Agenda
from reference_service.domain.articles import Knowledge
from reference_service.domain.changes import Changes
from reference_service.domain.events import PlatformName
from reference_service.domain.queueing import Queue
from reference_service.domain.records import Availability, Conversation, Counter, Message, Person, Record, Shop
from reference_service.filtering.words import WordFilter

if TYPE_CHECKING:
    from reference_service.domain.customers import Known
    from reference_service.domain.orders import Purchase
    from reference_service.domain.staff import Training
    from reference_service.domain.tiers import Step


@dataclass(slots=True)
class Desk:
    """An agent or supervisor at work: devices, conversations held, and the newest place of the dispatch log."""

    person: Person
    devices: set[str] = field(default_factory=set)
    held: dict[str, Thread] = field(default_factory=dict)  # the open ones: the load
    snoozed: dict[str, Thread] = field(default_factory=dict)  # its own as well, and no load
    s: int = 0
    gone_since: float | None = None  # no device since; None while one is connected, or when all was handed on
    acked: dict[str, int] = field(default_factory=dict)  # device: the newest event it has shown; since the start only
    left: dict[str, float] = field(default_factory=dict)  # device: when its connection ended
    sent: dict[str, Message] = field(default_factory=dict)  # client_msg_id: the reply it became (SEND-1)
    on_shift: bool = True
    training: dict[str, Training] = field(default_factory=dict)  # by its id

    def availability(self) -> Availability:
        """Their word, as far as it counts: outside their shifts nobody is online."""
        said = self.person.availability
        return "away" if said == "online" and not self.on_shift else said


@dataclass(slots=True)
class Turn:
    """What the customer wants to be answered (turns.py)."""

    seq: int  # its first message
    since: float
    heard: bool = False  # something automatic was said since
    answered: bool = False
    steps: tuple[Step, ...] = field(default=(), compare=False)  # of its response clocks (tiers.py)
    passed: int = field(default=0, compare=False)  # so many of them
    speed: float = field(default=1.0, compare=False)


@dataclass(slots=True)
class BotVisit:
    """The bot's part in a visit (bot_visits.py)."""

    since: int  # the visit's first seq
    dealt: int = 0  # what the customer said up to this seq is dealt with
    answered: int = 0  # answers of the bot
    last: str = ""  # what it answered last
    person: bool = False  # a person has replied


@dataclass(slots=True)
class Unread:
    """What the agent has neither read nor answered (reminders.py)."""

    seq: int  # its first message
    due: float  # when they are reminded


@dataclass(slots=True)
class Thread:
    """A conversation alive: the messages of its visit, and the replies on their way out."""

    conversation: Conversation
    seq: int = 0
    top_index: int = -1
    visit: list[Message] = field(default_factory=list)
    told: dict[str, int] = field(default_factory=dict)  # agent who held it before: the newest seq told
    outbox: deque[Message] = field(default_factory=deque)  # the head is being sent, the rest wait
    own: set[str] = field(default_factory=set)  # platform ids of replies that were sent
    turn: Turn | None = None  # the newest; answered ones stay until the customer writes again
    said: dict[str, int] = field(default_factory=dict)  # auto-reply scene: the seq it was last said with
    unread: Unread | None = None
    waits_for_customer: float | None = None  # until when a reply may stay unread before the customer is reminded
    handed: int = 0  # the newest seq when the bot handed it over last
    answering: str = ""  # the platform's id of the customer's newest message: what a reply must name
    happened: int = 0  # the newest n of what happened to it (chronicle.py)
    bot: BotVisit | None = None  # of the newest visit in which it was asked
    rated: int = 0  # the first seq of the newest visit that was rated
    known: Known | None = None  # its customer
    complaint: str = ""  # the open one's id
    counted: tuple[int, int, int, int] = (0, 0, 0, 0)  # for which trial, of which visit: rounds and waits (trials.py)


@dataclass(slots=True)
class ShopFloor:
    """A shop at work."""

    shop: Shop
    words: WordFilter = field(default_factory=WordFilter)
    desks: dict[str, Desk] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)  # by the platform's conversation id
    queue: Queue = field(default_factory=Queue)
    overloads: dict[str, float] = field(default_factory=dict)  # what is overloaded: since when (overload.py)
    spares_on: bool = False  # whether the rules give work to the spare pool (staff.py)
    customers: dict[str, Known] = field(default_factory=dict)  # by open_id
    orders: dict[str, Purchase] = field(default_factory=dict)  # by the platform's order id
    settings: dict[type[msgspec.Struct], msgspec.Struct] = field(default_factory=dict)  # by shape (configuring.py)
    versions: dict[type[msgspec.Struct], int] = field(default_factory=dict)
    knowledge: Knowledge = field(default_factory=Knowledge)
    shelves: dict[type[Record], dict[str, Record]] = field(default_factory=dict)  # by shape and key (shelves.py)
    undelivered: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # events that wait, by webhook


@dataclass(slots=True)
class World:
    """Everything; all lookups are dictionaries."""

    floors: dict[str, ShopFloor] = field(default_factory=dict)
    accounts: dict[tuple[PlatformName, str], ShopFloor] = field(default_factory=dict)  # by platform and open_id
    people: dict[str, Person] = field(default_factory=dict)
    by_login: dict[str, Person] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)  # id hash: body hash
    waiting: dict[str, Thread] = field(default_factory=dict)  # threads whose outbox head has a time to wait for
    counters: dict[str, int] = field(default_factory=dict)
    apps: dict[str, str] = field(default_factory=dict)  # client_key: client_secret
    recovered_at: float = 0.0
    speed: float = 1.0  # divides the business's clocks: tiers, reminders, complaints (R3.1)
    agenda: Agenda = field(default_factory=Agenda)

    def next_number(self, name: str, changes: Changes) -> int:
        """A number never given before."""
        self.counters[name] = number = self.counters.get(name, 0) + 1
        changes.keep(Counter(name=name, value=number))
        return number

    def floor_of(self, thread: Thread) -> ShopFloor:
        """The shop floor of a conversation."""
        return self.floors[thread.conversation.shop_id]

    def desk(self, person_id: str) -> Desk | None:
        """The desk of an agent or supervisor; None for administrators and strangers."""
        person = self.people.get(person_id)
        return self.floors[person.shop_id].desks.get(person_id) if person else None
