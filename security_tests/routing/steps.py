"""How a step of the machine is made: wait out what is about to happen, act, tell it, look, compare."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from hypothesis.stateful import RuleBasedStateMachine

from security_tests.routing import judging
from security_tests.routing.floor import Floor
from security_tests.routing.hours import clock
from security_tests.routing.judging import Fault
from security_tests.routing.oracle import Oracle
from security_tests.routing.people import Customer
from security_tests.routing.seen import Told
from security_tests.routing.stories import Broken, Story, broken

NEAR_S: Final = 1.0  # nearer to an edge than this nobody can say what came first
MOST_REPLIES: Final = 4  # the platform takes six to a message, and the shop says some by itself


class Steps(RuleBasedStateMachine):
    """One example: a fresh shop of the target and its oracle, without the rules of what may happen there."""

    def __init__(
        self, floor: Floor, counts: Counter[str], neighbours: Callable[[], None], hear: Callable[[Broken], None]
    ) -> None:
        super().__init__()
        self.floor, self.counts, self.neighbours, self.hear = floor, counts, neighbours, hear
        self.story = Story()
        self.oracle: Oracle
        self.told: list[Told] = []
        self.replies: Counter[str] = Counter()  # since the customer's newest message
        self.opened = False

    def teardown(self) -> None:
        """Leave the target's shop, and tell how often which promise was tried."""
        if self.opened:
            self.counts.update(self.oracle.routing.met)
            self.counts.update(each.promise for each in self.oracle.fired)
            self.floor.close()

    def let_write(self, name: str) -> None:
        self.be_ready()
        written = self.floor.writes(name)
        self.oracle.advance(written.at)
        night = self.oracle.writes(name, written.seq, written.at)
        self.replies[name] = 0
        self.story.writes(self.oracle, name, night)
        self.counts["HOURS-1"] += 1
        self.compare(lambda: _scenes(written.scenes, night, written.at))

    def let_resolve(self, name: str) -> None:
        self.step(f"{name}'s visit is resolved", lambda: self.floor.resolves(name))
        self.oracle.resolves(name, self.floor.now())
        self.compare()

    def let_order(self, name: str, fen: int) -> None:
        self.floor.orders(name, fen)
        self.oracle.routing.order(name, fen)
        self.story.tell(f"{name} pays for an order of {fen / 100:g} yuan: {self.customer(name).describe()}")

    def step(self, sentence: str, act: Callable[[], None]) -> None:
        self.be_ready()
        if sentence:
            self.story.tell(sentence)
        act()

    def be_ready(self) -> None:
        """No clock strikes, and no resume window ends, while a step is made."""
        for who in self.floor.overdue():
            self.floor.back(who)
            self.oracle.changes(who, self.floor.now(), device=True)
        while any(-0.1 < edge - self.floor.now() < NEAR_S for edge in self._edges()):
            self.floor.jump(NEAR_S + 0.2)
        self.oracle.advance(self.floor.now())

    def _edges(self) -> list[float]:
        return self.oracle.edges(self.floor.now()) if self.floor.has("advanceClock") else []

    def compare(self, also: Callable[[], Fault | None] = lambda: None) -> None:
        """Look, and compare."""
        now = self.floor.now()
        self.oracle.advance(now)
        seen = self.floor.look()
        self.told += seen.told
        routing, fired = self.oracle.routing, self.oracle.fired
        fault = also() or judging.judge(routing, seen, now) or judging.clocks(fired, self.told)
        self.counts["ROUTE-1"] += 1
        if fault is not None:
            self.fail(fault)

    def fail(self, fault: Fault) -> None:
        error = broken(fault, self.story)
        self.hear(error)
        raise error

    def let_change(self, who: str, term: str, value: object) -> None:
        self.step(f"{who}'s {term} is {value} from now on", lambda: self.floor.terms(who, **{term: value}))
        self.oracle.changes(who, self.floor.now(), **{term: value})
        self.compare()

    def refusals(self, to: str) -> set[str]:
        if not to:
            return set()
        agent = self.oracle.routing.agents[to]
        return {"not_able"} if agent.hindrance() else set() if agent.has_room() else {"no_room"}

    def as_it_stands(self, name: str) -> Fault | None:
        complaint = self.oracle.watches[name].complaint
        if complaint is None:
            return None
        state = "closed" if complaint.closed else "open"
        found, due = self.floor.complaint(complaint.id), complaint.opened_at + 48 * 3600
        expected = (state, complaint.level, due, due if complaint.fired == 3 else None)
        seen = tuple(found[key] for key in ("state", "level", "due_at", "breached_at"))
        return None if seen == expected else Fault("COMPLAINT-1", f"expected {expected}, seen {seen}")

    def those(self, *states: str) -> list[str]:
        return [name for name, one in self.oracle.routing.customers.items() if one.state in states]

    def answerable(self) -> list[str]:
        return [name for name in self.those("open") if self.replies[name] < MOST_REPLIES]

    def calm(self) -> list[str]:
        watches = self.oracle.watches
        return [name for name in self.those("open", "queued") if not watches[name].complaint]

    def complained(self) -> list[str]:
        return [name for name, watch in self.oracle.watches.items() if watch.complaint is not None]

    def customer(self, name: str) -> Customer:
        return self.oracle.routing.customers[name]

    def an_agent(self, pick: int) -> str:
        """One of the agents."""
        return self.one_of(pick, list(self.oracle.routing.agents))

    def one_of(self, pick: int, some: Sequence[str]) -> str:
        """The one picked, "" where there is none."""
        return some[pick % len(some)] if some else ""


def _scenes(scenes: tuple[str, ...], night: bool, at: float) -> Fault | None:
    expected = ("off_hours",) if night else ()
    if scenes == expected:
        return None
    when = f"written at {clock(at)} in China, when the shop is {'closed' if night else 'open or had said so'}"
    return Fault("HOURS-1", f"{when}: expected automatic {expected or 'silence'}, seen {scenes or 'silence'}")
