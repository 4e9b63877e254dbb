"""Everything that may be done in a shop: to the target and to its oracle alike, then both are compared.

An act that cannot be done now (nobody there to be answered) does nothing, so that any part of an example can be played.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from security_tests.routing import judging
from security_tests.routing.floor import Floor
from security_tests.routing.hours import Plan, clock, date_in_china
from security_tests.routing.judging import Fault
from security_tests.routing.oracle import Oracle
from security_tests.routing.people import Agent, Customer, Level
from security_tests.routing.seen import Told
from security_tests.routing.stories import Story, broken

NAMES: Final = ("An", "Bo", "Cai", "Dan")
GUESTS: Final = tuple(f"C{number}" for number in range(1, 7))
NEAR_S: Final = 1.0  # nearer to an edge than this nobody can say what came first
BEFORE_S: Final = 0.06  # two or three messages take about so long
MOST_REPLIES: Final = 4  # the platform takes six to a message, and the shop says some by itself


class Hired(NamedTuple):
    """An agent of the shop to be opened."""

    level: Level
    capacity: int
    certified: bool
    spare: bool


class Shop:
    """A fresh shop of the target and its oracle."""

    def __init__(self, floor: Floor, staff: Sequence[Hired], neighbours: Callable[[], None]) -> None:
        self.floor, self._neighbours = floor, neighbours
        self.story = Story()
        self.counts: Counter[str] = Counter()  # how often a promise might have been broken
        self._told: list[Told] = []
        self._replies: Counter[str] = Counter()  # since the customer's newest message
        agents = [Agent(name, age, *hired) for age, (name, hired) in enumerate(zip(NAMES, staff, strict=False))]
        self.oracle = Oracle(agents, [Customer(name) for name in GUESTS])
        floor.open(agents)
        for agent in agents:
            self.story.agent(agent)

    def close(self) -> Counter[str]:
        """Leave; how often each promise was tried."""
        self.floor.close()
        return self.counts + self.oracle.routing.met + Counter(each.promise for each in self.oracle.fired)

    # customers

    def write(self, name: str) -> None:
        """A customer writes."""
        self._be_ready()
        self._write(name)

    def write_at_the_edge(self, names: Sequence[str]) -> None:
        """These write, one right after the other, while the business hours begin or end: the target's own date of each
        message says on which side it is, to the millisecond.
        """
        self._be_ready()
        now = self.floor.now()
        edge = next((edge for edge in self.oracle.plan.edges(now) if edge > now + 2 * NEAR_S), None)
        others = (self.oracle.next_due(), *self.oracle.rises())
        if edge is None or any(other is not None and abs(other - edge) < 2 * NEAR_S for other in others):
            return
        self.story.tell(f"it is almost {clock(edge)} in China, an edge of the business hours")
        self.floor.jump(edge - BEFORE_S - self.floor.now())
        self.oracle.advance(self.floor.now())
        for name in names:
            self._write(name)

    def _write(self, name: str) -> None:
        written = self.floor.writes(name)
        self.oracle.advance(written.at)
        night = self.oracle.writes(name, written.seq, written.at)
        self._replies[name] = 0
        self.story.writes(self.oracle, name, night)
        self.counts["HOURS-1"] += 1
        self._compare(lambda: _scenes(written.scenes, night, written.at))

    def resolve(self, name: str) -> None:
        """A visit ends."""
        if name in self.those("open", "queued"):
            self._do(f"{name}'s visit is resolved", lambda: self.floor.resolves(name))
            self.oracle.resolves(name, self.floor.now())
            self._compare()

    def order(self, name: str, fen: int) -> None:
        """A customer pays for an order."""
        self._do("", lambda: self.floor.orders(name, fen))
        self.oracle.routing.order(name, fen)
        self.story.tell(f"{name} pays for an order of {fen / 100:g} yuan: {self._customer(name).describe()}")
        self._compare()

    def urge(self, name: str) -> None:
        """A conversation is urgent."""
        if name in self.those("queued", "open", "resolved"):
            self._do(f"{name}'s conversation is urgent", lambda: self.floor.urges(name))
            self._customer(name).urgent = True
            self._compare()

    def name_for(self, name: str, who: str) -> None:
        """An agent is named for a customer."""
        if name in self.those("queued", "open", "resolved"):
            self._do(f"{who} is named for {name}", lambda: self.floor.names(name, who))
            self._customer(name).named = who
            self._compare()

    # agents

    def answer(self, name: str) -> None:
        """The agent replies."""
        if name in self.those("open") and self._replies[name] < MOST_REPLIES:
            who = self._customer(name).agent
            self._be_ready()
            self.story.tell(f"{who} replies to {name}")
            self.oracle.advance(self.floor.replies(name, who))
            self.oracle.replies(name)
            self._replies[name] += 1
            self._compare()

    def read(self, name: str) -> None:
        """The agent has read everything."""
        if name in self.those("open"):
            who, seq = self._customer(name).agent, self.floor.seen.places[name].seq
            self._do(f"{who} reads what {name} wrote", lambda: self.floor.reads(name, who))
            self.oracle.reads(name, seq)
            self._compare()

    def transfer(self, name: str, to: str) -> None:
        """Handed on, to a colleague or "" to the queue; refused where the colleague can be given nothing."""
        if name not in self.those("open") or self._customer(name).agent == to:
            return
        self._do(f"{name} is handed on to {to or 'the queue'}", lambda: None)
        expected, got = self._refusals(to), self.floor.transfers(name, to)
        if got not in (expected or {""}):
            promise = "ROUTE-2" if expected == {"no_room"} else "ROUTE-6"
            self._fail(Fault(promise, f"expected {' or '.join(expected) or 'it is done'}, got {got or 'done'}"))
        if not expected:
            self.oracle.passes_on(name, to, self.floor.now())
        self._compare()

    def say(self, who: str, word: str) -> None:
        """An agent is online, away or offline."""
        self._do(f"{who} is {word}", lambda: self.floor.says(who, word))
        self.counts["ROUTE-6"] += word == "offline" and bool(self.oracle.routing.agents[who].held)
        self.oracle.says(who, word, self.floor.now())
        self._compare()

    def cut_or_back(self, who: str) -> None:
        """An agent's device is lost, or found again."""
        if self.oracle.routing.agents[who].device:
            self._do(f"{who}'s device is cut off", lambda: self.floor.cut(who))
        else:
            self._do(f"{who}'s device is back", lambda: self.floor.back(who))
        self.oracle.changes(who, self.floor.now(), device=not self.oracle.routing.agents[who].device)
        self._compare()

    def change(self, who: str, term: str, value: int) -> None:
        """Other terms of an agent: capacity, certified, spare."""
        new: object = value if term == "capacity" else bool(value)
        self._do(f"{who}'s {term} is {new} from now on", lambda: self.floor.terms(who, **{term: new}))
        self.oracle.changes(who, self.floor.now(), **{term: new})
        self._compare()

    # the shop

    def sell(self, on: bool, begins: float | None, lasts: float | None) -> None:
        """A big sale from `begins` s on (None: now) and `lasts` s long (None: on and on), or none."""
        self._be_ready()
        now = self.floor.now()
        since = None if begins is None else now + begins
        until = None if lasts is None else (since or now) + lasts
        when = f"from {'now' if begins is None else f'in {begins:g} s'} {f'for {lasts:g} s' if lasts else 'on'}"
        self._do(f"big sale {when if on else 'off'}", lambda: self.floor.sells(on, since, until))
        if on:
            self.oracle.sells(self.floor.now(), since, until)
        else:
            self.oracle.ends_sale(self.floor.now())
        self._compare()

    def open_or_close(self, closes: bool, in_s: float) -> None:
        """The business hours end, or begin, in so many seconds."""
        self._be_ready()
        plan = _changing(self.floor.now() + in_s, closes) if in_s else Plan({}) if closes else Plan.always()
        when = f"in {in_s:g} s" if in_s else "now"
        self._do(f"the shop {'closes' if closes else 'opens'} {when}", lambda: self.floor.opens_at(plan))
        self.oracle.plan = plan
        self._compare()

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self._do(f"{seconds:g} s pass", lambda: self.floor.jump(seconds))
        self._compare()

    def strike(self) -> None:
        """Two seconds before the next clock strikes nothing may have happened, and right after it all of it."""
        self._be_ready()
        due = self.oracle.next_due()
        if due is None:
            return
        for sentence, moment in (("it is almost time", due - 2.0), ("the next clock strikes", due + 0.5)):
            seconds = moment - self.floor.now()
            if seconds > 0.0:
                self.story.tell(f"{sentence} ({seconds:.1f} s later)")
                self.floor.jump(seconds)
                self._compare()

    def complain(self, name: str) -> None:
        """A complaint is opened, the first of this conversation."""
        if name in self.those("open", "queued") and not self.oracle.watches[name].complaint:
            self._be_ready()
            self.story.tell(f"a complaint is opened for {name}")
            complaint, at = self.floor.complains(name)
            self.oracle.advance(at)
            self.oracle.complains(name, complaint, at)
            self._compare()

    def close_complaint(self, name: str, by_agent: bool) -> None:
        """Somebody closes a complaint, or may not."""
        complaint = self.oracle.watches[name].complaint
        who = self._customer(name).agent if by_agent else "admin"
        if complaint is None or not who:
            return
        self._be_ready()
        expected = self.oracle.refusals(name, by_agent)
        self.story.tell(f"{who} closes {name}'s complaint")
        got = self.floor.closes(complaint.id, who)
        if got not in (expected or {""}):
            said = " or ".join(sorted(expected)) or "that it is closed"
            self._fail(Fault("COMPLAINT-1", f"expected {said}, got {got or 'closed'}"))
        if not expected:
            self.oracle.closes(name)
        self.counts["COMPLAINT-1"] += 1
        self._compare(lambda: self._complaint(name))

    def neighbours(self) -> None:
        """Another shop is busy."""
        self._do("another shop is busy", self._neighbours)
        self._compare()

    def those(self, *states: str) -> list[str]:
        """The customers whose conversations are in these states."""
        return [name for name, one in self.oracle.routing.customers.items() if one.state in states]

    # how it is done

    def _do(self, sentence: str, act: Callable[[], None]) -> None:
        self._be_ready()
        if sentence:
            self.story.tell(sentence)
        act()

    def _be_ready(self) -> None:
        """No clock strikes, and no resume window ends, while a step is made."""
        for who in self.floor.overdue():
            self.floor.back(who)
            self.oracle.changes(who, self.floor.now(), device=True)
        while any(-0.1 < edge - self.floor.now() < NEAR_S for edge in self._edges()):
            self.floor.jump(NEAR_S + 0.2)
        self.oracle.advance(self.floor.now())

    def _edges(self) -> list[float]:
        return self.oracle.edges(self.floor.now()) if self.floor.has("advanceClock") else []

    def _compare(self, also: Callable[[], Fault | None] = lambda: None) -> None:
        now = self.floor.now()
        self.oracle.advance(now)
        seen = self.floor.look()
        self._told += seen.told
        routing, fired = self.oracle.routing, self.oracle.fired
        fault = also() or judging.judge(routing, seen, now) or judging.clocks(fired, self._told)
        self.counts["ROUTE-1"] += 1
        if fault is not None:
            self._fail(fault)

    def _fail(self, fault: Fault) -> None:
        raise broken(fault, self.story)

    def _refusals(self, to: str) -> set[str]:
        if not to:
            return set()
        agent = self.oracle.routing.agents[to]
        return {"not_able"} if agent.hindrance() else set() if agent.has_room() else {"no_room"}

    def _complaint(self, name: str) -> Fault | None:
        complaint = self.oracle.watches[name].complaint
        if complaint is None:
            return None
        state = "closed" if complaint.closed else "open"
        found, due = self.floor.complaint(complaint.id), complaint.opened_at + 48 * 3600
        expected = (state, complaint.level, due, due if complaint.fired == 3 else None)
        seen = tuple(found[key] for key in ("state", "level", "due_at", "breached_at"))
        return None if seen == expected else Fault("COMPLAINT-1", f"expected {expected}, seen {seen}")

    def _customer(self, name: str) -> Customer:
        return self.oracle.routing.customers[name]


def _scenes(scenes: tuple[str, ...], night: bool, at: float) -> Fault | None:
    expected = ("off_hours",) if night else ()
    if scenes == expected:
        return None
    when = f"written at {clock(at)} in China, when the shop is {'closed' if night else 'open or had said so'}"
    return Fault("HOURS-1", f"{when}: expected automatic {expected or 'silence'}, seen {scenes or 'silence'}")


def _changing(edge: float, closes: bool) -> Plan:
    """Open before the edge and closed from it on, or the other way round; the day's other half stays as it is."""
    date, time = date_in_china(edge).isoformat(), clock(edge)
    span = ("00:00", time) if closes else (time, "24:00")
    return Plan({} if not closes else Plan.always().week, {date: [span] if time != "00:00:00.000" else []})
