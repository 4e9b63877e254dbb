"""The state machine: anything may happen in a shop, and after each step the target is where the oracle is."""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from security_tests.routing.floor import NEEDED, Floor
from security_tests.routing.hours import Plan, clock, date_in_china
from security_tests.routing.judging import Fault
from security_tests.routing.oracle import Oracle
from security_tests.routing.people import Agent, Customer
from security_tests.routing.steps import Steps

NAMES: Final = ("An", "Bo", "Cai", "Dan")
GUESTS: Final = tuple(f"C{number}" for number in range(1, 7))
JUMPS: Final = (5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 3600.0, 43_200.0, 86_400.0)

LEVELS: Final = st.sampled_from(("regular", "trainee", "senior", "dedicated"))
# Whom a step is about: a place among those it may be about. What is drawn never depends on the target's state, so that
# an example is the same one when it is played again.
PICK: Final = st.integers(0, 11)
# A team of one of each kind shows whom the rules prefer, one of people alike whom the load prefers.
TEAMS: Final = st.lists(LEVELS, min_size=2, max_size=len(NAMES)) | st.permutations(
    ("regular", "trainee", "senior", "dedicated")
)
TERMS: Final = st.tuples(
    st.integers(1, 3),  # capacity
    st.sampled_from((True, True, True, True, False)),  # certified
    st.sampled_from((False, False, False, False, True)),  # spare
)


