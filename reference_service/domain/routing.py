"""Who gets a conversation: the first of the shop's rules that finds somebody able decides (R7.1, ROUTE-3); pure."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from reference_service.domain.configuring import setting
from reference_service.domain.customers import profile as profile_of
from reference_service.domain.grades import Profile
from reference_service.domain.routing_rules import RoutingRule, RoutingRules
from reference_service.domain.world import Desk, ShopFloor, Thread

Why = Literal["not_for_them", "nobody_named", "nobody_able"]
Hindrance = Literal["supervisor", "uncertified", "offline", "away", "off_shift", "no_device", "full", "spare"]


class Passed(NamedTuple):
    """A rule that did not decide."""

    rule: str
    why: Why
    detail: str


class Decision(NamedTuple):
    """The rule that decided, and for whom; None: nobody is able, and the customer waits."""

    rule: str
    desk: Desk | None
    passed: tuple[Passed, ...]


def decide(rules: Sequence[RoutingRule], profile: Profile, able: Sequence[Desk]) -> Decision:
    """Go through the rules in their order; the last one is for everybody, so every profile meets exactly one.

    Within a rule the least loaded gets it, then the eldest: the same state and profile give the same agent (ROUTE-5).
    """
    passed = []
    for rule in rules:
        if differs := rule.differs(profile):
            passed.append(Passed(rule.name, "not_for_them", differs))
        elif chosen := _chosen(rule, profile, able):
            return Decision(rule.name, min(chosen, key=_least), tuple(passed))
        elif rule.to == "last_agent" and profile.last_agent is None:
            passed.append(Passed(rule.name, "nobody_named", "no agent has served them"))
        elif not rule.is_fallback():
            passed.append(Passed(rule.name, "nobody_able", _LACK[rule.to]))
    return Decision(rules[-1].name, None, tuple(passed))


def pick(floor: ShopFloor, thread: Thread, but: Desk | None = None) -> Desk | None:
    """The agent for a conversation, or None when it must wait. `but` does not get it."""
    able = [desk for desk in ready(floor) if desk is not but]
    return decide(setting(floor, RoutingRules).rules, profile_of(floor, thread.known), able).desk if able else None


def ready(floor: ShopFloor) -> Iterable[Desk]:
    """The agents of a shop that can be given a conversation by the rules."""
    return (desk for desk in floor.desks.values() if is_present(desk) and has_room(desk) and is_routed(floor, desk))


def hindrances(floor: ShopFloor, desk: Desk) -> list[Hindrance]:
    """Why the rules give an agent nothing now; empty where they may."""
    person, word = desk.person, desk.availability()
    found: dict[Hindrance, bool] = {
        "supervisor": person.role != "agent",
        "uncertified": not person.certified,
        "offline": word == "offline",
        "away": person.availability == "away",
        "off_shift": not desk.on_shift,
        "no_device": not desk.devices,
        "full": not has_room(desk),
        "spare": person.spare and not floor.spares_on,
    }
    return [name for name, hinders in found.items() if hinders]


def is_present(desk: Desk) -> bool:
    """Certified, online, on shift, and with a device to be told on (ROUTE-6)."""
    return desk.person.certified and desk.availability() == "online" and bool(desk.devices)


def has_room(desk: Desk) -> bool:
    """Below the agent's capacity (ROUTE-2)."""
    return len(desk.held) < desk.person.capacity


def is_routed(floor: ShopFloor, desk: Desk) -> bool:
    """Whether the rules may choose them at all: no supervisor, and of the spare pool nobody until it is called."""
    return desk.person.role == "agent" and (floor.spares_on or not desk.person.spare)


_LACK: Final = {
    "dedicated": "neither the agent named for them nor one of level dedicated is able",
    "last_agent": "the agent who served them last is not able",
    "senior": "no agent of level senior is able",
    "trainee": "no agent of level trainee is able",
    "regular": "no agent of level regular is able",
    "anybody": "no agent is able",
}


def _chosen(rule: RoutingRule, profile: Profile, able: Sequence[Desk]) -> Sequence[Desk]:
    if rule.to == "anybody":
        return able
    if rule.to == "last_agent":
        return [desk for desk in able if desk.person.id == profile.last_agent]
    named = [desk for desk in able if desk.person.id == profile.dedicated] if rule.to == "dedicated" else []
    return named or [desk for desk in able if desk.person.level == rule.to]


def _least(desk: Desk) -> tuple[int, int, str]:
    return len(desk.held), len(desk.person.id), desk.person.id  # a9 is older than a10
