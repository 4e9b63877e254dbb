"""How the harness talks to a system under test: what an adapter is. docs/adapter.md shows one being written.

An adapter is asyncio and runs in the workforce and suite processes, never inside Locust. A name in `offers` obliges the
methods of that name's protocol; what is absent is reported as *not verified*.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import aiohttp
import msgspec

from fixtures.automatic import Automatic
from fixtures.words import BUNDLED, Listed
from history.run import App, ShopSpec
from targets.vocabulary import (
    Action,
    Agent,
    Change,
    Closed,
    Edit,
    Event,
    FilterVerdict,
    Held,
    Hit,
    Hours,
    Leftover,
    Profile,
    Read,
    Recall,
    Sent,
    Shop,
    Snapshot,
    Transfer,
    Verdict,
    Version,
    WordRule,
    Words,
)

__all__ = [  # with the vocabulary's, so that an adapter imports from here alone
    "FIGURES",
    "OFFERS",
    "Action",
    "Agent",
    "Change",
    "Closed",
    "Cursor",
    "Device",
    "Edit",
    "Event",
    "FilterVerdict",
    "Held",
    "Hit",
    "Hours",
    "Leftover",
    "Limits",
    "Profile",
    "Read",
    "Recall",
    "Run",
    "Sent",
    "Shop",
    "Snapshot",
    "Target",
    "TargetError",
    "Transfer",
    "Verdict",
    "Version",
    "WordRule",
    "Words",
]

Cursor = str  # opaque to the harness, handed back to connect()

# what a target may offer -> the methods it obliges to
OFFERS: Final[Mapping[str, tuple[str, ...]]] = {
    "resume": (),
    "automatic": ("automatic",),
    "profiles": ("profiles",),
    "complaints": ("complain", "close_complaint"),
    "figures": ("figures",),
    "history": ("history",),
    "state": ("state",),
    "read": ("act",),
    "recall": ("act",),
    "edit": ("act",),
    "transfer": ("act",),
    "filter": ("check_texts",),
    "words": ("configure",),
    "hours": ("configure",),
    "clock": ("advance",),
    "restart": ("restart",),
    "contract": ("bearer",),
}
FIGURES: Final[tuple[str, ...]] = ("rated", "satisfied", "rounds", "round_seconds", "conversations", "resolved")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the target can bear, and what may be done to it."""

    max_agents: int = 1000
    max_shops: int = 0  # 0: as many as are asked for
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
    offers: frozenset[str]  # what stands here after `open` counts: it may turn out to be less
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


class KeepsHistory(Target, Protocol):
    """Offers `history`."""

    async def history(self, agent: Agent, conversation: str, after: int) -> list[Event]:
        """Every message of a conversation after that seq, by rising seq, as an agent may see it.

        What was recalled is of kind `other`, note `recalled`. Raises TargetError.
        """
        ...


class ShowsState(Target, Protocol):
    """Offers `state`."""

    async def state(self, agent: Agent) -> Snapshot:
        """What a device of this agent that begins now would show. Raises TargetError."""
        ...


class Acts(Target, Protocol):
    """Offers `read`, `recall`, `edit` or `transfer`; only actions that are offered are asked for."""

    async def act(self, agent: Agent, action: Action) -> Sent:
        """Do it as that agent: ok, failed with the target's code, or unknown where no answer came."""
        ...


class Filters(Target, Protocol):
    """Offers `filter`."""

    async def check_texts(
        self, shop: Shop, texts: Sequence[str], to: Literal["customer", "agent"]
    ) -> list[FilterVerdict]:
        """What the shop's filter would do with each text on its way there; nothing is sent. Raises TargetError."""
        ...


class Configures(Target, Protocol):
    """Offers `words` or `hours`; only changes that are offered are asked for."""

    async def configure(self, shop: Shop, change: Change) -> None:
        """In force for every message that comes after this returned. Raises TargetError."""
        ...


class HasClock(Target, Protocol):
    """Offers `clock`."""

    async def advance(self, seconds: float) -> None:
        """Let the business's time jump ahead; what became due by that has happened when this returns.

        Tokens, heartbeats, resume windows and retries stay in real time. Raises TargetError.
        """
        ...


class Restarts(Target, Protocol):
    """Offers `restart`."""

    async def restart(self, how: Literal["kill", "stop"]) -> None:
        """End the target at once or politely, and start it again; it answers when this returns. Raises TargetError."""
        ...


class SpeaksContract(Target, Protocol):
    """Offers `contract`: it answers contract/openapi.yaml itself, at the run's target_url."""

    async def bearer(self, who: Agent | Shop | None) -> str:
        """An access token of the agent, of the shop's administrator, or of the operator (None). Raises TargetError."""
        ...


class TargetError(Exception):
    """The target did not do what every target must; the text says what was asked, of whom, and what came back."""