class Shop(Steps):
    """Everything that may happen in a shop."""

    @initialize(team=TEAMS, data=st.data(), known=st.booleans())
    def opens(self, team: list[Any], data: st.DataObject, known: bool) -> None:
        terms = data.draw(st.tuples(*(TERMS for _ in team)))
        agents = [
            Agent(name, age, level, *each)
            for age, (name, level, each) in enumerate(zip(NAMES, team, terms, strict=False))
        ]
        self.oracle = Oracle(agents, [Customer(name) for name in GUESTS])
        self.floor.open(agents)
        self.opened = True
        for agent in agents:
            self.story.agent(agent)
        if known and self.floor.has("importOrder"):
            for name, fen in ((GUESTS[-1], 1), (GUESTS[-1], 1), (GUESTS[-2], 100_000)):
                self.let_order(name, fen)

    # customers

    @rule(name=st.sampled_from(GUESTS))
    def writes(self, name: str) -> None:
        self.let_write(name)

    @rule(names=st.lists(st.sampled_from(GUESTS), min_size=2, max_size=4, unique=True))
    def write_all_at_once(self, names: list[str]) -> None:
        for name in names:
            self.let_write(name)

    @rule(pick=PICK)
    def begins_a_visit(self, pick: int) -> None:
        self.let_write(self.one_of(pick, self.those("", "resolved") or GUESTS))

    @rule(pick=PICK)
    def comes_again(self, pick: int) -> None:
        self.let_write(self.one_of(pick, self.those("resolved") or GUESTS))

    @rule(pick=PICK)
    def is_resolved(self, pick: int) -> None:
        if name := self.one_of(pick, self.those("open")):
            self.let_resolve(name)

    @rule(pick=PICK)
    def is_resolved_and_comes_again(self, pick: int) -> None:
        if name := self.one_of(pick, self.those("open")):
            self.let_resolve(name)
            self.let_write(name)

    @rule(pick=PICK)
    def is_resolved_or_goes(self, pick: int) -> None:
        if name := self.one_of(pick, self.those("queued") or self.those("open")):
            self.let_resolve(name)

    @precondition(lambda self: self.floor.has("importOrder"))
    @rule(name=st.sampled_from(GUESTS), fen=st.sampled_from((1, 100_000)))
    def orders(self, name: str, fen: int) -> None:
        self.be_ready()
        self.let_order(name, fen)
        self.compare()

    @rule(pick=PICK, who=PICK)
    def is_urgent_or_named_for(self, pick: int, who: int) -> None:
        name = self.one_of(pick, self.those("queued", "open", "resolved"))
        agent = self.one_of(who, ["", *self.oracle.routing.agents])
        if not name:
            return
        if agent and self.floor.has("changeCustomer"):
            self.step(f"{agent} is named for {name}", lambda: self.floor.names(name, agent))
            self.customer(name).named = agent
        elif not agent and self.floor.has("updateConversation"):
            self.step(f"{name}'s conversation is urgent", lambda: self.floor.urges(name))
            self.customer(name).urgent = True
        self.compare()

    # agents

    @rule(pick=PICK)
    def is_answered(self, pick: int) -> None:
        if not (name := self.one_of(pick, self.answerable())):
            return
        who = self.customer(name).agent
        self.be_ready()
        self.story.tell(f"{who} replies to {name}")
        at = self.floor.replies(name, who)
        self.oracle.advance(at)
        self.oracle.replies(name)
        self.replies[name] += 1
        self.compare()

    @rule(pick=PICK)
    def is_read(self, pick: int) -> None:
        if not (name := self.one_of(pick, self.those("open"))):
            return
        who, seq = self.customer(name).agent, self.floor.seen.places[name].seq
        self.step(f"{who} reads what {name} wrote", lambda: self.floor.reads(name, who))
        self.oracle.reads(name, seq)
        self.compare()

    @rule(pick=PICK, whom=PICK)
    def is_transferred(self, pick: int, whom: int) -> None:
        if not (name := self.one_of(pick, self.those("open"))):
            return
        others = [who for who in self.oracle.routing.agents if who != self.customer(name).agent]
        to = self.one_of(whom, ["", *others])
        self.step(f"{name} is handed on to {to or 'the queue'}", lambda: None)
        expected, got = self.refusals(to), self.floor.transfers(name, to)
        if got not in (expected or {""}):
            promise = "ROUTE-2" if expected == {"no_room"} else "ROUTE-6"
            self.fail(Fault(promise, f"expected {' or '.join(expected) or 'it is done'}, got {got or 'done'}"))
        if not expected:
            self.oracle.passes_on(name, to, self.floor.now())
        self.compare()

    @rule(pick=PICK, word=st.sampled_from(("online", "away", "offline")))
    def says(self, pick: int, word: str) -> None:
        who = self.an_agent(pick)
        self.step(f"{who} is {word}", lambda: self.floor.says(who, word))
        self.counts["ROUTE-6"] += word == "offline" and bool(self.oracle.routing.agents[who].held)
        self.oracle.says(who, word, self.floor.now())
        self.compare()

    @rule(pick=PICK)
    def loses_or_finds_the_device(self, pick: int) -> None:
        who = self.an_agent(pick)
        if self.oracle.routing.agents[who].device:
            self.step(f"{who}'s device is cut off", lambda: self.floor.cut(who))
        else:
            self.step(f"{who}'s device is back", lambda: self.floor.back(who))
        self.oracle.changes(who, self.floor.now(), device=not self.oracle.routing.agents[who].device)
        self.compare()

    @rule(pick=PICK, terms=st.sampled_from((("capacity", 1), ("capacity", 3), ("certified", 0), ("spare", 0))))
    def has_other_terms(self, pick: int, terms: tuple[str, int]) -> None:
        who, (term, value) = self.an_agent(pick), terms
        self.let_change(who, term, value or not getattr(self.oracle.routing.agents[who], term))

    # the shop

    @precondition(lambda self: self.floor.has("putBigSale"))
    @rule(begins=st.sampled_from((None, 60.0, 600.0)), lasts=st.sampled_from((None, 300.0, 3600.0)), on=st.booleans())
    def sells(self, begins: float | None, lasts: float | None, on: bool) -> None:
        self.be_ready()
        now = self.floor.now()
        since = None if begins is None else now + begins
        until = None if lasts is None else (since or now) + lasts
        when = f"from {'now' if begins is None else f'in {begins:g} s'} {f'for {lasts:g} s' if lasts else 'on'}"
        self.step(f"big sale {when if on else 'off'}", lambda: self.floor.sells(on, since, until))
        if on:
            self.oracle.sells(self.floor.now(), since, until)
        else:
            self.oracle.ends_sale(self.floor.now())
        self.compare()

    @precondition(lambda self: self.floor.has("putBusinessHours", "putAutoReplies"))
    @rule(closes=st.booleans(), in_s=st.sampled_from((0.0, 45.0, 3600.0)))
    def opens_or_closes(self, closes: bool, in_s: float) -> None:
        self.be_ready()
        plan = _changing(self.floor.now() + in_s, closes) if in_s else Plan({}) if closes else Plan.always()
        when = f"in {in_s:g} s" if in_s else "now"
        self.step(f"the shop {'closes' if closes else 'opens'} {when}", lambda: self.floor.opens_at(plan))
        self.oracle.plan = plan
        self.compare()

    @precondition(lambda self: self.floor.has("advanceClock"))
    @rule(seconds=st.sampled_from(JUMPS))
    def time_passes(self, seconds: float) -> None:
        self.step(f"{seconds:g} s pass", lambda: self.floor.jump(seconds))
        self.compare()

    @precondition(lambda self: self.floor.has("advanceClock"))
    @rule()
    def the_next_clock_strikes(self) -> None:
        """Two seconds before it nothing may have happened, and right after it all of it."""
        self.be_ready()
        due = self.oracle.next_due()
        if due is None:
            return
        for sentence, moment in (("it is almost time", due - 2.0), ("the next clock strikes", due + 0.5)):
            seconds = moment - self.floor.now()
            if seconds > 0.0:
                self.story.tell(f"{sentence} ({seconds:.1f} s later)")
                self.floor.jump(seconds)
                self.compare()

    @precondition(lambda self: self.floor.has("openComplaint", "getComplaint"))
    @rule(pick=PICK)
    def complains(self, pick: int) -> None:
        if not (name := self.one_of(pick, self.calm())):
            return
        self.be_ready()
        self.story.tell(f"a complaint is opened for {name}")
        complaint, at = self.floor.complains(name)
        self.oracle.advance(at)
        self.oracle.complains(name, complaint, at)
        self.compare()

    @precondition(lambda self: self.floor.has("closeComplaint", "getComplaint"))
    @rule(pick=PICK, by_agent=st.booleans())
    def is_closed(self, pick: int, by_agent: bool) -> None:
        if not (name := self.one_of(pick, self.complained())):
            return
        complaint = self.oracle.watches[name].complaint
        who = self.customer(name).agent if by_agent else "admin"
        if complaint is None or not who:
            return
        self.be_ready()
        expected = self.oracle.refusals(name, by_agent)
        self.story.tell(f"{who} closes {name}'s complaint")
        got = self.floor.closes(complaint.id, who)
        if got not in (expected or {""}):
            said = " or ".join(sorted(expected)) or "that it is closed"
            self.fail(Fault("COMPLAINT-1", f"expected {said}, got {got or 'closed'}"))
        if not expected:
            self.oracle.closes(name)
        self.counts["COMPLAINT-1"] += 1
        self.compare(lambda: self.as_it_stands(name))

    @rule()
    def the_neighbours_are_busy(self) -> None:
        self.step("another shop is busy", self.neighbours)
        self.compare()


def missing(floor: Floor) -> str:
    """What the machine cannot do without and the target does not offer, "" where all is there."""
    return next((name for name in NEEDED if not floor.has(name)), "")


def _changing(edge: float, closes: bool) -> Plan:
    """Open before the edge and closed from it on, or the other way round; the day's other half stays as it is."""
    date, time = date_in_china(edge).isoformat(), clock(edge)
    span = ("00:00", time) if closes else (time, "24:00")
    return Plan({} if not closes else Plan.always().week, {date: [span] if time != "00:00:00.000" else []})
