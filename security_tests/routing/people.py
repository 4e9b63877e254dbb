"""Who is in the oracle's shop: its agents and its customers, with everything routing may look at."""

from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

NAMES: Final = ("An", "Bo", "Cai", "Dan")  # of agents
GUESTS: Final = tuple(f"C{number}" for number in range(1, 7))
Level = Literal["trainee", "regular", "senior", "dedicated"]
Word = Literal["online", "away", "offline"]

REPEAT_BUYER: Final = 2  # orders that make a VIP (R3.2)
HIGH_SPENDER_FEN: Final = 100_000  # the contract's default
TIERS: Final = ("vip", "high", "normal")


class Hired(NamedTuple):
    """An agent of the shop to be opened."""

    level: Level
    capacity: int
    certified: bool
    spare: bool


@dataclass
class Agent:
    """One agent. `age` is the place in which they were hired: of two alike, the eldest is chosen."""

    name: str
    age: int
    level: Level = "regular"
    capacity: int = 1
    certified: bool = True
    spare: bool = False
    word: Word = "online"
    device: bool = True
    on_shift: bool = True
    held: list[str] = field(default_factory=list)

    def hindrance(self) -> str:
        """Why nobody may give them anything, "" where somebody may (ROUTE-6)."""
        if not self.certified:
            return "uncertified"
        if self.word != "online":
            return self.word
        if not self.on_shift:
            return "off shift"
        return "" if self.device else "without a device"

    def has_room(self) -> bool:
        """Whether their load is below their capacity (ROUTE-2)."""
        return len(self.held) < self.capacity


@dataclass
class Customer:
    """One customer of the shop, and where their conversation is: with `agent`, who may have laid it aside until
    `wakes_at`, waiting since `since`, with the `bot`, or over.
    """

    name: str
    visits: int = 0
    orders: int = 0
    spent: int = 0
    last: str = ""  # the agent who had them last
    named: str = ""  # the agent named for them
    urgent: bool = False
    agent: str = ""
    since: float | None = None
    wakes_at: float | None = None
    bot: bool = False
    place: int = 0  # of two that began to wait in one moment, the first has the smaller

    @property
    def grade(self) -> str:
        """As openapi.yaml's Grade says."""
        if self.orders >= REPEAT_BUYER:
            return "vip"
        return "new" if self.visits <= 1 and not self.orders else "regular"

    @property
    def high_spender(self) -> bool:
        """Whether what they spent reaches the shop's threshold."""
        return self.spent >= HIGH_SPENDER_FEN

    @property
    def state(self) -> str:
        """As openapi.yaml's ConversationState says; "" before they ever wrote."""
        if self.bot:
            return "bot"
        if self.agent:
            return "open" if self.wakes_at is None else "snoozed"
        if self.since is not None:
            return "queued"
        return "resolved" if self.visits else ""

    def begins(self) -> int:
        """The tier a wait of theirs begins in, as a place in TIERS."""
        if self.grade == "vip" or self.urgent:
            return 0
        return 1 if self.high_spender else 2

    def tier(self, now: float, age_s: float) -> int:
        """Where a wait is by now: one better for each `age_s` that it lasted."""
        assert self.since is not None, f"{self.name} does not wait"
        tier, risen_at = self.begins(), self.since + age_s
        while tier > 0 and risen_at <= now:
            tier, risen_at = tier - 1, risen_at + age_s
        return tier

    def describe(self) -> str:
        """What a story says of them in brackets."""
        said = {"vip": "VIP", "new": "new", "regular": "returning"}[self.grade]
        return said + (", high spender" if self.high_spender else "") + (", urgent" if self.urgent else "")
