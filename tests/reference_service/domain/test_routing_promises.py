"""Whatever happens, everybody is where a slow and obvious reading of ROUTE-1 to ROUTE-7 puts them."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_service.domain import presence, shifts, staff
from reference_service.domain.hours import Span
from reference_service.domain.routing_rules import RoutingRules
from reference_service.domain.shifts import Shifts

AGE_S = 100.0
LEVELS = ("regular", "regular", "trainee", "trainee", "senior", "senior", "dedicated")
CUSTOMERS = tuple(f"c{number}" for number in range(9))
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("write", "write", "write", "write", "write", "resolve", "resolve", "resolve", "resolve"),
                *("order", "dear order", "wait"),
                *("on", "off", "gone", "online", "away", "offline"),
                *("capacity", "certificate", "spare", "spares", "shift"),
            ]
        ),
        st.integers(0, 41),
    ),
    min_size=15,
    max_size=60,
)


@dataclass
class Agent:
    level: str
    capacity: int
    device: bool = True
    away_since: float | None = None
    word: str = "online"
    certified: bool = True
    spare: bool = False
    on_shift: bool = True
    held: list[str] = field(default_factory=list)

    def able(self, spares: bool) -> bool:
        here = self.device and self.word == "online" and self.on_shift
        return here and self.certified and (spares or not self.spare) and len(self.held) < self.capacity


@dataclass
class Customer:
    visits: int = 0
    orders: int = 0
    spent: int = 0
    last: str = ""
    agent: str = ""  # who has the conversation
    since: float | None = None  # waiting since
    came: int = 0  # of those who began to wait in one moment

    def vip(self) -> bool:
        return self.orders >= 2

    def tier(self) -> int:
        return 0 if self.vip() else 1 if self.spent >= 100_000 else 2


class Oracle:
    """The promises, read plainly: lists are sorted anew whenever somebody looks at them."""

    def __init__(self) -> None:
        self.agents: dict[str, Agent] = {}
        self.customers = {name: Customer() for name in CUSTOMERS}
        self.now, self.came, self.spares = 0.0, 0, False

    def waiting(self) -> list[str]:
        return sorted((name for name, one in self.customers.items() if one.since is not None), key=self._place)

    def _place(self, name: str) -> tuple[int, float, int]:
        customer = self.customers[name]
        assert customer.since is not None
        risen = int((self.now - customer.since) // AGE_S)
        return max(0, customer.tier() - risen), customer.since, customer.came

    def give(self, name: str) -> bool:
        customer, able = self.customers[name], {i: a for i, a in self.agents.items() if a.able(self.spares)}
        wanted = [
            [i for i, a in able.items() if a.level == "dedicated" and customer.vip()],
            [i for i in able if i == customer.last],
            [i for i, a in able.items() if a.level == "senior" and customer.spent >= 100_000],
            [i for i, a in able.items() if a.level == "trainee" and customer.visits == 1 and not customer.orders],
            list(able),
        ]
        for chosen in wanted:
            if chosen:
                best = min(chosen, key=lambda i: (len(self.agents[i].held), int(i[1:])))
                self.agents[best].held.append(name)
                customer.agent = customer.last = best
                customer.since = None
                return True
        return False

    def route(self, name: str) -> None:
        if self.waiting() or not self.give(name):
            self.came += 1
            self.customers[name].since, self.customers[name].came = self.now, self.came

    def serve(self) -> None:
        while (first := self.waiting()) and self.give(first[0]):
            pass

    def leave(self, who: str) -> None:
        for name in sorted(self.agents[who].held, key=lambda name: self.customers[name].tier()):
            self.agents[who].held.remove(name)
            self.customers[name].agent = ""
            self.route(name)
        self.serve()


@pytest.mark.thorough
@settings(max_examples=400, deadline=None)
@given(ACTIONS)
def test_everybody_is_where_the_promises_put_them(new_stage: Any, actions: list[tuple[str, int]]) -> None:
    stage, oracle = new_stage(), Oracle()
    stage.put(RoutingRules(age_s=AGE_S))
    stage.shop("s2")
    stage.agent(capacity=9, shop="s2")
    for number, level in enumerate(LEVELS):
        desk = stage.agent(capacity=1 + number % 3, level=level)
        oracle.agents[desk.person.id] = Agent(level, 1 + number % 3)
    for number, (what, who) in enumerate(actions):
        stage.wait(1.0)
        oracle.now = stage.now
        _play(stage, oracle, what, who, number)
        stage.write(CUSTOMERS[who % 3], f"n{number}", shop="s2")  # ROUTE-5: what happens there changes nothing here
        _same(stage, oracle)
    for desk in stage.floor.desks.values():
        assert all(told["load"] <= told["capacity"] for told in stage.told(desk, "conversation.assigned"))


def _play(stage: Any, oracle: Oracle, what: str, who: int, number: int) -> None:
    name, agent_id = CUSTOMERS[who % len(CUSTOMERS)], list(oracle.agents)[who % len(LEVELS)]
    customer, agent, desk = oracle.customers[name], oracle.agents[agent_id], stage.floor.desks[agent_id]
    if what == "write":
        stage.write(name, f"m{number}")
        if not customer.agent and customer.since is None:
            customer.visits += 1
            oracle.route(name)
    elif what == "resolve" and (customer.agent or customer.since is not None):
        stage.resolve(stage.thread(name))
        if customer.agent:
            oracle.agents[customer.agent].held.remove(name)
        customer.agent, customer.since = "", None
        oracle.serve()
    elif what in ("order", "dear order"):
        fen = 100_000 if what == "dear order" else 1
        stage.order(name, f"o{number}", fen)
        customer.orders, customer.spent = customer.orders + 1, customer.spent + fen
    elif what == "wait":
        stage.wait(60.0)
        oracle.now = stage.now
    else:
        _move(stage, oracle, what, desk, agent)


def _move(stage: Any, oracle: Oracle, what: str, desk: Any, agent: Agent) -> None:
    if what == "on":
        stage.on(desk)
        agent.device, agent.away_since = True, None
        oracle.serve()
    elif what == "off":
        stage.off(desk)
        agent.device, agent.away_since = False, stage.now
    elif what == "gone":
        for left in presence.gone(stage.world, stage.now, 30.0):
            stage.gone(left)
        for who, one in oracle.agents.items():
            if one.held and one.away_since is not None and oracle.now - one.away_since > 30.0:
                oracle.leave(who)
    elif what in ("online", "away", "offline"):
        stage.available(desk, what)
        agent.word = what
        if what == "offline":
            oracle.leave(desk.person.id)
        oracle.serve()
    else:
        _set(stage, oracle, what, desk, agent)


def _set(stage: Any, oracle: Oracle, what: str, desk: Any, agent: Agent) -> None:
    if what == "spares":
        oracle.spares = not oracle.spares
        stage._do(lambda changes: staff.call_spares(stage.floor, oracle.spares, changes))
    elif what == "shift":
        agent.on_shift = not agent.on_shift
        plan = Shifts() if agent.on_shift else Shifts(exceptions={"2199-01-01": (Span("09:00", "10:00"),)})
        stage._do(lambda changes: shifts.put(stage.world, desk, plan, changes))
    else:
        if what == "capacity":
            agent.capacity = agent.capacity % 3 + 1
        elif what == "certificate":
            agent.certified = not agent.certified
        else:
            agent.spare = not agent.spare
        new = staff.terms(desk)._replace(capacity=agent.capacity, certified=agent.certified, spare=agent.spare)
        stage._do(lambda changes: staff.change(stage.world, desk, new, changes))
    oracle.serve()


def _same(stage: Any, oracle: Oracle) -> None:
    held = {who: sorted(t.conversation.customer for t in desk.held.values()) for who, desk in stage.floor.desks.items()}
    assert held == {who: sorted(agent.held) for who, agent in oracle.agents.items()}
    assert [thread.conversation.customer for thread in stage.floor.queue] == oracle.waiting()
    for thread in stage.floor.threads.values():
        customer = oracle.customers[thread.conversation.customer]
        state = "open" if customer.agent else "queued" if customer.since is not None else "resolved"
        assert (thread.conversation.state, thread.conversation.agent_id or "") == (state, customer.agent)
