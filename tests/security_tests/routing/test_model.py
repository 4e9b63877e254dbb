"""The oracle of routing says what the contract's sentences say."""

from security_tests.routing.hours import Plan
from security_tests.routing.model import Routing
from security_tests.routing.oracle import PATIENCE_S, Oracle
from security_tests.routing.people import Agent, Customer


def shop(*agents: Agent, customers: int = 4) -> Routing:
    """A shop with these agents, the eldest first, and so many customers."""
    return Routing(agents, [Customer(f"c{number}") for number in range(1, customers + 1)])


def held(routing: Routing) -> dict[str, list[str]]:
    return {agent.name: agent.held for agent in routing.agents.values()}


def test_of_two_alike_the_least_loaded_gets_it_then_the_eldest() -> None:
    routing = shop(Agent("a", 1, capacity=9), Agent("b", 2, capacity=9))
    for name in ("c1", "c2", "c3"):
        routing.write(name, 0.0)
    assert held(routing) == {"a": ["c1", "c3"], "b": ["c2"]}


def test_each_rule_is_asked_in_its_order() -> None:
    staff = (Agent("t", 1, "trainee", 9), Agent("r", 2, "regular", 9), Agent("s", 3, "senior", 9))
    routing = shop(*staff, Agent("d", 4, "dedicated", 9))
    routing.order("c2", 100_000)  # a high spender, and known by an order: not new
    routing.order("c3", 1)
    routing.order("c3", 1)  # a repeat buyer
    for name in ("c1", "c2", "c3", "c4"):
        routing.write(name, 0.0)
    rules = {name: (given.agent, given.rule) for name, given in routing.why.items()}
    assert rules == {
        "c1": ("t", "trainee"),
        "c2": ("s", "senior"),
        "c3": ("d", "dedicated"),
        "c4": ("t", "trainee"),
    }


def test_a_returning_customer_meets_the_last_agent_when_able() -> None:
    routing = shop(Agent("a", 1), Agent("b", 2))
    for name in ("c1", "c2"):
        routing.write(name, 0.0)
    routing.resolve("c2", 1.0)
    routing.resolve("c1", 2.0)
    routing.write("c2", 3.0)
    routing.says("b", "away", 4.0)
    routing.write("c1", 5.0)
    assert held(routing) == {"a": ["c1"], "b": ["c2"]}


def test_the_one_named_for_a_vip_goes_before_the_level() -> None:
    routing = shop(Agent("d", 1, "dedicated"), Agent("r", 2))
    routing.customers["c1"].named, routing.customers["c1"].orders = "r", 2
    routing.write("c1", 0.0)
    assert held(routing) == {"d": [], "r": ["c1"]}


def test_who_waits_is_served_by_tier_then_as_they_came_and_rises_with_time() -> None:
    routing = shop(Agent("a", 1), customers=5)
    routing.write("c1", 0.0)
    routing.order("c4", 200_000)
    routing.customers["c5"].urgent = True
    for at, name in enumerate(("c2", "c3", "c4", "c5")):
        routing.write(name, float(at))
    assert routing.waiting(4.0) == ["c5", "c4", "c2", "c3"]
    assert routing.waiting(120.0) == ["c5", "c2", "c4", "c3"]  # c2 rose to c4's tier and came first
    assert routing.waiting(245.0) == ["c2", "c3", "c4", "c5"]  # all in the first tier by now
    routing.resolve("c1", 245.0)
    assert held(routing) == {"a": ["c2"]}


def test_the_uncertified_away_full_spare_and_those_without_a_device_get_nothing() -> None:
    nobody = (Agent("u", 1, certified=False), Agent("w", 2, word="away"), Agent("n", 3, device=False))
    routing = shop(*nobody, Agent("p", 4, spare=True), Agent("a", 5))
    for name in ("c1", "c2"):
        routing.write(name, 0.0)
    assert (held(routing)["a"], routing.waiting(0.0)) == (["c1"], ["c2"])
    routing.sale = True
    routing.serve(1.0)
    assert held(routing)["p"] == ["c2"]


def test_who_signs_off_hands_everything_on_the_better_tier_first() -> None:
    routing = shop(Agent("a", 1, capacity=2), Agent("b", 2))
    routing.says("b", "offline", 0.0)
    for name in ("c1", "c2"):
        routing.write(name, 1.0)
    routing.says("b", "online", 2.0)
    routing.customers["c2"].orders = 2
    routing.says("a", "offline", 3.0)
    assert (held(routing), routing.waiting(3.0)) == ({"a": [], "b": ["c2"]}, ["c1"])


