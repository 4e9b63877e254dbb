"""What a look at the target shows, in the oracle's names."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where one customer's conversation is."""

    state: str
    agent: str  # the agent's name, "" for nobody, "?" for somebody who is not of this shop
    version: int
    seq: int


class Told(NamedTuple):
    """One thing a clock did, as somebody was told of it. `at` is when, where that is told, else 0."""

    promise: str
    customer: str
    what: str
    seq: int
    who: str  # an agent's name, or LEADS
    at: float


class Waiting(NamedTuple):
    """One place of the queue."""

    customer: str
    tier: str


class Taken(NamedTuple):
    """One assignment, as the agent was told of it."""

    customer: str
    agent: str
    load: int
    capacity: int


@dataclass
class Seen:
    """One look. `taken` and `told` are what is new since the look before."""

    places: dict[str, Place] = field(default_factory=dict)
    conversations: Counter[str] = field(default_factory=Counter)  # customer -> how many conversations they have
    queue: list[Waiting] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def told(frame: Mapping[str, Any], who: str, customers: Mapping[str, str]) -> Told | None:
    """What a frame of somebody's log says of a clock; None where of none. `customers` by conversation."""
    kind, said = frame["t"], frame["d"]
    customer = customers.get(said.get("conversation_id", ""), "?")
    if kind in ("tier.warning", "tier.breached"):
        what = f"{said['tier']} {kind.partition('.')[2]}"
        return Told("TIER-1", customer, what, said["seq"], who, said["at"])
    if kind == "unread.reminder":
        return Told("UNREAD-1", customer, "unread", said["seq"], who, said["at"])
    if kind == "complaint.updated" and said["what"] in ("escalated", "breached"):
        what = "breached" if said["what"] == "breached" else said["level"]
        return Told("COMPLAINT-1", customer, what, 0, who, 0.0)
    return None


def taken(frame: Mapping[str, Any], customers: Mapping[str, str], agents: Mapping[str, str]) -> Taken | None:
    """An assignment in somebody's log, None where the frame is none."""
    if frame["t"] != "conversation.assigned":
        return None
    said = frame["d"]
    customer = customers.get(said["conversation_id"], "?")
    return Taken(customer, agents.get(said["agent_id"], "?"), said["load"], said["capacity"])
