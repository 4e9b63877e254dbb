"""What agents do, and what is changed about them."""

from typing import Final

from security_tests.routing.hours import Plan
from security_tests.routing.judging import Fault
from security_tests.routing.stage import Stage

MOST_REPLIES: Final = 4  # the platform takes six to a message, and the shop says some by itself
AWAY_S: Final = 8.0  # a short resume window, and what a busy machine needs beside it


class AgentsActs(Stage):
    """Answering, reading, handing on, laying aside; coming and going."""

    def answer(self, name: str) -> None:
        """The agent replies."""
        if name in self.those("open") and self._replies[name] < MOST_REPLIES:
            who = self._customer(name).agent
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
        if name not in self.those("open", "snoozed") or self._customer(name).agent == to:
            return
        self._do(f"{name} is handed on to {to or 'the queue'}", lambda: None)
        expected, got = self._refusals(to), self.floor.transfers(name, to)
        if got not in (expected or {""}):
            promise = "ROUTE-2" if expected == {"no_room"} else "ROUTE-6"
            self._fail(Fault(promise, f"expected {' or '.join(expected) or 'it is done'}, got {got or 'done'}"))
        if not expected:
            self.oracle.passes_on(name, to, self.floor.now())
        self._compare()

    def snooze(self, name: str, for_s: float) -> None:
        """An agent lays a conversation aside, or says anew until when."""
        if name in self.those("open", "snoozed"):
            who, until = self._customer(name).agent, self.floor.now() + for_s
            self.story.tell(f"{who} lays {name}'s conversation aside for {for_s:g} s")
            self.floor.snoozes(name, who, until)
            self.oracle.snoozes(name, until, self.floor.now())
            self._compare()

    def say(self, who: str, word: str) -> None:
        """An agent is online, away or offline."""
        self._do(f"{who} is {word}", lambda: self.floor.says(who, word))
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

    def lose_or_find(self, who: str) -> None:
        """An agent's device stays away for longer than it may resume, or comes back after that."""
        if not self.oracle.routing.agents[who].device:
            self._do(f"{who}'s device is back, too late to resume", lambda: self.floor.back(who))
            self.oracle.changes(who, self.floor.now(), device=True)
            self._compare()
            return
        self._be_ready(AWAY_S)
        self._do(f"{who}'s device is lost", lambda: self.floor.cut(who))
        self.oracle.changes(who, self.floor.now(), device=False)
        left = list(self.oracle.routing.agents[who].held)
        if left and not self.floor.keeps(who, len(left)):
            self._fail(Fault("ROUTE-6", f"{who} may still resume, and no longer has all of {', '.join(left)}"))
        self.story.tell(f"{who}'s device stays away for longer than it may resume")
        if not self.floor.gives_up(who):
            had = f"{who} has had no device for longer than it may resume, and still has {', '.join(left)}"
            self._fail(Fault("ROUTE-6", had))
        self.oracle.goes(who, self.floor.now())
        self._compare()

    def plan_shift(self, who: str, ends: bool, in_s: float) -> None:
        """An agent's shift ends, or begins, in so many seconds."""
        plan = Plan.changing(self.floor.now() + in_s, ends) if in_s else Plan.never() if ends else Plan.always()
        when = f"in {in_s:g} s" if in_s else "now"
        self._do(f"{who}'s shift {'ends' if ends else 'begins'} {when}", lambda: self.floor.plans(who, plan))
        self.oracle.plans(who, plan, self.floor.now())
        self._compare()

    def change(self, who: str, term: str, value: int) -> None:
        """Other terms of an agent: capacity, certified, spare."""
        new: object = value if term == "capacity" else bool(value)
        self._do(f"{who}'s {term} is {new} from now on", lambda: self.floor.terms(who, **{term: new}))
        self.oracle.changes(who, self.floor.now(), **{term: new})
        self._compare()

    def _refusals(self, to: str) -> set[str]:
        if not to:
            return set()
        agent = self.oracle.routing.agents[to]
        return {"not_able"} if agent.hindrance() else set() if agent.has_room() else {"no_room"}
