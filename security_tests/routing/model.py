"""Where everybody should be: routing and the queue read slowly and plainly from the contract (ROUTE-1 to ROUTE-7).

Lists are sorted anew whenever somebody looks at them; nothing is remembered that can be told from the present.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from security_tests.routing.people import Agent, Customer

AGE_S: Final = 120.0  # the contract's default


class Given(NamedTuple):
    """Why somebody has a conversation: the rule of ROUTE-3 that decided, "by hand" where a person did.

    `alike` are all whom the rule led to, `others` the rest of those who were able.
    """

    agent: str
    rule: str
    alike: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


def leads_to(customer: Customer, able: Sequence[Agent]) -> list[tuple[str, list[Agent]]]:
    """The rules of ROUTE-3 in their order, each with those of the able it leads this customer to."""
    vip, dear, new = customer.grade == "vip", customer.high_spender, customer.grade == "new"
    named = [agent for agent in able if vip and agent.name == customer.named]
    return [
        ("dedicated", named or [agent for agent in able if vip and agent.level == "dedicated"]),
        ("last agent", [agent for agent in able if agent.name == customer.last]),
        ("senior", [agent for agent in able if dear and agent.level == "senior"]),
        ("trainee", [agent for agent in able if new and agent.level == "trainee"]),
        ("fallback", list(able)),
    ]


def choose(customer: Customer, able: Sequence[Agent]) -> Given | None:
    """Whom the first rule that finds somebody leads to, the least loaded, then the eldest; None: they wait."""
    for rule, chosen in leads_to(customer, able):
        if chosen:
            best = min(chosen, key=lambda agent: (len(agent.held), agent.age))
            alike = frozenset(agent.name for agent in chosen)
            return Given(best.name, rule, alike, frozenset(agent.name for agent in able) - alike)
    return None


class Routing:
    """One shop. Every method is one thing that happens, at a moment `now` (Unix seconds)."""

    def __init__(self, agents: Iterable[Agent], customers: Iterable[Customer], age_s: float = AGE_S) -> None:
        self.agents = {agent.name: agent for agent in agents}
        self.customers = {customer.name: customer for customer in customers}
        self.age_s = age_s
        self.sale = False  # spares are called
        self.why: dict[str, Given] = {}  # customer -> how their present agent was found
        self.gave: list[tuple[str, Given]] = []  # what was given since somebody emptied this list
        self.met: Counter[str] = Counter()  # how often a promise might have been broken
        self.depth: Counter[str] = Counter()  # how often things came to what is easily got wrong
        self._places = 0

    def able(self, but: str = "") -> list[Agent]:
        """Those the rules may give something now; `but` is left out."""
        present = [agent for agent in self.agents.values() if not agent.hindrance() and agent.has_room()]
        return [agent for agent in present if (self.sale or not agent.spare) and agent.name != but]

    def waiting(self, now: float) -> list[str]:
        """Who waits, whoever is served first first: by tier, and in a tier first come, first served (ROUTE-4)."""
        waits = [one for one in self.customers.values() if one.since is not None]
        return [one.name for one in sorted(waits, key=lambda one: (one.tier(now, self.age_s), one.since, one.place))]

    def write(self, name: str, now: float, bot: bool = False) -> bool:
        """A customer writes; whether that began a visit, which is the bot's at first where the shop wants it so."""
        customer = self.customers[name]
        if customer.state == "snoozed":
            self.wake(name, now)
        if customer.state in ("open", "queued", "bot"):
            return False
        customer.visits += 1
        customer.bot = bot
        if not bot:
            self.route(name, now)
        return True

    def hand_over(self, name: str, now: float) -> None:
        """From the bot to a person."""
        self.customers[name].bot = False
        self.route(name, now)
        self.met["BOT-1"] += 1
        self.depth[f"the bot hands over to {'an agent' if self.customers[name].agent else 'the queue'}"] += 1

    def snooze(self, name: str, until: float, now: float) -> None:
        """Laid aside: it keeps its agent and is no load, so that there is room for another."""
        customer = self.customers[name]
        if customer.state == "open":
            self.agents[customer.agent].held.remove(name)
        customer.wakes_at = until
        self.serve(now)

    def wake(self, name: str, now: float) -> None:
        """What was laid aside goes on: with its agent where able and with room, else as a new one."""
        customer = self.customers[name]
        agent = self.agents[customer.agent]
        if not agent.hindrance() and agent.has_room():
            customer.wakes_at = None
            agent.held.append(name)
            self.why[name] = Given(agent.name, "last agent")
            self.met["ROUTE-7"] += 1
            self.depth["wakes with its agent"] += 1
        else:
            self._release(name)
            self.route(name, now)
            self.met["ROUTE-6"] += bool(agent.hindrance())
            self.met["ROUTE-2"] += not agent.has_room()
            self.depth[f"wakes with {'another agent' if customer.agent else 'nobody'}"] += 1

    def resolve(self, name: str, now: float) -> None:
        """The visit is over, and its place is free."""
        self._release(name)
        self.serve(now)

    def pass_on(self, name: str, to: str, now: float) -> None:
        """A person hands a conversation on: to a colleague who is able, or "" to another whom the rules choose."""
        giver = self._release(name)
        if to:
            self._give(name, Given(to, "by hand"))
        else:
            self.route(name, now, giver)
        self.serve(now)

    def order(self, name: str, fen: int) -> None:
        """A customer paid for one more order."""
        customer = self.customers[name]
        customer.orders, customer.spent = customer.orders + 1, customer.spent + fen

    def says(self, who: str, word: str, now: float) -> None:
        """An agent is online, away or offline from now on; of who is offline everything is reassigned (ROUTE-6)."""
        agent = self.agents[who]
        agent.word = word  # type: ignore[assignment]
        if word == "offline":
            self.leaves(who, now)
        self.serve(now)

    def leaves(self, who: str, now: float) -> None:
        """Signed off, or without a device for too long: what they have open is reassigned, what they laid aside not."""
        agent = self.agents[who]
        self.met["ROUTE-6"] += bool(agent.held)
        if agent.held:
            self.depth[f"an agent goes and leaves {len(agent.held)}"] += 1
        for name in sorted(agent.held, key=lambda name: self.customers[name].begins()):
            self._release(name)
            self.route(name, now)

    def route(self, name: str, now: float, but: str = "") -> None:
        """Somebody able gets it, unless others wait already; else it waits from now on."""
        given = None if self.waiting(now) else choose(self.customers[name], self.able(but))
        if given is None:
            self._places += 1
            self.customers[name].since, self.customers[name].place = now, self._places
            self.depth[f"{len(self.waiting(now))} wait"] += 1
        else:
            self._give(name, given)

    def serve(self, now: float) -> None:
        """As long as somebody waits and somebody is able, the first in the queue is served."""
        waiting = self.waiting(now)
        for place, name in enumerate(waiting, 1):
            given = choose(self.customers[name], self.able())
            if given is None:
                return
            self.met["ROUTE-4"] += place < len(waiting)
            self._give(name, given)

    def _meet(self, given: Given) -> None:
        """Whoever might have been chosen instead is an occasion to break a promise."""
        staff = self.agents.values()
        self.met["ROUTE-2"] += any(not agent.has_room() for agent in staff)
        self.met["ROUTE-3"] += bool(given.others) and given.rule != "last agent"
        self.met["ROUTE-5"] += len(given.alike) > 1
        self.met["ROUTE-6"] += any(agent.hindrance() for agent in staff)
        self.met["ROUTE-7"] += bool(given.others) and given.rule == "last agent"

    def _give(self, name: str, given: Given) -> None:
        self._meet(given)
        customer = self.customers[name]
        customer.agent = customer.last = given.agent
        customer.since = None
        self.agents[given.agent].held.append(name)
        self.why[name] = given
        self.gave.append((name, given))

    def _release(self, name: str) -> str:
        customer = self.customers[name]
        if customer.state == "open":
            self.agents[customer.agent].held.remove(name)
        giver, customer.agent, customer.since = customer.agent, "", None
        customer.wakes_at, customer.bot = None, False
        return giver
