"""What the service remembers, all of it in memory: shops, people, conversations, messages, and how they are shown."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from tests.second.words import Words

Json = dict[str, Any]
numbers = itertools.count(1)


class Refused(Exception):
    """Not done, for this reason of the contract's; `where` says more to people."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code)
        self.code, self.where = code, where


class Clock:
    """The business's time: a test hook may move it ahead."""

    ahead = 0.0

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self.ahead


class Link(Protocol):
    """A connected device."""

    def send(self, frame: str) -> None:
        """Write a frame, some time soon."""
        ...

    def close(self, code: int) -> None:
        """End the connection behind what waits."""
        ...


@dataclass(eq=False)
class Person:
    """An administrator, supervisor or agent, with the log of everything their devices are told."""

    id: str
    shop: "Shop"
    role: str
    login: str
    password: str
    name: str = ""
    level: str = "regular"
    capacity: int = 15
    certified: bool = False
    spare: bool = False
    availability: str = "online"
    held: list["Conversation"] = field(default_factory=list)
    log: list[tuple[str, Json]] = field(default_factory=list)
    links: dict[str, Link] = field(default_factory=dict)
    left: dict[str, float] = field(default_factory=dict)  # device -> when its connection ended
    acked: dict[str, int] = field(default_factory=dict)
    sent: dict[str, tuple[tuple[Any, ...], "Message"]] = field(default_factory=dict)  # client_msg_id -> what it was

    @property
    def present(self) -> bool:
        """Whether conversations may be given to them at all."""
        return self.certified and self.availability == "online" and bool(self.links)

    def tell(self, t: str, d: Json) -> None:
        """The next event of their log, to every device."""
        self.log.append((t, d))
        frame = frame_of(len(self.log), t, d)
        for link in self.links.values():
            link.send(frame)

    def view(self) -> Json:
        """As openapi.yaml shows an agent."""
        return {
            "id": self.id, "name": self.name, "role": self.role, "login": self.login, "level": self.level,
            "capacity": self.capacity, "certified": self.certified, "availability": self.availability,
            "on_shift": True, "spare": self.spare, "disabled": False, "online": self.present, "load": len(self.held),
        }  # fmt: skip


@dataclass(eq=False)
class Message:
    """One message. `shown` is what the other side may see of it: None where it was blocked or recalled."""

    conversation: "Conversation"
    seq: int
    sender: str
    text: str
    shown: str | None
    at: float
    agent: Person | None = None
    platform_id: str | None = None
    client_msg_id: str | None = None
    index: int | None = None
    late: bool = False
    status: str = "received"
    kind: str = "text"
    ref: str = ""
    private: bool = False
    scene: str = ""
    step: str = ""  # of the outbox: queued, calling
    echo: asyncio.Future[str] | None = None

    @property
    def id(self) -> str:
        """Opaque to everybody else."""
        return f"{self.conversation.id}-{self.seq}"

    def place(self) -> Json:
        """All but the text."""
        return {
            "conversation_id": self.conversation.id, "message_id": self.id, "seq": self.seq, "sender": self.sender,
            "agent_id": self.agent and self.agent.id, "platform_message_id": self.platform_id,
            "client_msg_id": self.client_msg_id, "index": self.index, "late": self.late, "created_at": self.at,
            "status": self.status, "kind": self.kind, "ref": self.ref, "private": self.private, "scene": self.scene,
            "edited": False,
        }  # fmt: skip

    def event(self) -> tuple[str, Json]:
        """How a device is told of it."""
        if self.shown is None:
            return "message.blocked", self.place()
        return "message.created", self.place() | {"text": self.shown, "masked": self.shown != self.text}

    def fate(self, reason: str) -> Json:
        """message.updated."""
        kept = ("conversation_id", "message_id", "seq", "client_msg_id", "platform_message_id", "status")
        return {name: value for name, value in self.place().items() if name in kept} | {"reason": reason}

    def gone(self) -> Json:
        """message.recalled."""
        return {
            "conversation_id": self.conversation.id, "message_id": self.id, "seq": self.seq,
            "platform_message_id": self.platform_id,
        }  # fmt: skip

    def view(self) -> Json:
        """As openapi.yaml shows a message."""
        blocked = self.shown is None and self.status != "recalled"
        masked = self.shown not in (None, self.text)
        return self.place() | {"text": self.shown, "masked": masked, "blocked": blocked}


