"""What of a look differs from the oracle, and which promise says that it must not; pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from security_tests.routing.duty import Fired
from security_tests.routing.model import Routing
from security_tests.routing.people import TIERS
from security_tests.routing.seen import Seen, Told

# How far the oracle's own moments may be off: a turn is counted from the target's own date of a message, but since when
# somebody has a conversation is known from outside only.
EXACT_S: Final = {"TIER-1": 0.005, "UNREAD-1": 0.5}


class Fault(NamedTuple):
    """A promise, and in one sentence what was expected and what was seen."""

    promise: str
    what: str


def judge(model: Routing, seen: Seen, now: float) -> Fault | None:
    """The first thing that is not as it should be; the order tells cause from consequence."""
    looks: tuple[Callable[[Routing, Seen, float], Iterator[Fault]], ...] = (
        _one_place,
        _capacity,
        _able_only,
        _given_once,
        _whereabouts,
        _queue,
    )
    return next((fault for look in looks for fault in look(model, seen, now)), None)


def clocks(expected: list[Fired], told: list[Told]) -> Fault | None:
    """What the clocks told since everything began is what was due: each once, to whom it concerns, never early.

    The same is due once more to who is given the same conversation once more.
    """
    due: dict[tuple[str, str, str, int, str], list[float]] = defaultdict(list)
    for each in sorted(expected, key=lambda fired: fired.at):
        for who in each.told:
            due[each.promise, each.customer, each.what, each.seq, who].append(each.at)
    came = Counter((each.promise, each.customer, each.what, each.seq, each.who) for each in told)
    for key in (*came, *due):
        times, promised = came[key], len(due.get(key, ()))
        if times != promised:
            promise, customer, what, seq, who = key
            said = f"{who} was told {what!r} of {customer} (message {seq}) {times} times, {promised} times is due"
            return Fault(promise, said)
    for one in sorted(told, key=lambda each: each.at):
        early = due[one.promise, one.customer, one.what, one.seq, one.who].pop(0) - one.at
        if one.at and early > EXACT_S[one.promise]:
            return Fault(one.promise, f"{one.what!r} of {one.customer} is dated {early:.3f} s before it was due")
    return _in_order(told)


def _in_order(told: list[Told]) -> Fault | None:
    last: dict[tuple[str, str, int], float] = {}
    for one in (each for each in told if each.promise == "TIER-1"):
        turn = one.customer, one.who, one.seq
        if one.at < last.get(turn, 0.0):
            return Fault("TIER-1", f"{one.who} was told {one.what!r} of {one.customer} after what came later")
        last[turn] = one.at
    return None


def _one_place(model: Routing, seen: Seen, _: float) -> Iterator[Fault]:
    queued = Counter(each.customer for each in seen.queue)
    for name, customer in model.customers.items():
        place = seen.places.get(name)
        if place is None:
            if customer.state:
                yield Fault("ROUTE-1", f"{name} wrote and has no conversation")
            continue
        if seen.conversations[name] > 1:
            yield Fault("ROUTE-1", f"{name} has {seen.conversations[name]} conversations at once")
        homes = queued[name] + bool(place.agent)
        if homes != (place.state in ("open", "queued", "snoozed")) or (place.state == "queued") != bool(queued[name]):
            where = f"agent {place.agent or 'nobody'}, {queued[name]} places in the queue"
            yield Fault("ROUTE-1", f"{name}'s conversation is {place.state} and has {where}")


def _capacity(model: Routing, seen: Seen, _: float) -> Iterator[Fault]:
    for one in seen.taken:
        if one.load > one.capacity:
            yield Fault("ROUTE-2", f"{one.agent} was given {one.customer} as number {one.load} of {one.capacity}")
    loads = Counter(place.agent for place in seen.places.values() if place.state == "open")
    for name, agent in model.agents.items():
        # Who has more than their capacity had it before the capacity fell: the oracle knows of how many.
        if loads[name] > max(agent.capacity, len(agent.held)):
            yield Fault("ROUTE-2", f"{name} has {loads[name]} conversations and a capacity of {agent.capacity}")


def _able_only(model: Routing, seen: Seen, _: float) -> Iterator[Fault]:
    for name, place in seen.places.items():
        if place.state != "open" or model.customers[name].agent == place.agent:
            continue
        agent = model.agents.get(place.agent)
        if agent is None:
            yield Fault("ROUTE-6", f"{name} was given to somebody who is not an agent of this shop")
        elif why := agent.hindrance():
            yield Fault("ROUTE-6", f"{name} is with {place.agent}, who is {why}; expected {_expected(model, name)}")


def _given_once(_model: Routing, seen: Seen, _: float) -> Iterator[Fault]:
    for name, times in Counter(each.customer for each in seen.taken).items():
        if times > 1:
            to = ", ".join(each.agent for each in seen.taken if each.customer == name)
            yield Fault("ROUTE-6", f"{name} was given away {times} times in one step: {to}")


def _whereabouts(model: Routing, seen: Seen, _: float) -> Iterator[Fault]:
    for name, customer in model.customers.items():
        place = seen.places.get(name)
        if place is None or (place.state, place.agent) == (customer.state, customer.agent):
            continue
        yield Fault(_promise(model, seen, name), f"{name} expected {_expected(model, name)}; {_found(seen, name)}")


def _promise(model: Routing, seen: Seen, name: str) -> str:
    place, customer = seen.places[name], model.customers[name]
    if "bot" in (place.state, customer.state):
        return "BOT-1"  # it was to hand over, or was not
    if {place.state, customer.state} == {"open", "queued"}:
        return "ROUTE-4"  # they wait though it is their turn, or somebody was let in whose turn it is not
    if place.state != customer.state:
        return "ROUTE-1"
    given = model.why[name]
    if given.rule == "last agent":
        return "ROUTE-7"
    return "ROUTE-5" if place.agent in given.alike else "ROUTE-3"


def _queue(model: Routing, seen: Seen, now: float) -> Iterator[Fault]:
    waiting = model.waiting(now)
    tiers = [TIERS[model.customers[name].tier(now, model.age_s)] for name in waiting]
    expected, found = list(zip(waiting, tiers, strict=True)), [(each.customer, each.tier) for each in seen.queue]
    if expected != found:
        yield Fault("ROUTE-4", f"expected in the queue {_row(expected)}; seen {_row(found)}")


def _row(places: list[tuple[str, str]]) -> str:
    return ", ".join(f"{name} ({tier})" for name, tier in places) or "nobody"


def _expected(model: Routing, name: str) -> str:
    customer = model.customers[name]
    if customer.agent:
        aside = ", laid aside" if customer.state == "snoozed" else ""
        return f"with {customer.agent} (rule: {model.why[name].rule}){aside}"
    return {"queued": "to wait", "bot": "with the bot"}.get(customer.state, f"to be {customer.state}")


def _found(seen: Seen, name: str) -> str:
    place = seen.places[name]
    return f"went to {place.agent}" if place.state == "open" else f"seen {place.state}"
