"""How the harness talks to a system under test: what an adapter is. docs/adapter.md shows one being written.

An adapter is asyncio and runs in the workforce and suite processes, never inside Locust. A name in `offers` obliges the
methods of that name's protocol; what is absent is reported as *not verified*.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Protocol

import aiohttp
import msgspec

from fixtures.automatic import Automatic
from fixtures.words import BUNDLED, Listed
from history.run import App, ShopSpec

Cursor = str  # opaque to the harness, handed back to connect()

# what a target may offer -> the methods it obliges to
OFFERS: Final[Mapping[str, tuple[str, ...]]] = {
    "resume": (),
    "automatic": ("automatic",),
    "profiles": ("profiles",),
    "complaints": ("complain", "close_complaint"),
    "figures": ("figures",),
}
FIGURES: Final[tuple[str, ...]] = ("rated", "satisfied", "rounds", "round_seconds", "conversations", "resolved")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the target can bear, and what may be done to it."""

    max_agents: int = 1000
    max_rate: float | None = None  # customer messages a second
    poll_s: float = 0.0  # a polling adapter's interval: an observation error
    may_harm: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Run:
    """What an adapter may use of the run: where the simulated platform is, and one HTTP client.

    `gateway_url` is the platform as the target reaches it; `ca_file` is the CA of its certificate, "" where the
    system's own do or it speaks plain HTTP.
    """

    id: str
    gateway_url: str
    target_url: str
    app: App
    shops: tuple[ShopSpec, ...]
    business_speed: float
    http: aiohttp.ClientSession
    secrets: Mapping[str, str]  # from golive.toml, `env:NAME` resolved
    platform: str = "open-im"  # the profile this run's platform speaks
    ca_file: str = ""
    words: tuple[Listed, ...] = BUNDLED.entries  # the merchant's list, for the target's filter


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

    kind: str  # message | withheld | assigned | released | reply_failed | in_doubt | tier | complaint | csat | other
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


class Device(Protocol):
    """One socket or poller of one agent; it never reconnects by itself."""

    @property
    def cursor(self) -> Cursor | None:
        """Where to resume: after the newest event that `events` has yielded."""
        ...

    @property
    def resumed(self) -> bool:
        """Whether this connection goes on where another ended, without a gap."""
        ...

    def events(self) -> AsyncIterator[Event | Closed]:
        """What the device is told, in order; the last item is a Closed."""
        ...

    async def reply(self, conversation: str, text: str, client_id: str) -> Sent:
        """Send as this agent; the same client_id again must not send twice."""
        ...

    async def resolve(self, conversation: str) -> Sent:
        """Finish a conversation."""
        ...

    async def availability(self, to: Literal["online", "away", "offline"]) -> None:
        """Set the agent's availability."""
        ...

    async def close(self) -> None:
        """Leave politely."""
        ...

    async def cut(self) -> None:
        """Abort the TCP connection, without a close frame."""
        ...


class Target(Protocol):
    """A system under test."""

    name: str
    offers: frozenset[str]
    limits: Limits
    platform: str  # a profile the gateway knows ("open-im"), or "file.py:name" of the team's own

    async def open(self, run: Run) -> Version:
        """Reach the target; raises TargetError where it cannot be reached or does not answer sensibly."""
        ...

    async def close(self) -> list[Leftover]:
        """Remove the test data this run made; what could not be removed."""
        ...

    async def shop(self, want: ShopSpec) -> Shop:
        """Create the shop, or lend one from a pool."""
        ...

    async def agents(self, shop: Shop, n: int) -> list[Agent]:
        """n agents of a shop who may take conversations."""
        ...

    async def connect(self, agent: Agent, device: str, resume: Cursor | None) -> Device:
        """Connect one device, resuming where a cursor is given; raises TargetError."""
        ...


class Automates(Target, Protocol):
    """Offers `automatic`: what the target says by itself can be set."""

    async def automatic(self, shop: Shop, texts: Automatic) -> None:
        """Let the shop say these, at any hour: greet each visit, answer what the articles cover beside its agents."""
        ...


class Profiles(Target, Protocol):
    """Offers `profiles`: the target knows its customers and its agents' levels."""

    async def profiles(self, shop: Shop, customers: Sequence[Profile], agents: Sequence[Agent]) -> None:
        """Tell the shop who bought what, and give its agents levels, a dedicated one for repeat buyers among them."""
        ...


class HearsComplaints(Target, Protocol):
    """Offers `complaints`."""

    async def complain(self, agent: Agent, conversation: str, what: str) -> str:
        """Open a complaint in the agent's conversation; its id. Raises TargetError."""
        ...

    async def close_complaint(self, agent: Agent, complaint: str, outcome: str) -> None:
        """Close it with what became of it. Raises TargetError."""
        ...


class HasFigures(Target, Protocol):
    """Offers `figures`: the target's own dashboard."""

    async def figures(self, shop: Shop) -> Mapping[str, float]:
        """Of FIGURES those it has: counts, and round_seconds, the sum of waits for a person's reply (business s)."""
        ...


class TargetError(Exception):
    """The target did not do what every target must; the text says what was asked, of whom, and what came back."""