@dataclass(eq=False)
class Conversation:
    """A customer and a shop, for ever: visit after visit."""

    id: str
    number: int
    shop: "Shop"
    platform_id: str
    customer: str
    nick: str
    opened_at: float
    state: str = "resolved"
    agent: Person | None = None
    last: Person | None = None
    version: int = 0
    visits: int = 0
    visit_from: int = 1
    read_to: int = 0
    customer_read: int | None = None
    waits_since: float = 0.0
    answering: str = ""  # the customer's newest message, which replies name
    top_index: int = -1
    messages: list[Message] = field(default_factory=list)
    outbox: deque[Message] = field(default_factory=deque)
    worker: asyncio.Task[None] | None = None
    own: set[str] = field(default_factory=set)  # the platform's ids of what our side sent
    told: dict[Person, int] = field(default_factory=dict)  # former agents: up to which seq they know it
    said: set[str] = field(default_factory=set)  # scenes of this visit

    @property
    def seq(self) -> int:
        """The newest message's."""
        return len(self.messages)

    @property
    def visit(self) -> list[Message]:
        """The messages of this visit."""
        return self.messages[self.visit_from - 1 :]

    @property
    def unread(self) -> int:
        """The customer's messages of this visit after the mark."""
        if self.state == "resolved":
            return 0
        return sum(each.sender == "customer" and each.seq > self.read_to for each in self.visit)

    def add(self, sender: str, text: str, shown: str | None, at: float, **more: Any) -> Message:
        """The next message."""
        message = Message(self, self.seq + 1, sender, text, shown, at, **more)
        self.messages.append(message)
        return message

    def who(self) -> Json:
        """The customer, as agents may see them."""
        grade = "new" if self.visits < 2 else "regular"
        return {"open_id": self.customer, "nick": self.nick, "grade": grade, "tags": []}

    def standing(self) -> Json:
        """What a device shows of it, in `ready`."""
        return {
            "conversation_id": self.id, "seq": self.seq, "customer": self.who(), "state": self.state,
            "version": self.version, "priority": "normal", "tags": [], "snoozed_until": None,
            "visit_from": self.visit_from, "read_to": self.read_to, "unread": self.unread,
            "customer_read": self.customer_read,
        }  # fmt: skip

    def view(self) -> Json:
        """As openapi.yaml shows a conversation."""
        shown = self.standing() | {
            "id": self.id, "agent_id": self.agent and self.agent.id, "last_agent_id": self.last and self.last.id,
            "opened_at": self.opened_at,
        }  # fmt: skip
        shown.pop("conversation_id")
        return shown


@dataclass(eq=False)
class Shop:
    """A shop with its people, its settings and its platform account."""

    id: str
    name: str
    open_id: str
    client_key: str
    client_secret: str
    capacity: int
    test: bool
    platform: Any = None  # outbox.Platform
    access_token: str = ""
    refresh_token: str = ""
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)
    admin: Person = field(init=False)
    agents: dict[str, Person] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)  # by the platform's id
    queue: list[Conversation] = field(default_factory=list)
    words: Words = field(default_factory=Words)
    hours: Json = field(default_factory=lambda: {"version": 0})
    scenes: Json = field(default_factory=lambda: {"version": 0})


@dataclass(eq=False)
class World:
    """Everything."""

    clock: Clock = field(default_factory=Clock)
    shops: dict[str, Shop] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)  # by login
    tokens: dict[str, tuple[str, Person, float]] = field(default_factory=dict)  # token -> use, whose, until (monotonic)
    sessions: dict[str, tuple[Person, str]] = field(default_factory=dict)  # session_id -> whose, device
    handled: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)  # (shop, message id) -> what it said
    conflicts: list[tuple[str, str]] = field(default_factory=list)

    def person(self, token: str, use: str = "access") -> tuple[Person, float] | None:
        """Whose token that is, and until when on the monotonic clock; None where it is nobody's, or over."""
        kind, person, until = self.tokens.get(token, ("", None, 0.0))
        return (person, until) if person is not None and kind == use and until > time.monotonic() else None

    def remove(self, shops: Iterable[Shop]) -> Json:
        """Take shops away with all that is theirs; what was handled stays known."""
        removed = dict.fromkeys(("shops", "agents", "conversations", "messages"), 0)
        for shop in list(shops):
            people = [shop.admin, *shop.agents.values()]
            for person in people:
                del self.people[person.login]
                for link in person.links.values():
                    link.close(4001)
            self.tokens = {token: each for token, each in self.tokens.items() if each[1] not in people}
            self.sessions = {name: each for name, each in self.sessions.items() if each[0] not in people}
            for conversation in shop.conversations.values():
                del self.conversations[conversation.id]
                if conversation.worker is not None:
                    conversation.worker.cancel()
                removed["messages"] += conversation.seq
            del self.shops[shop.id]
            removed["shops"] += 1
            removed["agents"] += len(shop.agents)
            removed["conversations"] += len(shop.conversations)
        return removed


def frame_of(s: int, t: str, d: Json) -> str:
    """The dispatch of one event."""
    return msgspec.json.encode({"op": "dispatch", "s": s, "t": t, "d": d}).decode()