def test_a_lower_capacity_takes_nothing_away() -> None:
    routing = shop(Agent("a", 1, capacity=2))
    for name in ("c1", "c2"):
        routing.write(name, 0.0)
    routing.agents["a"].capacity = 1
    routing.resolve("c1", 1.0)
    routing.write("c3", 2.0)
    assert (held(routing), routing.waiting(2.0)) == ({"a": ["c2"]}, ["c3"])


def test_back_to_the_queue_its_agent_gets_it_again_only_where_nobody_else_is_able() -> None:
    routing = shop(Agent("a", 1, capacity=2), Agent("b", 2))
    routing.write("c1", 0.0)
    routing.pass_on("c1", "", 1.0)
    assert held(routing) == {"a": [], "b": ["c1"]}
    routing.write("c2", 2.0)
    routing.pass_on("c2", "", 3.0)  # b is full: a again, from the end of the queue
    assert held(routing) == {"a": ["c2"], "b": ["c1"]}


def test_what_is_laid_aside_keeps_its_agent_and_is_no_load() -> None:
    routing = shop(Agent("a", 1), Agent("b", 2, word="away"))
    for name in ("c1", "c2"):
        routing.write(name, 0.0)
    routing.snooze("c1", 60.0, 1.0)
    states = {name: (one.state, one.agent) for name, one in routing.customers.items() if one.visits}
    assert (states, held(routing)["a"]) == ({"c1": ("snoozed", "a"), "c2": ("open", "a")}, ["c2"])


def test_what_wakes_is_with_its_agent_where_able_and_with_room_else_with_another() -> None:
    routing = shop(Agent("a", 1), Agent("b", 2, word="away"))
    routing.write("c1", 0.0)
    routing.snooze("c1", 60.0, 1.0)
    routing.wake("c1", 60.0)
    assert held(routing) == {"a": ["c1"], "b": []}
    routing.snooze("c1", 120.0, 61.0)
    routing.write("c2", 62.0)  # takes the room
    routing.says("b", "online", 63.0)
    assert routing.write("c1", 64.0) is False  # the same visit goes on
    assert held(routing) == {"a": ["c2"], "b": ["c1"]}


def test_who_goes_leaves_what_is_open_and_keeps_what_was_laid_aside() -> None:
    routing = shop(Agent("a", 1, capacity=3), Agent("b", 2, word="away"))
    for name in ("c1", "c2", "c3"):
        routing.write(name, 0.0)
    routing.snooze("c2", 60.0, 1.0)
    routing.says("b", "online", 2.0)
    routing.says("a", "offline", 3.0)
    assert (held(routing), routing.customers["c2"].agent, routing.waiting(3.0)) == ({"a": [], "b": ["c1"]}, "a", ["c3"])


def test_a_visit_that_begins_with_the_bot_is_routed_when_it_is_handed_over() -> None:
    routing = shop(Agent("a", 1))
    routing.write("c1", 0.0, bot=True)
    assert (routing.customers["c1"].state, held(routing)) == ("bot", {"a": []})
    routing.hand_over("c1", 20.0)
    assert (routing.customers["c1"].state, held(routing)) == ("open", {"a": ["c1"]})


def test_a_shift_begins_and_ends_at_its_edges_and_what_wakes_then_goes_elsewhere() -> None:
    oracle = Oracle([Agent("a", 1), Agent("b", 2, certified=False)], [Customer("c1"), Customer("c2")])
    noon = 1_700_020_800.0
    oracle.advance(noon)
    oracle.plans("a", Plan.changing(noon + 60.0, True), noon)
    oracle.writes("c1", 1, noon)
    oracle.snoozes("c1", noon + 90.0, noon + 1.0)
    oracle.advance(noon + 59.0)
    assert oracle.routing.agents["a"].hindrance() == ""
    oracle.advance(noon + 61.0)
    assert oracle.routing.agents["a"].hindrance() == "off shift"
    oracle.advance(noon + 91.0)
    assert oracle.routing.customers["c1"].state == "queued"


def test_a_customer_waits_so_long_for_the_bot_and_no_longer() -> None:
    oracle = Oracle([Agent("a", 1)], [Customer("c1"), Customer("c2")])
    oracle.bot = True
    oracle.writes("c1", 1, 0.0, "greets")
    oracle.writes("c2", 1, 1.0, "asks")
    oracle.advance(PATIENCE_S - 0.1)
    assert [one.state for one in oracle.routing.customers.values()] == ["bot", "open"]
    oracle.advance(PATIENCE_S + 0.1)
    assert [one.state for one in oracle.routing.customers.values()] == ["queued", "open"]
