"""The whole shop as it should be: routing, the clocks, the hours and a big sale, driven by what happens and by time."""

from collections.abc import Iterable
from typing import Final

from security_tests.routing.duty import Complaint, Fired, Watch
from security_tests.routing.hours import Plan
from security_tests.routing.model import Routing
from security_tests.routing.people import Agent, Customer

PATIENCE_S: Final = 20.0  # how long a customer waits for the bot: the contract's default
GREETING: Final = "greets"  # the one way to write that the bot need not hand over


class Oracle:
    """Every method is one thing that happens at a moment; `advance` lets the clocks catch up before it."""

    def __init__(self, agents: Iterable[Agent], customers: Iterable[Customer]) -> None:
        self.routing = Routing(agents, customers)
        self.watches = {name: Watch(name) for name in self.routing.customers}
        self.plan = Plan.always()
        self.fired: list[Fired] = []  # by all clocks, ever
        self.bot = False  # visits begin with it
        self._sale_edges: list[tuple[float, bool]] = []
        self._shifts: dict[str, Plan] = {}
        self._shift_edges: dict[str, float] = {}  # agent -> the next start or end
        self._patience: dict[str, float] = {}  # customer -> until when they wait for the bot
        self._told_of_night: set[str] = set()  # whom the template answered in this visit

    def advance(self, now: float) -> None:
        """Everything that became due by now, each as of its own moment."""
        while (due := self.next_due()) is not None and due <= now:
            for watch in self.watches.values():
                self.fired += watch.strike(due)
            while self._sale_edges and self._sale_edges[0][0] <= due:
                self.routing.sale = self._sale_edges.pop(0)[1]
            for who in [who for who, edge in self._shift_edges.items() if edge <= due]:
                self._turn(who, due)
            for name in [name for name, until in self._patience.items() if until <= due]:
                self.hands_over(name, due)
            for name in [one.name for one in self._asleep() if one.wakes_at is not None and one.wakes_at <= due]:
                self.routing.wake(name, due)
            self.routing.serve(due)
            self._hand(due)

    def next_due(self) -> float | None:
        """When a clock strikes next, a sale or a shift begins or ends, a customer has waited enough for the bot, or
        what was laid aside wakes.
        """
        dues = [due for watch in self.watches.values() if (due := watch.next_at()) is not None]
        dues += [edge for edge, _ in self._sale_edges]
        dues += [*self._shift_edges.values(), *self._patience.values()]
        dues += [one.wakes_at for one in self._asleep() if one.wakes_at is not None]
        return min(dues, default=None)

    def edges(self, now: float) -> list[float]:
        """The moments near now at which something changes: nobody can say what comes first just there."""
        return [*self.strikes(), *self.plan.edges(now)]

    def strikes(self) -> list[float]:
        """The moments at which something changes that can be seen."""
        due = self.next_due()
        return [*self.rises(), *([] if due is None else [due])]

    def rises(self) -> list[float]:
        """When those who wait rise in the queue."""
        waits = [one.since for one in self.routing.customers.values() if one.since is not None]
        return [since + times * self.routing.age_s for since in waits for times in (1, 2)]

    def writes(self, name: str, seq: int, at: float, how: str = "asks") -> bool:
        """A customer writes the message with this seq; whether the shop must answer it by its template (HOURS-1)."""
        if self.routing.write(name, at, self.bot):
            self._told_of_night.discard(name)
            if self.bot:
                self._patience[name] = at + PATIENCE_S
        if self.routing.customers[name].bot and how != GREETING:
            self.hands_over(name, at)
        night = name not in self._told_of_night and not self.plan.is_open(at)
        if night:
            self._told_of_night.add(name)
        self._hand(at)
        self.watches[name].writes(seq, at, night)
        return night

    def replies(self, name: str) -> None:
        """A person's reply reaches the customer: after it a complaint may be closed."""
        self.watches[name].replied()
        if complaint := self.watches[name].complaint:
            complaint.contacted = True

    def reads(self, name: str, seq: int) -> None:
        """Its agent reads up to a seq."""
        self.watches[name].read(seq)

    def hands_over(self, name: str, at: float) -> None:
        """From the bot to a person: it doubts, keeps silent for too long, or somebody wants it so."""
        self._patience.pop(name, None)
        self.routing.hand_over(name, at)
        self._hand(at)

    def snoozes(self, name: str, until: float, now: float) -> None:
        """Laid aside until then."""
        self.routing.snooze(name, until, now)
        self._hand(now)

    def resolves(self, name: str, now: float) -> None:
        """A visit ends."""
        self._patience.pop(name, None)
        self.watches[name].resolved()
        self.routing.resolve(name, now)
        self._hand(now)

    def passes_on(self, name: str, to: str, now: float) -> None:
        """A conversation is transferred, "" back to whom the rules choose."""
        self.routing.pass_on(name, to, now)
        self._hand(now)

    def says(self, who: str, word: str, now: float) -> None:
        """An agent's availability."""
        self.routing.says(who, word, now)
        self._hand(now)

    def changes(self, who: str, now: float, **terms: object) -> None:
        """An agent's terms or device: `device`, `capacity`, `certified`, `spare`."""
        for name, value in terms.items():
            assert hasattr(self.routing.agents[who], name), name
            setattr(self.routing.agents[who], name, value)
        self.routing.serve(now)
        self._hand(now)

    def goes(self, who: str, now: float) -> None:
        """An agent has had no device for longer than it may resume."""
        self.routing.leaves(who, now)
        self._hand(now)

    def plans(self, who: str, plan: Plan, now: float) -> None:
        """An agent's shifts from now on."""
        self._shifts[who] = plan
        self._turn(who, now)
        self.routing.serve(now)
        self._hand(now)

    def sells(self, now: float, since: float | None, until: float | None) -> None:
        """A big sale from `since` on (None: now) and before `until` (None: until it is switched off)."""
        begun, over = since is None or since <= now, until is not None and until <= now
        self.routing.sale = begun and not over
        later = [(edge, on) for edge, on in ((since, True), (until, False)) if edge is not None and edge > now]
        self._sale_edges = sorted(later)
        self.routing.serve(now)
        self._hand(now)

    def ends_sale(self, now: float) -> None:
        """The switch is off, whatever the schedule was."""
        self.sells(now, None, now)

    def complains(self, name: str, complaint: str, at: float) -> None:
        """A complaint is opened."""
        self.watches[name].complaint = Complaint(complaint, at)

    def closes(self, name: str) -> None:
        """Its complaint is closed, of which the customer is told."""
        complaint = self.watches[name].complaint
        assert complaint is not None, f"nobody complained for {name}"
        complaint.closed = True
        self.watches[name].hears()

    def refusals(self, name: str, by_agent: bool) -> set[str]:
        """Why a complaint must not be closed now; empty: it is closed."""
        complaint = self.watches[name].complaint
        assert complaint is not None, f"nobody complained for {name}"
        if complaint.closed:
            return {"already_closed"}
        why = set() if complaint.contacted else {"not_contacted"}
        return why | ({"escalated"} if by_agent and complaint.level != "agent" else set())

    def _asleep(self) -> list[Customer]:
        return [one for one in self.routing.customers.values() if one.state == "snoozed"]

    def _turn(self, who: str, at: float) -> None:
        """Whether somebody is on shift is looked up again, and when to look next."""
        plan, agent = self._shifts[who], self.routing.agents[who]
        was, agent.on_shift = agent.on_shift, plan.is_open(at)
        self._shift_edges.pop(who, None)
        if (edge := next((edge for edge in plan.edges(at) if edge > at), None)) is not None:
            self._shift_edges[who] = edge
        if was != agent.on_shift:
            said = "begins, somebody waits" if agent.on_shift else "ends, something is left open"
            self.routing.depth[f"a shift {said}"] += bool(self.routing.waiting(at) if agent.on_shift else agent.held)

    def _hand(self, at: float) -> None:
        """Let the watches know who has what by now."""
        for name, given in self.routing.gave:
            self.watches[name].given(given.agent, at)
        self.routing.gave.clear()
        for name, customer in self.routing.customers.items():
            if self.watches[name].agent and not customer.agent:
                self.watches[name].given("", at)
