"""A fresh shop of the target and its oracle: how a thing is done to both, and how both are compared after it."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from security_tests.routing import judging
from security_tests.routing.floor import Floor
from security_tests.routing.judging import Fault
from security_tests.routing.oracle import Oracle
from security_tests.routing.people import GUESTS, NAMES, Agent, Customer, Hired
from security_tests.routing.seen import Seen, Taken, Told
from security_tests.routing.stories import Story, broken

NEAR_S: Final = 1.0  # nearer to an edge than this nobody can say what came first

LAG_S: Final = 0.3  # so far the target's clock may be ahead of what we know of it


class Stage:
    """One shop. What may be done in it is in acts.py and those it is made of."""

    def __init__(self, floor: Floor, staff: Sequence[Hired], neighbours: Callable[[], None]) -> None:
        self.floor, self._neighbours = floor, neighbours
        self.story = Story()
        self.counts: Counter[str] = Counter()  # how often a promise might have been broken
        self.acts: Counter[str] = Counter()  # how often each was really done
        self._looked_at = 0.0
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

    def play(self, act: str, about: Sequence[object]) -> None:
        """Do one thing, if it can be done now."""
        self._be_ready()
        told = len(self.story.lines)
        getattr(self, act)(*about)
        self.acts[act] += len(self.story.lines) > told

    def those(self, *states: str) -> list[str]:
        """The customers whose conversations are in these states."""
        return [name for name, one in self.oracle.routing.customers.items() if one.state in states]

    def _do(self, sentence: str, act: Callable[[], None]) -> None:
        if sentence:
            self.story.tell(sentence)
        act()

    def _be_ready(self, for_s: float = NEAR_S) -> None:
        """No clock strikes, and no resume window ends, while a step is made that takes so long at most."""
        for who in self.floor.overdue():
            self.floor.back(who)
            self.oracle.changes(who, self.floor.now(), device=True)
        while any(-0.1 < edge - self.floor.now() < for_s for edge in self._edges()):
            self.floor.jump(for_s + 0.2)
        self.oracle.advance(self.floor.now())

    def _edges(self) -> list[float]:
        return self.oracle.edges(self.floor.now()) if self.floor.has("advanceClock") else []

    def _compare(self, also: Callable[[], Fault | None] = lambda: None) -> None:
        seen = self._look()
        routing, fired = self.oracle.routing, self.oracle.fired
        fault = also() or judging.judge(routing, seen, self._looked_at) or judging.clocks(fired, self._told)
        self.counts["ROUTE-1"] += 1
        if fault is not None:
            self._fail(fault)

    def _look(self) -> Seen:
        """A look while no clock strikes: else nobody could say whether the target was asked before or after it."""
        taken: list[Taken] = []
        while True:
            self._looked_at = self.floor.now()
            self.oracle.advance(self._looked_at)
            strikes = self.oracle.strikes() if self.floor.has("advanceClock") else []
            seen = self.floor.look()
            self._told += seen.told
            taken += seen.taken
            if not any(self._looked_at < strike < self.floor.now() + LAG_S for strike in strikes):
                seen.taken = taken
                return seen
            self.floor.jump(2 * LAG_S)

    def _fail(self, fault: Fault) -> None:
        raise broken(fault, self.story)

    def _customer(self, name: str) -> Customer:
        return self.oracle.routing.customers[name]
