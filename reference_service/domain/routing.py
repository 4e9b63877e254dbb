"""Who gets a conversation: ordered rules as data, the first that finds somebody decides (R1.3, R7.1); pure."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from reference_service.domain.world import Desk, Thread


class Rule(NamedTuple):
    """`chooses` narrows the able agents of a shop to those this rule would take for a conversation."""

    name: str
    chooses: Callable[[Thread, list[Desk]], list[Desk]]


def anybody(_: Thread, able: list[Desk]) -> list[Desk]:
    """The fallback: everybody able."""
    return able


RULES: tuple[Rule, ...] = (Rule("fallback", anybody),)


def pick_agent(thread: Thread, desks: Iterable[Desk]) -> Desk | None:
    """The agent for a conversation, or None when it must wait: within a rule the least loaded, then the eldest id."""
    able = [desk for desk in desks if desk.person.role == "agent" and is_present(desk) and has_room(desk)]
    for rule in RULES:
        if chosen := rule.chooses(thread, able):
            return min(chosen, key=lambda desk: (len(desk.held), desk.person.id))
    return None


def is_present(desk: Desk) -> bool:
    """Certified, online, and with a device to be told on (ROUTE-6)."""
    return desk.person.certified and desk.person.availability == "online" and bool(desk.devices)


def has_room(desk: Desk) -> bool:
    """Below the agent's capacity (ROUTE-2)."""
    return len(desk.held) < desk.person.capacity
